/** Tokens `[n, t, c]` with tfjs. */
import * as tf from '@tensorflow/tfjs-core'
import type { LearnedTokens, PositionEmbedding } from '../../model/index.js'
import { type PlanLayer, positionMatrix } from '../../plan/index.js'
import type { Arrays } from './Arrays.js'

export const tokensOf = (x: tf.Tensor4D): tf.Tensor3D => {
  const [n, h, w, c] = x.shape
  return tf.reshape(x, [n, h * w, c])
}

/** The engine has `[1, t, c]` of torch as `[c, t, 1]`. */
const vectors = (path: string, arrays: Arrays): tf.Tensor2D => {
  const array = arrays(path)
  const [c, t] = array.shape as [number, number, number]
  return tf.transpose(tf.reshape(array, [c, t]))
}

export const learnedTokens = (layer: LearnedTokens, path: string, x: tf.Tensor3D, arrays: Arrays): tf.Tensor => {
  const [n] = x.shape
  const learned = tf.reshape(vectors(path, arrays), [1, layer.count, layer.channels])
  return tf.concat([tf.tile(learned, [n, 1, 1]), x], 1)
}

export const positioned = (layer: PositionEmbedding, leaf: PlanLayer, x: tf.Tensor, arrays: Arrays): tf.Tensor => {
  const own = vectors(leaf.path, arrays)
  const matrix = positionMatrix(layer, leaf.grid ?? layer.grid)
  if (matrix === null) return tf.add(x, own)
  return tf.add(x, tf.matMul(tf.tensor2d(matrix, [x.shape[1]!, own.shape[0]]), own))
}

export const takeToken = (x: tf.Tensor3D, index: number): tf.Tensor2D => {
  const [n, , c] = x.shape
  return tf.reshape(tf.slice(x, [0, index, 0], [n, 1, c]), [n, c])
}

export const meanTokens = (x: tf.Tensor3D, skip: number): tf.Tensor =>
  tf.mean(skip === 0 ? x : tf.slice(x, [0, skip, 0], [-1, -1, -1]), 1)

/** The pixels of every 2×2 block side by side, column by column. */
export const patchMerging = (x: tf.Tensor4D): tf.Tensor => {
  const [n, h, w, c] = x.shape
  const even =
    h % 2 === 0 && w % 2 === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [0, h % 2],
          [0, w % 2],
          [0, 0]
        ])
  const [rows, columns] = [Math.ceil(h / 2), Math.ceil(w / 2)]
  const blocks = tf.reshape(even, [n, rows, 2, columns, 2, c])
  return tf.reshape(tf.transpose(blocks, [0, 1, 3, 4, 2, 5]), [n, rows, columns, 4 * c])
}
