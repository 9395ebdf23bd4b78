/**
 * Pooling with tfjs: windows with torch's padding; adaptive pooling with equal bins as one pool, otherwise bin by bin.
 */
import * as tf from '@tensorflow/tfjs-core'
import { adaptiveBins, type AvgPool2d, type MaxPool2d, type Pair, positions } from '../../model/index.js'

export const both = ([v, h]: Pair): [number, number] => [v, h]

interface Reach {
  readonly count: number
  /** Padding before the first and after the last pixel. */
  readonly pad: [number, number]
}

/** The exact extent of the last window, so that ceil and floor do not depend on the backend's rounding. */
const reaches = (
  layer: { readonly kernelSize: Pair; readonly stride: Pair; readonly padding: Pair; readonly ceilMode: boolean },
  x: tf.Tensor4D
): readonly [Reach, Reach] => {
  const along = (i: 0 | 1): Reach => {
    const [kernel, stride, padding] = [layer.kernelSize[i], layer.stride[i], layer.padding[i]]
    const side = x.shape[i + 1]!
    const count = positions({ kernel, stride, padding, dilation: 1, ceil: layer.ceilMode })(side)
    return { count, pad: [padding, Math.max(0, (count - 1) * stride + kernel - side - padding)] }
  }
  return [along(0), along(1)]
}

/** TensorFlow's gradients of convolutions and pools support only `valid` and `same` padding. */
export const padsApart = (): boolean => tf.getBackend() === 'tensorflow'

const isInside = ({ pad: [before, after] }: Reach): boolean => before === 0 && after === 0

export const maxPool = (layer: MaxPool2d, x: tf.Tensor4D): tf.Tensor4D => {
  const [v, h] = reaches(layer, x)
  const [kernel, stride] = [both(layer.kernelSize), both(layer.stride)]
  if (isInside(v) && isInside(h)) return tf.maxPool(x, kernel, stride, 'valid')
  return padsApart()
    ? tf.maxPool(tf.pad(x, [[0, 0], v.pad, h.pad, [0, 0]], -Infinity), kernel, stride, 'valid')
    : tf.maxPool(x, kernel, stride, [[0, 0], v.pad, h.pad, [0, 0]], 'floor')
}

/** Windows that extend past the edge are padded with zeros, and the average is corrected for them. */
export const avgPool = (layer: AvgPool2d, x: tf.Tensor4D): tf.Tensor4D => {
  const [v, h] = reaches({ ...layer, padding: [0, 0] }, x)
  const [kernel, stride] = [both(layer.kernelSize), both(layer.stride)]
  if (isInside(v) && isInside(h)) return tf.avgPool(x, kernel, stride, 'valid')
  const shares = ({ count, pad: [, over] }: Reach, i: 0 | 1): ReadonlyArray<number> =>
    Array.from({ length: count }, (_, at) => (at === count - 1 ? kernel[i] / (kernel[i] - over) : 1))
  const [rows, columns] = [shares(v, 0), shares(h, 1)]
  const correction = tf.tensor4d(
    rows.flatMap((row) => columns.map((column) => row * column)),
    [1, v.count, h.count, 1]
  )
  return tf.mul(tf.avgPool(tf.pad(x, [[0, 0], v.pad, h.pad, [0, 0]]), kernel, stride, 'valid'), correction)
}

type Pool = (x: tf.Tensor4D, kernel: [number, number], stride: [number, number]) => tf.Tensor4D

// the gradient goes to the first maximum, as in torch; tf.max would give it to every tie
const maximum: Pool = (x, kernel, stride) => tf.maxPool(x, kernel, stride, 'valid')

const average: Pool = (x, kernel, stride) =>
  kernel[0] === x.shape[1] && kernel[1] === x.shape[2]
    ? tf.mean(x, [1, 2], true)
    : tf.avgPool(x, kernel, stride, 'valid')

const adaptive =
  (pool: Pool) =>
  (x: tf.Tensor4D, [oh, ow]: Pair): tf.Tensor4D => {
    const [, h, w] = x.shape
    if (h % oh === 0 && w % ow === 0) return pool(x, [h / oh, w / ow], [h / oh, w / ow])
    const rows = adaptiveBins(h, oh).map(([top, bottom]) => {
      const band = tf.slice(x, [0, top, 0, 0], [-1, bottom - top, -1, -1])
      const cells = adaptiveBins(w, ow).map(([left, right]) =>
        pool(tf.slice(band, [0, 0, left, 0], [-1, -1, right - left, -1]), [bottom - top, right - left], [1, 1])
      )
      return tf.concat(cells, 2)
    })
    return tf.concat(rows, 1)
  }

export const adaptiveMax = adaptive(maximum)
export const adaptiveAverage = adaptive(average)
