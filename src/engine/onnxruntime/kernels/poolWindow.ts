import { backend_util } from '@tensorflow/tfjs-core'
import { windowOf } from '../conv/index.js'
import { pixelsOf } from '../graph/Layout.js'
import { sameShape } from '../graph/shapes.js'
import { inputUnder, isPadded, tapsOf, type Window } from '../graph/Window.js'

type Shape4 = [number, number, number, number]

export interface PoolAttributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

export interface Pool {
  readonly window: Window
  readonly images: number
  readonly channels: number
  readonly input: ReadonlyArray<number>
  readonly output: ReadonlyArray<number>
}

export const poolOf = (input: ReadonlyArray<number>, a: PoolAttributes): Pool => {
  const shape = [...input] as Shape4
  const info = backend_util.computePool2DInfo(shape, a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode)
  return {
    window: windowOf(info),
    images: info.batchSize,
    channels: info.inChannels,
    input: info.inShape,
    output: info.outShape
  }
}

// tfjs's gradients lose how the output's sides were rounded; the shape shows it
export const gradientPoolOf = (
  input: ReadonlyArray<number>,
  output: ReadonlyArray<number>,
  attributes: PoolAttributes
): Pool | undefined => {
  const p = poolOf(input, attributes)
  const [count, height, width, channels] = output as Shape4
  const fits = [height - p.window.output[0], width - p.window.output[1]].every((more) => more === 0 || more === 1)
  return fits && count === p.images && channels === p.channels
    ? { ...p, output, window: { ...p.window, output: [height, width] } }
    : undefined
}

/** tfjs returns its input if the window is one pixel and the size does not change, whatever the strides. */
export const isIdentity = (p: Pool): boolean => tapsOf(p.window) === 1 && sameShape(p.input, p.output)

/** Whether the window covers the image exactly: one output pixel. */
export const isGlobal = ({ window: w }: Pool): boolean =>
  pixelsOf(w.output) === 1 && w.size[0] === w.input[0] && w.size[1] === w.input[1] && !isPadded(inputUnder(w))
