import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Annotated, Annotations, Kept } from '../masks/annotations.js'
import { cocoReader } from '../masks/cocoReader.js'
import { labelStudioReader } from '../masks/labelStudioReader.js'
import { type DataError, missingFolder, noImages, someOf } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import type { Holdout } from '../holdouts/Holdout.js'
import { type Region, wholeFiles } from '../images/ImagePlace.js'
import type { NamePair } from '../points/NamePair.js'
import { pointsOfObjects } from '../points/saidPoints.js'
import { tableOptions } from '../tables/ImageTable.js'
import { everyIndexed, type Indexed, indexWhere, joinIndexed, listOf, mapIndexed } from '../Indexed.js'
import { inferClasses } from '../Labelling.js'
import { isImageName, type Listing, tidied } from '../folders/Listing.js'
import { type SetName, setNamed, setOfPath } from '../holdouts/SetName.js'
import { separated } from '../holdouts/sets.js'
import type { FromAnnotations } from './Source.js'
import { segmentation } from '../Task.js'
import { byRecords, recordTable } from './byRecords.js'
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

// -------------------------------------------------------------------------------------------------------------------
// files
// -------------------------------------------------------------------------------------------------------------------

const filesOf = ({ files }: FromAnnotations, listing: Listing): ReadonlyArray<string> =>
  O.getOrElse((): ReadonlyArray<string> => tidied(listing).files.filter((file) => /\.json$/i.test(file)))(files)

/** The set that a file of annotations is named after: `instances_val2017.json`. */
const setOfFile = (file: string): O.Option<SetName> =>
  file
    .split('/')
    .at(-1)!
    .replace(/\.json$/i, '')
    .split(/[-_.]/)
    .map(setNamed)
    .find(O.isSome) ?? O.none

/** Finds an image below the root by the end of its name, which may be a path or URL elsewhere. */
const finder = (listing: Listing) => {
  const images = listing.files.filter(isImageName)
  // most names occur once
  const byTail = new Map<string, string | Array<string>>()
  for (const file of images) {
    const name = file.slice(file.lastIndexOf('/') + 1)
    const same = byTail.get(name)
    if (same === undefined) byTail.set(name, file)
    else if (typeof same === 'string') byTail.set(name, [same, file])
    else same.push(file)
  }
  return (name: string, set: O.Option<SetName>): string | undefined => {
    const [, local] = /[?&]d=([^&]*)/.exec(name) ?? []
    const said = local ?? (/^[a-z][a-z\d+.-]*:\/\//i.test(name) ? name.replace(/[?#].*$/s, '') : name)
    const path = O.getOrElse(() => said)(O.tryCatch(() => decodeURIComponent(said)))
    const parts = path.split(/[\\/]/)
    const last = parts.at(-1)!
    const known = byTail.get(last) ?? byTail.get(last.replace(/^[0-9a-f]{8}-/, '')) ?? []
    if (typeof known === 'string' || known.length < 2) return typeof known === 'string' ? known : known[0]
    const shared = (file: string): number => {
      const its = file.split('/')
      let n = 0
      while (n < its.length && n < parts.length && its.at(-1 - n) === parts.at(-1 - n)) n++
      return n
    }
    const ofSet = (file: string): number =>
      O.isSome(set) && O.exists((its) => its === set.value)(setOfPath(file)) ? 0.5 : 0
    return known.toSorted((a, b) => shared(b) + ofSet(b) - shared(a) - ofSet(a))[0]
  }
}

/** An annotated image that is there. */
interface Found {
  readonly one: Annotated
  readonly image: string
  readonly set: O.Option<SetName>
  /** Its file of annotations. */
  readonly by: string
}

/** What is kept of annotations besides labels. */
const keptOf = ({ labels }: FromAnnotations): Kept => (labels === 'masks' || labels === 'points' ? labels : 'labels')

/** Where an image is annotated, for errors. */
const placeOf =
  ({ format }: FromAnnotations, root: string) =>
  ({ by, one }: Pick<Found, 'by' | 'one'>): string =>
    `${root}/${by}: ${format === 'coco' ? 'image' : 'task'} ${one.number}`

const test: O.Option<SetName> = O.some('test')

const imagesIn =
  (source: FromAnnotations, root: string, annotations: ReadonlyArray<Annotations>) =>
  (listing: Listing): E.Either<DataError, Indexed<Found>> => {
    const files = filesOf(source, listing)
    const find = finder(tidied(listing))
    const missing: Array<{ readonly name: string; readonly place: string }> = []
    const all = annotations.map((): Array<string> => [])
    // without a file of annotations for each set, folders say which image is in which
    const byFile = annotations.some(
      ({ images }, i) => O.isSome(setOfFile(files[i]!)) && indexWhere(images, ({ labelled }) => labelled) !== -1
    )
    annotations.forEach(({ images }, i) => {
      const by = files[i]!
      const set = setOfFile(by)
      for (let k = 0; k < images.length; k++) {
        const one = images.at(k)
        const image = find(one.name, set)
        if (image === undefined) missing.push({ name: one.name, place: placeOf(source, root)({ by, one }) })
        else all[i]!.push(image)
      }
    })
    if (missing.length > 0)
      return E.left(
        missingFolder(
          missing[0]!.place,
          `the image ${missing[0]!.name} below ${root}`,
          `${missing.length} images that are not there: ${someOf(missing.map(({ name }) => name))}`,
          'name the folder that the images are below'
        )
      )
    if (all.every(({ length }) => length === 0))
      return E.left(noImages(root, 'annotated images', `none in ${someOf(files) || 'no JSON file'}`, 'check the path'))
    return E.right(
      joinIndexed(
        annotations.map(({ images }, i) => {
          const by = files[i]!
          const set = setOfFile(by)
          return mapIndexed((one: Annotated, k): Found => {
            const image = all[i]![k]!
            return { one, image, by, set: !one.labelled ? test : byFile ? set : setOfPath(image) }
          })(images)
        })
      )
    )
  }

// -------------------------------------------------------------------------------------------------------------------
// labels
// -------------------------------------------------------------------------------------------------------------------

const byLabels = (source: FromAnnotations, root: string, images: Indexed<Found>): E.Either<DataError, Arranged> => {
  const single =
    source.labels === 'classes' ||
    (source.labels === 'auto' &&
      everyIndexed(images, ({ one: { labelled, labels } }) => !labelled || labels.length === 1))
  const bySets = indexWhere(images, ({ set }) => O.isSome(set)) !== -1
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
      place: (line) => placeOf(source, root)(images.at(line)),
      call: source.format === 'coco' ? 'fromCoco(path' : 'fromLabelStudio(path'
    },
    {
      length: images.length,
      at: (line) => {
        const {
          image,
          set,
          one: { labels }
        } = images.at(line)
        return {
          line,
          record: {
            file: image,
            label: single ? labels.join(', ') : labels,
            ...(bySets ? { set: O.getOrElse(() => 'train')(set) } : {})
          }
        }
      }
    },
    'found'
  )
}

