// Trains a network of graft's and a plain TensorFlow.js program with the built package: in the main thread alone, then
// in a worker and the main thread at once. Prints what each gave, and when it worked, as one line of JSON.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { arch, crossEntropy, generator, nn, plan, sgd } from 'graft-vision'
import { acquireEngine, Engine } from 'graft-vision/node'

const STEPS = 150
const [N, SIDE, CLASSES] = [8, 8, 3]

const right = (either) => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either.left))
  return either.right
}

const bits = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')

const engine = right(await acquireEngine('onnxruntime')())

const network = arch({
  name: 'small',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 6, 3)),
    nn.named('bn', nn.batchNorm(6)),
    nn.relu,
    nn.flatten,
    nn.named('fc', nn.linear(6 * (SIDE - 2) ** 2, CLASSES))
  )
})

const grafted = () => {
  const planned = right(plan({ input: [3, SIDE, SIDE] })(network))
  const start = { state: Engine.initialState(planned, 1), optimiser: Engine.freshOptimiser }
  const how = { loss: crossEntropy(), optimiser: sgd(), trueWd: true, bnWd: true, clip: null, seed: 1 }
  const program = right(Engine.compile(engine)(planned, start, how))
  const random = generator(2)
  const losses = Array.from({ length: STEPS }, (_, step) => {
    const x = Float32Array.from({ length: N * SIDE * SIDE * 3 }, () => random.normal())
    const y = Int32Array.from({ length: N }, () => random.integer(CLASSES))
    return right(program.step({ x, y, n: N }, { lrs: [0.05], mom: 0.9, wd: 0.01, step }))
  })
  const state = [...right(program.state())].map(([path, array]) => [path, bits(array)])
  program.dispose()
  return { losses, state }
}

const plain = () =>
  engine.use(() => {
    const x = tf.randomNormal([32, 20], 0, 1, 'float32', 3)
    const y = tf.sin(tf.sum(x, 1))
    const hidden = tf.variable(tf.randomNormal([20, 30], 0, 0.2, 'float32', 4))
    const output = tf.variable(tf.randomNormal([30, 1], 0, 0.2, 'float32', 5))
    const loss = () => tf.losses.meanSquaredError(y, tf.reshape(tf.matMul(tf.tanh(tf.matMul(x, hidden)), output), [32]))
    const adam = tf.train.adam(0.01)
    const losses = Array.from({ length: STEPS }, () => {
      const value = adam.minimize(loss, true)
      const [number] = value.dataSync()
      value.dispose()
      return number
    })
    return { losses, state: [hidden, output].map((v) => bits(v.dataSync())) }
  })

const now = () => performance.timeOrigin + performance.now()

const trained = () => {
  const from = now()
  return { gave: { graft: grafted(), plain: plain() }, from, to: now() }
}

if (isMainThread) {
  const alone = trained()
  const worker = new Worker(new URL(import.meta.url))
  // the worker says when it has loaded everything, and starts when it is told to
  await once(worker, 'message')
  worker.postMessage('go')
  const beside = trained()
  const [inWorker] = await once(worker, 'message')
  await once(worker, 'exit')
  console.log(JSON.stringify({ alone, beside, inWorker }))
} else {
  parentPort.once('message', () => parentPort.postMessage(trained()))
  parentPort.postMessage('ready')
}
