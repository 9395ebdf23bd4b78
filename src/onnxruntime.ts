/**
 * Importing this makes the backend `onnxruntime` known to TensorFlow.js, for any program that uses it
 * (`await tf.setBackend('onnxruntime')`), and registers tfjs-core's gradients and the chained methods of tensors that
 * some of them call, all of which plain Node lacks. The native library is loaded when TensorFlow.js first asks for the
 * backend.
 *
 * @since 0.1.0
 */
import '#tfjs-gradients'
import { announce, BACKEND } from './engine/onnxruntime/index.js'

announce()

/**
 * The name under which TensorFlow.js knows the backend.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * assert.strictEqual(await tf.setBackend(backendName), true)
 * assert.strictEqual(tf.add(1, 2).dataSync()[0], 3)
 *
 * @since 0.1.0
 */
export const backendName = BACKEND
