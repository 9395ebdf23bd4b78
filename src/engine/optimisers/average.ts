import * as tf from '@tensorflow/tfjs-core'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import type { Graph, Ref } from '../onnxruntime/graph/Graph.js'

/** An exponential moving average: `beta·old + (1 - beta)·now`. */
export const average = (beta: tf.Tensor, old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(old, beta), tf.mul(now, tf.sub(1, beta)))

/** The same in an ONNX graph. */
export const averageIn =
  (g: Graph) =>
  (beta: Ref, old: Ref, now: Ref): Ref => {
    const { add, sub, mul } = arithmetic(g)
    return add(mul(old, beta), mul(now, sub(g.scalar(1), beta)))
  }
