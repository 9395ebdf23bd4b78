/**
 * Images and their annotations in the JSON of COCO and of Label Studio.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badTable, type DataError } from '../DataError.js'
import type { SaidPoints } from '../points/saidPoints.js'
import type { Polygon, RunLengths } from '../images/ImagePlace.js'
import { brushRuns, cocoRuns } from './runLengths.js'

/** A labelled part of an image. */
export interface LabelledRegion {
  readonly label: string
  readonly polygons?: ReadonlyArray<Polygon>
  readonly runs?: RunLengths
}

/** An image and what is said of it. */
export interface Annotated {
  readonly name: string
  /** Where it is annotated, for errors. */
  readonly place: string
  /** Whether somebody annotated it, if only by saying that there is nothing. */
  readonly labelled: boolean
  readonly labels: ReadonlyArray<string>
  readonly regions: ReadonlyArray<LabelledRegion>
  /** The keypoints of each object in it, or all labelled points as one. */
  readonly points: ReadonlyArray<SaidPoints>
  readonly height: number
  readonly width: number
  /** All classes in their order, if the file lists them. */
  readonly classes?: ReadonlyArray<string>
}

type Fields = Readonly<Record<string, unknown>>

type Read<A> = E.Either<DataError, A>

const isFields = (u: unknown): u is Fields => typeof u === 'object' && u !== null && !Array.isArray(u)

const numbersIn = (u: unknown): ReadonlyArray<number> | undefined =>
  Array.isArray(u) && u.every((one) => typeof one === 'number' && Number.isFinite(one))
    ? (u as Array<number>)
    : undefined

const wrong = (place: string, expected: string, found: unknown): E.Either<DataError, never> =>
  E.left(badTable(place, expected, JSON.stringify(found)?.slice(0, 60) ?? 'nothing', 'correct it, or export again'))

const unique = (labels: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(labels)]

/** A list of records at a key. */
const listAt = (at: string, json: unknown, key: string): Read<ReadonlyArray<Fields>> => {
  const list = isFields(json) ? json[key] : undefined
  if (!Array.isArray(list)) return wrong(at, `a list ${JSON.stringify(key)}`, list)
  const odd = list.findIndex((one) => !isFields(one))
  return odd === -1 ? E.right(list as ReadonlyArray<Fields>) : wrong(`${at}: ${key} ${odd}`, 'an object', list[odd])
}

// -------------------------------------------------------------------------------------------------------------------
// COCO
// -------------------------------------------------------------------------------------------------------------------

const idOf = ({ id }: Fields): string => JSON.stringify(id)

const cocoShape = (
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
  return runs.reduce((a, b) => a + b, 0) === height * width
    ? E.right({ runs: { runs, order: 'columns' } })
    : wrong(
        place,
        `runs that sum to ${height * width}`,
        runs.reduce((a, b) => a + b, 0)
      )
}

/** The images of a file in COCO's format. */
export const imagesOfCoco =
  (at: string) =>
  (json: unknown): Read<ReadonlyArray<Annotated>> => {
    const lists = E.sequenceArray(['images', 'annotations', 'categories'].map((key) => listAt(at, json, key)))
    if (E.isLeft(lists)) return lists
    const [images, annotations, categories] = lists.right as readonly [
      ReadonlyArray<Fields>,
      ReadonlyArray<Fields>,
      ReadonlyArray<Fields>
    ]
    const names = new Map(categories.map((one) => [idOf(one), String(one['name'])]))
    const pointNames = new Map(categories.map((one) => [idOf(one), one['keypoints']]))
    const byId = new Map(
      images.map((one) => [
        idOf(one),
        { one, labels: [] as Array<string>, regions: [] as Array<LabelledRegion>, points: [] as Array<SaidPoints> }
      ])
    )
    for (const [i, annotation] of annotations.entries()) {
      const place = `${at}: annotation ${i}`
      const image = byId.get(JSON.stringify(annotation['image_id']))
      const label = names.get(JSON.stringify(annotation['category_id']))
      if (image === undefined) return wrong(place, 'the id of an image', annotation['image_id'])
      if (label === undefined) return wrong(place, 'the id of a category', annotation['category_id'])
      const shape = cocoShape(place, annotation, [Number(image.one['height']), Number(image.one['width'])])
      if (E.isLeft(shape)) return shape
      image.labels.push(label)
      const { keypoints: values, category_id: category } = annotation
      if (values !== undefined) image.points.push({ place, names: pointNames.get(JSON.stringify(category)), values })
      if (Object.keys(shape.right).length > 0) image.regions.push({ label, ...shape.right })
    }
    const classes = [...names.values()]
    const all = [...byId.values()]
    const nameless = all.findIndex(({ one }) => typeof one['file_name'] !== 'string')
    if (nameless !== -1) return wrong(`${at}: image ${nameless}`, 'a file_name', all[nameless]!.one['file_name'])
    return E.right(
      all.map(({ one, labels, regions, points }, i) => ({
        name: String(one['file_name']),
        place: `${at}: image ${i}`,
        // a test set lists its images without any annotation
        labelled: annotations.length > 0,
        labels: unique(labels),
        regions,
        points,
        height: Number(one['height']),
        width: Number(one['width']),
        classes
      }))
    )
  }

