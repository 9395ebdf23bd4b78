import { type backend_util } from '@tensorflow/tfjs-core'
import { pixelsOf, type Laid } from '../graph/Layout.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { tapsOf, type Window } from '../graph/Window.js'
import type { FormName, Machine, Use, Work } from '../../CostTable.js'

export type { Machine, Use, Work }

/** A convolution of images with weights `[taps, channels, filters]`: its window and the sizes around it. */
export interface Convolution {
  readonly window: Window
  readonly images: number
  readonly channels: number
  readonly filters: number
  /** `[n, h, w, channels]` */
  readonly input: ReadonlyArray<number>
  /** `[n, h, w, filters]` */
  readonly output: ReadonlyArray<number>
}

/** The three products of a convolution: forward, and the gradients of its input and of its weights. */
export type Direction = 'forward' | 'input' | 'filter'

/**
 * A way of computing a convolution. Images come and go as the matrix of the pixel layout, weights in their own order
 * under any shape: `input` and `output` are `[pixels, images·channels]`, `filter` has taps·channels·filters elements.
 */
export interface ConvForm {
  readonly name: FormName
  /** Whether it can compute this convolution at all. */
  readonly applies: (c: Convolution, direction: Direction, machine: Machine) => boolean
  /** What it does, for the table of costs: multiplications and additions in products, and bytes moved. */
  readonly work: (c: Convolution, use: Use) => Work
  readonly forward: (g: Graph, input: Laid, filter: Ref, c: Convolution) => Ref
  readonly input: (g: Graph, output: Laid, filter: Ref, c: Convolution) => Ref
  readonly filter: (g: Graph, input: Laid, output: Laid, c: Convolution) => Ref
  /** `input` for some channels alone, of a convolution for which that is as quick; undefined for others. */
  readonly channels?: (
    g: Graph,
    output: Laid,
    filter: Ref,
    c: Convolution
  ) => ((from: number, count: number) => Ref) | undefined
}

/** Channels of what are taken to be pictures. */
export const FEW = 4

/** What training computes: of pictures, nobody wants the gradient. */
export const trainingDirections = ({ channels }: Convolution): ReadonlyArray<Direction> =>
  channels <= FEW ? ['forward', 'filter'] : ['forward', 'filter', 'input']

/** The work of a use from that of its directions. */
export const workOf =
  (of: (c: Convolution, direction: Direction) => Work): ConvForm['work'] =>
  (c, use) =>
    use === 'training'
      ? trainingDirections(c)
          .map((direction) => of(c, direction))
          .reduce((a, b) => ({ flops: a.flops + b.flops, bytes: a.bytes + b.bytes }))
      : of(c, use)

export const windowOf = (info: backend_util.Conv2DInfo): Window => ({
  input: [info.inHeight, info.inWidth],
  output: [info.outHeight, info.outWidth],
  size: [info.filterHeight, info.filterWidth],
  stride: [info.strideHeight, info.strideWidth],
  dilation: [info.dilationHeight, info.dilationWidth],
  pad: [info.padInfo.top, info.padInfo.left]
})

export const isStrided = ({ window: { stride } }: Convolution): boolean => stride[0] * stride[1] !== 1

/** One tap that lies on its own pixel: a product and nothing else. */
export const isPointwise = (c: Convolution): boolean => {
  const { window: w } = c
  return (
    tapsOf(w) === 1 && !isStrided(c) && pixelsOf(w.input) === pixelsOf(w.output) && w.pad[0] === 0 && w.pad[1] === 0
  )
}

/** Bytes of a number. */
export const FLOAT = 4

/** Bytes of `pixels` rows of all images with `channels` each. */
export const bytesOfRows = (c: Convolution, pixels: number, channels: number): number =>
  FLOAT * pixels * c.images * channels
