import type { backend_util } from '@tensorflow/tfjs-core'
import { grouped, merged } from '../conv/grouped.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, imageForm, kernel, type FormOf, type Kernels, type LaidInputs } from '../recording/Kernel.js'
import { plain, plainly, type Laid } from '../graph/Layout.js'
import { convolutionOf, type ConvAttributes } from './conv.js'
import { byChannels as forwardByChannels, infoOf } from './depthwise.js'
import { filterGradient, inputGradient } from './depthwiseGrad.js'

type Pair = readonly [number, number]

type Shape4 = readonly [number, number, number, number]

/** The attributes of graft's own convolution. */
interface Told {
  readonly strides: Pair
  readonly dilations: Pair
  readonly padding: Pair
  readonly groups: number
}

/** A convolution of known shapes: its output shape and its three directions. */
interface Way {
  readonly output: ReadonlyArray<number>
  readonly forward: (g: Graph, x: Laid, filter: Ref) => Laid
  readonly input: (g: Graph, dy: Laid, filter: Ref) => Laid
  readonly filter: (g: Graph, x: Laid, dy: Laid) => Ref
}

type WayFor = (input: Shape4, filter: Shape4, told: Told) => Way | undefined

const windowOf = ({ strides, dilations, padding: [v, h] }: Told): ConvAttributes => ({
  strides: [...strides],
  dilations: [...dilations],
  pad: [
    [0, 0],
    [v, v],
    [h, h],
    [0, 0]
  ],
  dimRoundingMode: 'floor'
})

const inGroups: WayFor = (input, [h, w, , k], told) => {
  const whole = convolutionOf(input, [h, w, input[3], k], windowOf(told))
  if (whole === undefined) return undefined
  const by = (g: Graph) => merged({ whole, groups: told.groups }, g.settings)
  return {
    output: whole.output,
    forward: (g, x, filter) => grouped.forward(g, x, filter, by(g)),
    input: (g, dy, filter) => grouped.input(g, dy, filter, by(g)),
    filter: (g, x, dy) => grouped.filter(g, x, dy, by(g))
  }
}

const byChannels: WayFor = (input, [h, w, , k], told) => {
  const multiplier = k / told.groups
  const shape = [h, w, told.groups, multiplier]
  const info: backend_util.Conv2DInfo | undefined = infoOf(float32(input), float32(shape), windowOf(told))
  if (info === undefined) return undefined
  return {
    output: info.outShape,
    forward: (g, x, filter) => forwardByChannels(g, x, filter, info),
    input: (g, dy, filter) => inputGradient(g, dy, filter, { info, multiplier }),
    filter: (g, x, dy) => filterGradient(g, x, dy, { info, multiplier })
  }
}

const wayFor: WayFor = (input, filter, told) => (told.groups === input[3] ? byChannels : inGroups)(input, filter, told)

/** graft's kernels return lists. */
const listed = <I>(shape: ReadonlyArray<number>, emit: (g: Graph, i: LaidInputs<I>) => Laid): FormOf<I> => ({
  ...imageForm<I>(float32(shape), emit),
  list: true
})

const asShape4 = (shape: ReadonlyArray<number>): Shape4 => shape as Shape4

export const fusedConv: Kernels = {
  GraftConv2D: kernel<'x' | 'filter', Told>(({ x, filter }, told) => {
    const way = wayFor(asShape4(x.shape), asShape4(filter.shape), told)
    return way && listed(way.output, (g, i) => way.forward(g, i.x, plain(g, i.filter)))
  }),
  GraftConv2DBackpropInput: kernel<'dy' | 'filter', Told & { inputShape: Shape4 }>(({ filter }, told) => {
    const way = wayFor(told.inputShape, asShape4(filter.shape), told)
    return way && listed(told.inputShape, (g, i) => way.input(g, i.dy, plain(g, i.filter)))
  }),
  GraftConv2DBackpropFilter: kernel<'x' | 'dy', Told & { filterShape: Shape4 }>(({ x }, told) => {
    const way = wayFor(asShape4(x.shape), told.filterShape, told)
    return way && listed(told.filterShape, (g, i) => plainly(g.reshape(way.filter(g, i.x, i.dy), told.filterShape)))
  })
}