// -------------------------------------------------------------------------------------------------------------------
// Label Studio
// -------------------------------------------------------------------------------------------------------------------

const words = (u: unknown): ReadonlyArray<string> =>
  Array.isArray(u) ? u.map(String) : typeof u === 'string' ? [u] : []

interface Said {
  readonly labels: ReadonlyArray<string>
  readonly regions: ReadonlyArray<LabelledRegion>
  readonly points?: ReadonlyArray<readonly [name: string, x: number, y: number]>
}

const resultOf = (place: string, result: Fields): Read<Said> => {
  const { type, value, original_width: width, original_height: height } = result
  if (!isFields(value)) return wrong(place, 'a value', value)
  if (type === 'choices') return E.right({ labels: words(value['choices']), regions: [] })
  const labels = words(value[String(type)])
  const sides = [Number(width), Number(height)] as const
  if (type === 'polygonlabels') {
    const points = Array.isArray(value['points']) ? value['points'].map(numbersIn) : []
    if (points.length < 3 || points.some((point) => point?.length !== 2) || sides.some(Number.isNaN))
      return wrong(place, 'at least three points of an image of known sides', value)
    // in percent of the sides
    const polygon = points.flatMap((point) => point!.map((percent, axis) => (percent / 100) * sides[axis]!))
    return E.right({ labels, regions: labels.map((label) => ({ label, polygons: [polygon] })) })
  }
  if (type === 'brushlabels') {
    const rle = numbersIn(value['rle'])
    const runs = rle === undefined ? undefined : brushRuns(rle)
    if (runs === undefined || runs.reduce((a, b) => a + b, 0) !== sides[0] * sides[1])
      return wrong(place, `run lengths (rle) of ${sides.join(' x ')} pixels`, value['format'] ?? value['rle'])
    return E.right({ labels, regions: labels.map((label) => ({ label, runs: { runs, order: 'rows' as const } })) })
  }
  if (type === 'keypointlabels') {
    const at = numbersIn([value['x'], value['y']])
    if (at === undefined || sides.some(Number.isNaN))
      return wrong(place, 'x and y in percent of an image of known sides', value)
    // from the centre of the first pixel
    const [x, y] = at.map((percent, axis) => (percent / 100) * sides[axis]! - 0.5)
    return E.right({ labels, regions: [], points: labels.map((label) => [label, x!, y!] as const) })
  }
  return E.right({ labels: String(type).endsWith('labels') ? labels : [], regions: [] })
}

const taskOf = (at: string, task: Fields, i: number): Read<Annotated> => {
  const place = `${at}: task ${typeof task['id'] === 'number' ? task['id'] : i}`
  const data = isFields(task['data']) ? Object.values(task['data']) : []
  const name = data.find((one) => typeof one === 'string' && /\.\w{3,4}([?#].*)?$/.test(one))
  if (typeof name !== 'string') return wrong(place, 'the path of an image in data', task['data'])
  const made = task['annotations'] ?? task['completions']
  const first = (Array.isArray(made) ? made : []).find((one) => isFields(one) && one['was_cancelled'] !== true) as
    Fields | undefined
  const results = Array.isArray(first?.['result']) ? first['result'].filter(isFields) : []
  const said = E.sequenceArray(results.map((one, k) => resultOf(`${place}, result ${k}`, one)))
  if (E.isLeft(said)) return said
  const named = said.right.flatMap(({ points = [] }) => points)
  const points = { place, names: named.map(([one]) => one), values: named.flatMap(([, x, y]) => [x, y, 2]) }
  const sides = results.find((one) => typeof one['original_width'] === 'number')
  return E.right({
    name,
    place,
    labelled: first !== undefined,
    labels: unique(said.right.flatMap(({ labels }) => labels)),
    regions: said.right.flatMap(({ regions }) => regions),
    points: named.length === 0 ? [] : [points],
    height: Number(sides?.['original_height'] ?? 0),
    width: Number(sides?.['original_width'] ?? 0)
  })
}

/** The images of an export of Label Studio. */
export const imagesOfLabelStudio =
  (at: string) =>
  (json: unknown): Read<ReadonlyArray<Annotated>> =>
    Array.isArray(json)
      ? E.sequenceArray(
          json.map((task: unknown, i) =>
            isFields(task) ? taskOf(at, task, i) : wrong(`${at}: task ${i}`, 'a task', task)
          )
        )
      : wrong(at, 'a list of tasks', json)