const byPoints = (source: FromAnnotations, root: string, images: Indexed<Found>): E.Either<DataError, Arranged> => {
  const bySets = indexWhere(images, ({ set }) => O.isSome(set)) !== -1
  return pipe(
    listOf((its: Found) => pointsOfObjects(placeOf(source, root)(its), its.one.points))(images),
    E.sequenceArray,
    E.chain((all) => {
      const said = listOf(({ one }: Found) => one.points.map(({ names }) => names as ReadonlyArray<string>))(
        images
      ).flat()
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
          place: (line) => placeOf(source, root)(images.at(line)),
          call: source.format === 'coco' ? 'fromCoco(path' : 'fromLabelStudio(path'
        },
        mapIndexed(({ image, set }: Found, line) => ({
          line,
          record: {
            file: image,
            ...(bySets ? { set: O.getOrElse(() => 'train')(set) } : {}),
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
        }))(images),
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
  images: Indexed<Found>,
  annotations: ReadonlyArray<Annotations>
): E.Either<DataError, Arranged> => {
  const names = annotations.flatMap(({ regionLabels }) => regionLabels)
  const classes = O.getOrElse(() => annotations[0]?.classes ?? inferClasses(names))(source.classes)
  const codes = [background, ...classes.filter((name) => name !== background)]
  const values = new Map(codes.map((name, value) => [name, value]))
  const places = new Map<string, number>()
  for (let i = 0; i < images.length; i++) places.set(images.at(i).image, i)
  if (names.length === 0)
    return E.left(noImages(root, 'regions of images', 'annotations without any', "leave out labels: 'masks'"))
  return pipe(
    separated(source.holdout, {
      root,
      names: { train: 'train', valid: 'valid', test: 'test' },
      by: 'the files of annotations',
      hint: 'put annotations into files named train and valid, or images into folders named so'
    })(mapIndexed(({ image, set }: Found) => ({ item: { file: image, label: maskOf(image) }, set }))(images)),
    E.map(({ train, valid, test, warnings }) => {
      const arrangement = { train, valid, test: test.map(({ file }) => file), warnings }
      return {
        ...arrangement,
        codes,
        placeOf: (file: string) => {
          const place = file.endsWith(mask) ? places.get(file.slice(0, -mask.length)) : undefined
          if (place === undefined) return wholeFiles(file)
          const { height, width, regions: its } = images.at(place).one
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
