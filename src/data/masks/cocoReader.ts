/**
 * Images annotated in COCO's format.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DataError } from '../DataError.js'
import type { Polygon } from '../images/ImagePlace.js'
import { annotatedLists } from './annotatedLists.js'
import type { LabelledRegion } from './regionLists.js'
import {
  type Annotated,
  type AnnotationReader,
  type Annotations,
  type Fields,
  isFields,
  type Kept,
  numbersIn,
  type Read,
  wrong
} from './annotations.js'
import { cocoRuns } from './runLengths.js'

const shapeOf = (
  place: string,
  { segmentation }: Fields,
  sides: readonly [number, number]
): Read<Omit<LabelledRegion, 'label'>> => {
  if (segmentation === undefined || segmentation === null) return E.right({})
  if (Array.isArray(segmentation)) {
    const polygons = segmentation.map(numbersIn)
    return polygons.every((one) => one !== undefined && one.length >= 6 && one.length % 2 === 0)
      ? E.right({ polygons: polygons as ReadonlyArray<Polygon> })
      : wrong(place, 'polygons of at least three points', segmentation)
  }
  const { counts, size } = isFields(segmentation) ? segmentation : {}
  const [height, width] = numbersIn(size) ?? []
  const runs = typeof counts === 'string' ? cocoRuns(counts) : numbersIn(counts)
  if (runs === undefined || height !== sides[0] || width !== sides[1])
    return wrong(place, `runs (counts) of a mask of ${sides.join(' x ')}`, segmentation)
  const sum = runs.reduce((a, b) => a + b, 0)
  return sum === height * width
    ? E.right({ runs: { runs, order: 'columns' } })
    : wrong(place, `runs that sum to ${height * width}`, sum)
}

const lists = ['images', 'annotations', 'categories'] as const

const keyOf = (id: unknown): string => (typeof id === 'number' ? String(id) : JSON.stringify(id))

/** Most ids are numbers; a million texts of them are not kept. */
const imageKey = (id: unknown): number | string => (typeof id === 'number' ? id : JSON.stringify(id))

/** Reads the images of a file in COCO's format; `at` is the file's name in errors. */
export const cocoReader = (at: string, kept: Kept): AnnotationReader => {
  const images = annotatedLists(kept)
  const places = new Map<number | string, number>()
  const categories = new Map<string, string>()
  const pointNames = new Map<string, unknown>()
  /** The first annotation of each category. */
  const used = new Map<string, { readonly place: string; readonly id: unknown }>()
  const begun = new Set<string | null>()
  const counts: Record<string, number> = {}
  /** Annotations that come before the list of images. */
  const early: Array<readonly [number, Fields]> = []
  const addImage = (i: number, one: Fields): Read<void> => {
    const { file_name: name, height, width } = one
    if (typeof name !== 'string') return wrong(`${at}: image ${i}`, 'a file_name', name)
    const key = imageKey(one['id'])
    const known = places.get(key)
    if (known !== undefined)
      return images.at(known).name === name
        ? E.right(undefined)
        : wrong(`${at}: image ${i}`, `an id of its own (that of ${images.at(known).name})`, one['id'])
    const place = images.push({ name, number: i, labelled: true, height: Number(height), width: Number(width) })
    places.set(key, place)
    return E.right(undefined)
  }
  const annotate = (i: number, one: Fields): Read<void> => {
    const place = `${at}: annotation ${i}`
    const image = places.get(imageKey(one['image_id']))
    if (image === undefined) return wrong(place, 'the id of an image', one['image_id'])
    const shape = shapeOf(place, one, images.sidesAt(image))
    if (E.isLeft(shape)) return shape
    const category = keyOf(one['category_id'])
    // categories may come after annotations
    if (!used.has(category)) used.set(category, { place, id: one['category_id'] })
    images.addLabel(image, category)
    const values = one['keypoints']
    if (values !== undefined) images.addPoints(image, { place, names: category, values })
    if (Object.keys(shape.right).length > 0) images.addRegion(image, { label: category, ...shape.right })
    return E.right(undefined)
  }
  const addTo = (list: string, i: number, one: Fields): Read<void> => {
    if (list === 'images') return addImage(i, one)
    if (list === 'annotations') {
      if (begun.has('images')) return annotate(i, one)
      early.push([i, one])
    } else {
      categories.set(keyOf(one['id']), String(one['name']))
      pointNames.set(keyOf(one['id']), one['keypoints'])
    }
    return E.right(undefined)
  }
  const annotated = (): Read<Annotations> => {
    for (const [category, { place, id }] of used)
      if (!categories.has(category)) return wrong(place, 'the id of a category', id)
    const nameOf = (category: string): string => categories.get(category)!
    // a test set lists its images without any annotation
    const labelled = (counts['annotations'] ?? 0) > 0
    const { length, nameAt, lists } = images
    // images with equal categories share their list
    const known = new Map<ReadonlyArray<string>, ReadonlyArray<string>>()
    const labelsAt = (i: number): ReadonlyArray<string> => {
      const its = images.labelsAt(i)
      const found = known.get(its) ?? lists.of(its.map(nameOf))
      known.set(its, found)
      return found
    }
    const at = (i: number): Annotated => {
      const { regions, points, ...its } = images.at(i)
      return {
        ...its,
        labelled,
        labels: labelsAt(i),
        regions: () => regions().map((one) => ({ ...one, label: nameOf(one.label) })),
        points: points.map((one) => ({ ...one, names: pointNames.get(String(one.names)) }))
      }
    }
    return E.right({
      images: { length, at, nameAt, labelledAt: () => labelled, labelsAt },
      regionLabels: images.regionLabels.map(nameOf),
      classes: [...categories.values()]
    })
  }
  return {
    begin: (list) => begun.add(list),
    add: (list, element) => {
      const known = lists.find((one) => one === list)
      if (known === undefined) return E.right(undefined)
      const i = counts[known] ?? 0
      counts[known] = i + 1
      return isFields(element) ? addTo(known, i, element) : wrong(`${at}: ${known} ${i}`, 'an object', element)
    },
    end: () => {
      const missing = lists.find((list) => !begun.has(list))
      if (missing !== undefined) return wrong(at, `a list ${JSON.stringify(missing)}`, undefined)
      const first: E.Either<DataError, void> = E.right(undefined)
      const done = early.reduce((so, [i, one]) => (E.isLeft(so) ? so : annotate(i, one)), first)
      return E.isLeft(done) ? done : annotated()
    }
  }
}
