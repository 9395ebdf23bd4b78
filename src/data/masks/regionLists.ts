/**
 * The regions of many images, as lists of their numbers: a million polygons as objects take several times the memory.
 *
 * @since 0.1.0
 */
import type { Polygon, RunLengths } from '../images/ImagePlace.js'

/** A labelled part of an image. */
export interface LabelledRegion {
  readonly label: string
  readonly polygons?: ReadonlyArray<Polygon>
  readonly runs?: RunLengths
}

const [blockBits, blockSize] = [16, 2 ** 16]

/** A list of numbers that grows in blocks. */
const numbers = () => {
  const blocks: Array<Float64Array> = []
  let n = 0
  return {
    size: (): number => n,
    at: (i: number): number => blocks[i >> blockBits]![i & (blockSize - 1)]!,
    push: (value: number): void => {
      if ((n & (blockSize - 1)) === 0) blocks.push(new Float64Array(blockSize))
      blocks[n >> blockBits]![n & (blockSize - 1)] = value
      n += 1
    }
  }
}

const orders = ['columns', 'rows'] as const

/**
 * Keeps the regions of images, by the number of each image. `of` returns those of an image in the order in which they
 * were added; `labels` has all labels in the order of their first region.
 */
export const regionLists = () => {
  // a region: where the one before it in its image is, its label, the number of polygons, the order of its runs, and the
  // polygons and runs, each with its length; -1 for what there is not
  const values = numbers()
  const last = new Map<number, number>()
  const labels: Array<string> = []
  const numberOf = new Map<string, number>()
  const labelNumber = (label: string): number => {
    const known = numberOf.get(label)
    if (known !== undefined) return known
    numberOf.set(label, labels.length)
    return labels.push(label) - 1
  }
  const pushAll = (all: ReadonlyArray<number>): void => {
    values.push(all.length)
    for (const value of all) values.push(value)
  }
  const listAt = (from: number): ReadonlyArray<number> => {
    const its = new Array<number>(values.at(from))
    for (let i = 0; i < its.length; i++) its[i] = values.at(from + 1 + i)
    return its
  }
  const regionAt = (from: number): LabelledRegion => {
    const label = labels[values.at(from + 1)]!
    const [polygonCount, order] = [values.at(from + 2), values.at(from + 3)]
    let at = from + 4
    const next = (): ReadonlyArray<number> => {
      const its = listAt(at)
      at += 1 + its.length
      return its
    }
    return {
      label,
      ...(polygonCount < 0 ? {} : { polygons: Array.from({ length: polygonCount }, next) }),
      ...(order < 0 ? {} : { runs: { runs: next(), order: orders[order]! } })
    }
  }
  return {
    labels,
    add: (image: number, { label, polygons, runs }: LabelledRegion): void => {
      const at = values.size()
      values.push(last.get(image) ?? -1)
      values.push(labelNumber(label))
      values.push(polygons?.length ?? -1)
      values.push(runs === undefined ? -1 : orders.indexOf(runs.order))
      polygons?.forEach(pushAll)
      if (runs !== undefined) pushAll(runs.runs)
      last.set(image, at)
    },
    of: (image: number): ReadonlyArray<LabelledRegion> => {
      const all: Array<LabelledRegion> = []
      for (let at = last.get(image) ?? -1; at !== -1; at = values.at(at)) all.push(regionAt(at))
      return all.reverse()
    }
  }
}
