import { type backend_util } from '@tensorflow/tfjs-core'
import { pixelsOf, type Laid } from '../graph/Layout.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { tapsOf, type Window } from '../graph/Window.js'
import type { FormName, Machine, Use, Work } from '../../CostTable.js'

export type { Machine, Use, Work }

/** A convolution of images with weights `[taps, channels, filters]`: its window and the shapes of input and output. */
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

/** The three operations of a convolution: the forward pass, and the gradients of its input and of its weights. */
export type Direction = 'forward' | 'input' | 'filter'

/**
 * An algorithm for convolution. Images are matrices in the pixel layout, weights are in their own order with any shape:
 * `input` and `output` are `[pixels, images·channels]`, `filter` has taps·channels·filters elements.
 */
export interface ConvForm {
  readonly name: FormName
  /** Whether it supports this convolution. */
  readonly applies: (c: Convolution, direction: Direction, machine: Machine) => boolean
  /** Its work, for the cost table: multiplications and additions in matrix products, and bytes moved. */
  readonly work: (c: Convolution, use: Use) => Work
  readonly forward: (g: Graph, input: Laid, filter: Ref, c: Convolution) => Ref
  readonly input: (g: Graph, output: Laid, filter: Ref, c: Convolution) => Ref
  readonly filter: (g: Graph, input: Laid, output: Laid, c: Convolution) => Ref
  /** `input` for a subset of channels, if that costs no more; otherwise undefined. */
  readonly channels?: (
    g: Graph,
    output: Laid,
    filter: Ref,
    c: Convolution
  ) => ((from: number, count: number) => Ref) | undefined
}

/** Number of channels up to which an input is assumed to be an image. */
export const FEW = 4

/** The directions that training computes; the gradient of an image is not needed. */
export const trainingDirections = ({ channels }: Convolution): ReadonlyArray<Direction> =>
  channels <= FEW ? ['forward', 'filter'] : ['forward', 'filter', 'input']

/** The work of a use as the sum over its directions. */
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

/** Whether it is a 1×1 convolution without stride and padding: only a matrix product. */
export const isPointwise = (c: Convolution): boolean => {
  const { window: w } = c
  return (
    tapsOf(w) === 1 && !isStrided(c) && pixelsOf(w.input) === pixelsOf(w.output) && w.pad[0] === 0 && w.pad[1] === 0
  )
}

/** Bytes of a float32. */
export const FLOAT = 4

/** Bytes of `pixels` rows of all images with `channels` each. */
export const bytesOfRows = (c: Convolution, pixels: number, channels: number): number =>
  FLOAT * pixels * c.images * channels
