/**
 * Importing this module registers the backend `onnxruntime` with TensorFlow.js (`await tf.setBackend('onnxruntime')`),
 * together with tfjs-core's gradients and the chained tensor methods that some of them call; plain Node has neither.
 * The native library is loaded when TensorFlow.js first uses the backend.
 *
 * @since 0.1.0
 */
import '#tfjs-gradients'
import { announce, BACKEND } from './engine/onnxruntime/index.js'

announce()

/**
 * The backend's name in TensorFlow.js.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { backendName } from 'graft-vision/onnxruntime'
 *
 * assert.strictEqual(await tf.setBackend(backendName), true)
 * assert.strictEqual(tf.add(1, 2).dataSync()[0], 3)
 *
 * @category backend
 * @since 0.1.0
 */
export const backendName = BACKEND
