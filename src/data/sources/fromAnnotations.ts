import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Annotations, Kept } from '../masks/annotations.js'
import { cocoReader } from '../masks/cocoReader.js'
import { labelStudioReader } from '../masks/labelStudioReader.js'
import { type DataError, noImages } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import type { Holdout } from '../holdouts/Holdout.js'
import { type Region, wholeFiles } from '../images/ImagePlace.js'
import type { NamePair } from '../points/NamePair.js'
import { pointsOfObjects } from '../points/saidPoints.js'
import { tableOptions } from '../tables/ImageTable.js'
import { everyIndexed, indexed, mapIndexed } from '../Indexed.js'
import { inferClasses } from '../Labelling.js'
import { separated } from '../holdouts/sets.js'
import type { FromAnnotations } from './Source.js'
import { segmentation } from '../Task.js'
import { byRecords, recordTable } from './byRecords.js'
import { filesOf, type Found, imagesIn, oneAt, placeOf } from './foundImages.js'
import { classesChecks, holdoutChecks, mistakesAmong } from './mistakes.js'
import { settlePairs } from './pairs.js'
import type { Arranged, SourceKind } from './SourceKind.js'

/**
 * Options of `fromCoco` and `fromLabelStudio`.
 *
 * @category data
 * @since 0.1.0
 */
export interface AnnotationOptions {
  /** The files of annotations, relative to the path; default: all JSON files below it. */
  readonly files?: ReadonlyArray<string>
  /**
   * `classes`: the category of an image; `labels`: any number of them; `masks`: the class of each pixel, for
   * segmentation; `points`: the keypoints of the only object in each image, as for `pointsFrom`. Default `auto`: classes
   * if each image has one category, otherwise labels.
   */
  readonly labels?: FromAnnotations['labels']
  /** Default `holdoutAuto`. */
  readonly holdout?: Holdout
  /** The classes in order, without the background of masks; default: those of the annotations, sorted, or COCO's order. */
  readonly classes?: ReadonlyArray<string>
  /**
   * For points, the pairs of names that are exchanged in a mirrored image; default: names that differ only in left and
   * right.
   */
  readonly swap?: ReadonlyArray<NamePair>
}

const annotations = (
  format: FromAnnotations['format'],
  path: string,
  { files, labels = 'auto', ...options }: AnnotationOptions
): DataSpec => {
  const { holdout, classes, swap } = tableOptions(options)
  const source: FromAnnotations = {
    _tag: 'FromAnnotations',
    format,
    path,
    files: O.fromNullable(files),
    labels,
    holdout,
    classes,
    swap
  }
  return { source, ...defaultData }
}

/**
 * Images annotated in COCO's format (`instances_train2017.json`): with the category of each, several, or, as masks, the
 * polygons and run lengths of their regions, where later ones cover earlier ones and what none covers is `background`.
 * Files of annotations and folders that are named as sets separate the images. An image is found below the path by the
 * end of its name. With `labels: 'points'`, keypoints of visibility 0 are missing, and several objects with keypoints in
 * one image are an error.
 *
 * Opening fails with `BadTable`, which names the annotation, for one without a known image or category, or with a damaged
 * region; with `MissingFolder` for images that are not there.
 *
 * @example
 * import { fromCoco } from 'graft-vision'
 *
 * const scenes = fromCoco('coco', { labels: 'masks' })
 * assert.strictEqual(scenes.source._tag === 'FromAnnotations' && scenes.source.format, 'coco')
 *
 * @category data
 * @since 0.1.0
 */
export const fromCoco = (path: string, options: AnnotationOptions = {}): DataSpec => annotations('coco', path, options)

/**
 * Images annotated in Label Studio, exported as JSON: with choices, or, as masks, with brush strokes and polygons. The
 * first annotation of a task that was not cancelled counts; images of tasks without one are the test set. Wherever Label
 * Studio kept them, images are found below the path by the end of their names, without the prefix of an upload.
 *
 * Opening fails with `BadTable`, which names the task, for a damaged one; with `MissingFolder` for images that are not
 * there.
 *
 * @example
 * import { fromLabelStudio } from 'graft-vision'
 *
 * const pets = fromLabelStudio('pets', { files: ['export.json'] })
 * assert.strictEqual(pets.source._tag === 'FromAnnotations' && pets.source.format, 'labelStudio')
 *
 * @category data
 * @since 0.1.0
 */
export const fromLabelStudio = (path: string, options: AnnotationOptions = {}): DataSpec =>
  annotations('labelStudio', path, options)

/** What is kept of annotations besides labels. */
const keptOf = ({ labels }: FromAnnotations): Kept => (labels === 'masks' || labels === 'points' ? labels : 'labels')

// -------------------------------------------------------------------------------------------------------------------
// labels
// -------------------------------------------------------------------------------------------------------------------

