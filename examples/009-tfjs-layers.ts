// Trains an ordinary tfjs-layers model on the onnxruntime backend, which takes one import, and on tfjs's cpu backend for comparison.
import assert from 'node:assert'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { backendName } from 'graft-vision/onnxruntime'

// noisy images of a horizontal or a vertical line
const [count, side] = [128, 8]
const pictures = (): { readonly x: tf.Tensor; readonly y: tf.Tensor } => {
  const stands = Array.from({ length: count }, (_, i) => i % 2)
  const pixels = stands.flatMap((stand, i) =>
    Array.from({ length: side * side }, (_, p) => {
      const across = stand === 1 ? p % side : Math.floor(p / side)
      return across === (i >> 1) % side ? 1 : 0
    })
  )
  const lines = tf.tensor4d(pixels, [count, side, side, 1])
  const noise = tf.randomNormal(lines.shape, 0, 0.2, 'float32', 1)
  return { x: tf.add(lines, noise), y: tf.tensor2d(stands, [count, 1]) }
}

const seeded = (seed: number) => layers.initializers.heNormal({ seed })

const network = (): layers.Sequential =>
  layers.sequential({
    layers: [
      layers.layers.conv2d({
        inputShape: [side, side, 1],
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(2)
      }),
      layers.layers.batchNormalization(),
      layers.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        strides: 2,
        activation: 'relu',
        kernelInitializer: seeded(3)
      }),
      layers.layers.globalMaxPooling2d({}),
      layers.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: seeded(4) })
    ]
  })

const trained = async (
  backend: string
): Promise<{ readonly seconds: number; readonly losses: ReadonlyArray<number> }> => {
  await tf.setBackend(backend)
  const started = performance.now()
  const model = network()
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'binaryCrossentropy' })
  const { x, y } = pictures()
  const { history } = await model.fit(x, y, { epochs: 2, batchSize: 32, shuffle: false })
  model.dispose()
  tf.dispose([x, y])
  return { seconds: (performance.now() - started) / 1000, losses: history['loss'] as Array<number> }
}

const [ours, theirs] = [await trained(backendName), await trained('cpu')]
console.log(`onnxruntime ${ours.seconds.toFixed(2)} s, cpu ${theirs.seconds.toFixed(2)} s`)

assert(ours.losses.at(-1)! < ours.losses[0]! / 2)
ours.losses.forEach((loss, epoch) => assert(Math.abs(loss - theirs.losses[epoch]!) < 1e-3))
