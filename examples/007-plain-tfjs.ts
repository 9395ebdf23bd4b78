// The onnxruntime backend without the rest of graft: any TensorFlow.js program, gradients and optimisers included.
import assert from 'node:assert'
import * as tf from '@tensorflow/tfjs-core'
import { backendName } from 'graft-vision/onnxruntime'

assert.strictEqual(await tf.setBackend(backendName), true)

// points, and the index of the ring that each lies in
const n = 128
const angles = tf.randomUniform([n], 0, 2 * Math.PI, 'float32', 1)
const radii = tf.tensor1d(Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 0.5 : 1)))
const points = tf.stack([tf.mul(radii, tf.cos(angles)), tf.mul(radii, tf.sin(angles))], 1)
const rings = tf.tensor1d(
  Array.from({ length: n }, (_, i) => i % 2),
  'float32'
)

const hidden = tf.variable(tf.randomNormal([2, 16], 0, 1, 'float32', 2))
const bias = tf.variable(tf.zeros([16]))
const output = tf.variable(tf.randomNormal([16, 1], 0, 0.3, 'float32', 3))

const logits = (): tf.Tensor => tf.reshape(tf.matMul(tf.relu(tf.add(tf.matMul(points, hidden), bias)), output), [n])
const loss = (): tf.Scalar => tf.losses.sigmoidCrossEntropy<tf.Tensor, tf.Scalar>(rings, logits())

const adam = tf.train.adam(0.05)
const before = tf.tidy(() => loss().dataSync()[0]!)
const tensors = tf.memory().numTensors

for (let step = 0; step < 200; step++) {
  const value = adam.minimize(loss, true)!
  // reading the loss runs the operations recorded since the last read as one graph, which is compiled only at the first step
  value.dataSync()
  value.dispose()
}

const after = tf.tidy(() => loss().dataSync()[0]!)
assert(after < before / 2, `${before} -> ${after}`)
// only the optimiser's state remains: two moments for each variable, and the powers of its betas
assert(tf.memory().numTensors - tensors <= 2 * 3 + 2)
