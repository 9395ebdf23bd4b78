/**
 * Parts of a network along its data flow: the stages of a body, in which the feature map keeps its size, and the two
 * sides of any place between steps.
 */
import { type Child, inSequence, join, type Layer, sequential, type Shape } from '../model/index.js'
import { infer } from './inference.js'

/** Layers in data-flow order, named by their full paths, and the shape of the last output. */
export interface Stage {
  readonly parts: ReadonlyArray<Child>
  readonly output: Shape
}

/** A step of a body's data flow that cannot be divided, because it is not a sequence. */
interface Step {
  readonly input: Shape
  readonly output: Shape
}

const stepsOf = (layer: Layer, input: Shape): ReadonlyArray<Step> =>
  inSequence(layer)?.reduce<ReadonlyArray<Step>>(
    (steps, child) => [...steps, ...stepsOf(child.layer, steps.at(-1)?.output ?? input)],
    []
  ) ?? [{ input, output: infer(layer, input, '').output }]

const shrinks = ({ input, output }: Step): boolean =>
  input.length === 3 && output.length === 3 && [1, 2].some((i) => output[i]! < input[i]!)

const countSteps = (layer: Layer): number =>
  inSequence(layer)?.reduce((n, child) => n + countSteps(child.layer), 0) ?? 1

interface Part {
  readonly from: number
  readonly child: Child
}

/**
 * The smallest number of pieces that end at every cut. A layer without a name keeps its place, under its parent's path.
 */
const partsAt = (
  cuts: ReadonlySet<number>,
  layer: Layer,
  path: string,
  nameless: boolean,
  from: number
): ReadonlyArray<Part> => {
  const isCut = Array.from({ length: countSteps(layer) - 1 }, (_, i) => from + 1 + i).some((step) => cuts.has(step))
  const children = isCut ? inSequence(layer) : null
  if (children === null) return [{ from, child: { name: path, layer: nameless ? sequential(layer) : layer } }]
  let next = from
  return children.flatMap((child) => {
    const start = next
    next += countSteps(child.layer)
    return partsAt(cuts, child.layer, join(path, child.name), child.name === null, start)
  })
}

/**
 * Divides a body with the path `path` before each layer that reduces the feature map, at any depth; the input itself is
 * not a stage.
 */
export const stagesOf = (body: Layer, input: Shape, path: string): ReadonlyArray<Stage> => {
  const steps = stepsOf(body, input)
  const starts = steps.flatMap((step, i) => (i > 0 && shrinks(step) ? [i] : []))
  const parts = partsAt(new Set(starts), body, path, false, 0)
  return [0, ...starts].map((start, i) => {
    const end = starts[i] ?? steps.length
    return {
      parts: parts.filter(({ from }) => from >= start && from < end).map(({ child }) => child),
      output: steps[end - 1]?.output ?? input
    }
  })
}

/** The steps of a network's data flow in order: its layers, and combinations that are not sequences. */
export const flowSteps = (network: Layer): ReadonlyArray<Layer> =>
  inSequence(network)?.flatMap((child) => flowSteps(child.layer)) ?? [network]

/** The parts of a network before and after a place, each named by its full path, so that layers keep their paths. */
export interface Divided {
  readonly before: ReadonlyArray<Child>
  readonly after: ReadonlyArray<Child>
}

/** Divides a network after its first `count` steps. */
export const dividedAt = (network: Layer, count: number): Divided => {
  const parts = partsAt(new Set([count]), network, '', false, 0)
  const where = (keep: (from: number) => boolean) => parts.filter(({ from }) => keep(from)).map(({ child }) => child)
  return { before: where((from) => from < count), after: where((from) => from >= count) }
}
