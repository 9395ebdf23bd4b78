/**
 * Adaptive pooling in terms of plain pooling: bins of one size are one pool, others are pooled bin by bin.
 */
import * as tf from '@tensorflow/tfjs-core'
import { adaptiveBins, type Pair } from '../../model/index.js'

type Pool = (x: tf.Tensor4D, kernel: [number, number], stride: [number, number]) => tf.Tensor4D

// a maximum's gradient goes to its first place, as in torch; tf.max would give it to every tie
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
