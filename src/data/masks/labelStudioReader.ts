/**
 * Images annotated in Label Studio.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { annotatedLists } from './annotatedLists.js'
import type { LabelledRegion } from './regionLists.js'
import { type AnnotationReader, type Fields, isFields, type Kept, numbersIn, type Read, wrong } from './annotations.js'
import { brushRuns } from './runLengths.js'

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

/** Reads the images of an export of Label Studio; `at` is the file's name in errors. */
export const labelStudioReader = (at: string, kept: Kept): AnnotationReader => {
  const images = annotatedLists(kept)
  let [isList, first]: [boolean, unknown] = [false, undefined]
  const addTask = (task: Fields, number: number): Read<void> => {
    const place = `${at}: task ${number}`
    const data = isFields(task['data']) ? Object.values(task['data']) : []
    const name = data.find((one) => typeof one === 'string' && /\.\w{3,4}([?#].*)?$/.test(one))
    if (typeof name !== 'string') return wrong(place, 'the path of an image in data', task['data'])
    const made = task['annotations'] ?? task['completions']
    const counting = (Array.isArray(made) ? made : []).find((one) => isFields(one) && one['was_cancelled'] !== true) as
      Fields | undefined
    const results = Array.isArray(counting?.['result']) ? counting['result'].filter(isFields) : []
    const said = E.sequenceArray(results.map((one, k) => resultOf(`${place}, result ${k}`, one)))
    if (E.isLeft(said)) return said
    const sides = results.find((one) => typeof one['original_width'] === 'number')
    const image = images.push({
      name,
      number,
      labelled: counting !== undefined,
      height: Number(sides?.['original_height'] ?? 0),
      width: Number(sides?.['original_width'] ?? 0)
    })
    for (const { labels, regions } of said.right) {
      for (const label of labels) images.addLabel(image, label)
      for (const region of regions) images.addRegion(image, region)
    }
    const named = said.right.flatMap(({ points = [] }) => points)
    if (named.length > 0)
      images.addPoints(image, {
        place,
        names: named.map(([one]) => one),
        values: named.flatMap(([, x, y]) => [x, y, 2])
      })
    return E.right(undefined)
  }
  return {
    begin: (list) => {
      isList ||= list === null
    },
    add: (list, task) => {
      first ??= list === null ? task : { [list]: task }
      if (list !== null) return E.right(undefined)
      const i = images.length
      if (!isFields(task)) return wrong(`${at}: task ${i}`, 'a task', task)
      return addTask(task, typeof task['id'] === 'number' ? task['id'] : i)
    },
    end: () => (isList ? E.right({ images, regionLabels: images.regionLabels }) : wrong(at, 'a list of tasks', first))
  }
}