const byLabels = (source: FromAnnotations, root: string, images: Found): E.Either<DataError, Arranged> => {
  const { files, sets, at } = images
  const lines = { length: files.length, at }
  const labelsAt = (line: number): ReadonlyArray<string> => {
    const { images: its, i } = at(line)
    return its.labelsAt(i)
  }
  const single =
    source.labels === 'classes' ||
    (source.labels === 'auto' &&
      everyIndexed(lines, ({ images: its, i }) => !its.labelledAt(i) || its.labelsAt(i).length === 1))
  const bySets = sets.some(O.isSome)
  return byRecords(
    recordTable(root, 'annotations', {
      ...tableOptions({
        fnCol: 'file',
        labelCol: 'label',
        ...(bySets ? { validCol: 'set' } : {}),
        labels: single ? 'classes' : 'labels',
        holdout: source.holdout
      }),
      classes: source.classes
    }),
    {
      place: (line) => placeOf(source, root)(at(line)),
      call: source.format === 'coco' ? 'fromCoco(path' : 'fromLabelStudio(path'
    },
    {
      length: files.length,
      at: (line) => ({
        line,
        record: {
          file: files[line]!,
          label: single ? labelsAt(line).join(', ') : labelsAt(line),
          ...(bySets ? { set: O.getOrElse(() => 'train')(sets[line]!) } : {})
        }
      })
    },
    'found'
  )
}

const byPoints = (source: FromAnnotations, root: string, images: Found): E.Either<DataError, Arranged> => {
  const { files, sets, at } = images
  const bySets = sets.some(O.isSome)
  const objects = files.map((_, line) => oneAt(images, line).points)
  return pipe(
    objects.map((its, line) => pointsOfObjects(placeOf(source, root)(at(line)), its)),
    E.sequenceArray,
    E.chain((all) => {
      const said = objects.flatMap((its) => its.map(({ names }) => names as ReadonlyArray<string>))
      // COCO's categories have an order, labels of Label Studio do not
      const names = source.format === 'coco' ? [...new Set(said.flat())] : inferClasses(said.flat())
      const columns = names.flatMap((name) => [`${name}_x`, `${name}_y`])
      if (names.length === 0)
        return E.left(noImages(root, 'keypoints of images', 'annotations without any', "leave out labels: 'points'"))
      return byRecords(
        recordTable(root, 'annotations', {
          ...tableOptions({
            fnCol: 'file',
            labelCol: columns,
            ...(bySets ? { validCol: 'set' } : {}),
            labels: 'points',
            holdout: source.holdout
          }),
          classes: source.classes,
          swap: source.swap
        }),
        {
          place: (line) => placeOf(source, root)(at(line)),
          call: source.format === 'coco' ? 'fromCoco(path' : 'fromLabelStudio(path'
        },
        mapIndexed((file: string, line) => ({
          line,
          record: {
            file,
            ...(bySets ? { set: O.getOrElse(() => 'train')(sets[line]!) } : {}),
            ...Object.fromEntries(
              names.flatMap((name) => {
                const [x, y] = all[line]!.get(name) ?? [null, null]
                return [
                  [`${name}_x`, x],
                  [`${name}_y`, y]
                ]
              })
            )
          }
        }))(indexed(files)),
        'found'
      )
    })
  )
}

const background = 'background'

const mask = '#mask'

const maskOf = (image: string): string => `${image}${mask}`

const byMasks = (
  source: FromAnnotations,
  root: string,
  images: Found,
  annotations: ReadonlyArray<Annotations>
): E.Either<DataError, Arranged> => {
  const names = annotations.flatMap(({ regionLabels }) => regionLabels)
  const classes = O.getOrElse(() => annotations[0]?.classes ?? inferClasses(names))(source.classes)
  const codes = [background, ...classes.filter((name) => name !== background)]
  const values = new Map(codes.map((name, value) => [name, value]))
  const places = new Map<string, number>()
  images.files.forEach((image, line) => places.set(image, line))
  if (names.length === 0)
    return E.left(noImages(root, 'regions of images', 'annotations without any', "leave out labels: 'masks'"))
  return pipe(
    separated(source.holdout, {
      root,
      names: { train: 'train', valid: 'valid', test: 'test' },
      by: 'the files of annotations',
      hint: 'put annotations into files named train and valid, or images into folders named so'
    })(
      mapIndexed((file: string, line) => ({ item: { file, label: maskOf(file) }, set: images.sets[line]! }))(
        indexed(images.files)
      )
    ),
    E.map(({ train, valid, test, warnings }) => {
      const arrangement = { train, valid, test: test.map(({ file }) => file), warnings }
      return {
        ...arrangement,
        codes,
        placeOf: (file: string) => {
          const place = file.endsWith(mask) ? places.get(file.slice(0, -mask.length)) : undefined
          if (place === undefined) return wholeFiles(file)
          const { height, width, regions: its } = oneAt(images, place)
          const regions = its().flatMap(({ label, ...shape }): ReadonlyArray<Region> => {
            const value = values.get(label)
            return value === undefined ? [] : [{ ...shape, value }]
          })
          return { _tag: 'Drawn' as const, mask: { height, width, regions } }
        },
        settle: settlePairs(root, segmentation(codes), arrangement)
      }
    })
  )
}

export const fromAnnotationsKind: SourceKind<FromAnnotations> = {
  what: 'annotated images',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) => ({
    reads: () => [],
    annotations: {
      files: (listing) => filesOf(source, listing),
      reader: (at) => (source.format === 'coco' ? cocoReader : labelStudioReader)(at, keptOf(source))
    },
    arrange:
      (root, _contents, _indexes, annotations = []) =>
      (listing) =>
        pipe(
          imagesIn(source, root, annotations)(listing),
          E.chain((images) =>
            source.labels === 'masks'
              ? byMasks(source, root, images, annotations)
              : (source.labels === 'points' ? byPoints : byLabels)(source, root, images)
          )
        )
  }),
  mistakes: (source) => mistakesAmong([...holdoutChecks(source.holdout), ...classesChecks(source.classes)]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  labels: ({ labels }) => (labels === 'masks' ? 'masks' : 'values')
}
