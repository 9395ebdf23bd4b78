// node onnx_loop.mjs MODEL BATCH THREADS SECONDS: images per second of ONNX Runtime alone, on ready tensors.
import { performance } from 'node:perf_hooks'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const [model, batch, threads, seconds] = [process.argv[2], ...process.argv.slice(3).map(Number)]
const session = await InferenceSession.create(model, { intraOpNumThreads: threads })
const x = new Tensor('float32', new Float32Array(batch * 3 * 224 * 224), [batch, 3, 224, 224])
const run = () => session.run({ [session.inputNames[0]]: x })
await run()
await run()
let images = 0
const start = performance.now()
while (performance.now() - start < 1000 * seconds) {
  await run()
  images += batch
}
console.log(JSON.stringify({ perSecond: images / ((performance.now() - start) / 1000) }))
