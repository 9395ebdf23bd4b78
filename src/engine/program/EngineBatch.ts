/**
 * `EngineBatch`: images and targets in the form that an engine takes.
 *
 * @since 0.1.0
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Plan } from '../../plan/index.js'

/**
 * One batch in the form that an engine takes.
 *
 * @category programs
 * @since 0.1.0
 */
export interface EngineBatch {
  /** `[n, height, width, channels]`, normalised; `[n, features]` where the plan's input is a vector. */
  readonly x: Float32Array
  /** Class indices or numbers; NaN for coordinates of points that are missing. */
  readonly y: Int32Array | Float32Array
  /** How much each image counts in the training loss, which is the weighted mean; evaluation ignores it. */
  readonly w?: Float32Array
  readonly n: number
}

/** A part of a network may start from vectors. */
export const inputTensor = (plan: Plan, { x, n }: Pick<EngineBatch, 'x' | 'n'>): tf.Tensor => {
  const { input } = plan
  return input.length === 3 ? tf.tensor4d(x, [n, input[1]!, input[2]!, input[0]!]) : tf.tensor(x, [n, ...input])
}

/** The weights of a batch's images; none: all alike. */
export const sampleWeights = ({ w }: EngineBatch): ReadonlyArray<tf.Tensor> => (w === undefined ? [] : [tf.tensor1d(w)])

/** Targets `[n]`, `[n, width]`, or of points `[n, points, 2]`. */
export const targetTensor = ({ task }: Plan, batch: EngineBatch): tf.Tensor => {
  if (task?._tag === 'Points') return tf.tensor3d(batch.y, [batch.n, task.names.length, 2], 'float32')
  const shape = batch.y.length === batch.n ? [batch.n] : [batch.n, batch.y.length / batch.n]
  return tf.tensor(batch.y, shape, batch.y instanceof Int32Array ? 'int32' : 'float32')
}
