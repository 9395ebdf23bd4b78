// Times one step of resnet18 with fastai's head in graft. Writes the numbers it starts from and the batch to a file,
// so that the other side begins with the same ones.
//   node bench/step/graft_step.mjs FILE [--mode train|frozen|infer] [--batch 64] [--size 28] [--steps 10] [--engine onnxruntime]
// Prints one line of JSON: the loss in evaluation mode before any step, the seconds of every step, threads, versions.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  adamW,
  classification,
  crossEntropy,
  cut,
  freeze,
  generator,
  head,
  plan,
  resnet18,
  withHead,
  writeSafetensors
} from 'graft-vision'
import { acquireEngine, compile, freshOptimiser, initialState } from 'graft-vision/node'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: 'string', default: 'train' },
    batch: { type: 'string', default: '64' },
    size: { type: 'string', default: '28' },
    steps: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '3' },
    engine: { type: 'string', default: 'onnxruntime' }
  }
})
const [n, side, steps, warmup] = [given.batch, given.size, given.steps, given.warmup].map(Number)

const right = (either) => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either.left))
  return either.right
}

const whole = withHead(head())(cut(resnet18))
const task = classification(Array.from({ length: 10 }, (_, i) => `class ${i}`))
const planned = right(plan({ input: [3, side, side], task })(given.mode === 'frozen' ? freeze(whole) : whole))
const state = initialState(planned, 42)

const random = generator(1)
const batch = {
  x: Float32Array.from({ length: n * side * side * 3 }, () => random.normal()),
  y: Int32Array.from({ length: n }, () => random.integer(10)),
  n
}

/** `[n, height, width, channels]` as `[n, channels, height, width]`. */
const channelsFirst = (x) => {
  const pixels = side * side
  return Float32Array.from(x, (_, i) => {
    const [image, rest] = [Math.floor(i / (3 * pixels)), i % (3 * pixels)]
    return x[image * 3 * pixels + (rest % pixels) * 3 + Math.floor(rest / pixels)]
  })
}

const tensors = new Map([
  ...[...planned.parameters, ...planned.buffers].map(({ path, shape }) => [path, { shape, data: state.get(path) }]),
  ['x', { shape: [n, 3, side, side], data: channelsFirst(batch.x) }],
  ['y', { shape: [n], data: Float32Array.from(batch.y) }]
])
const stored = new Map([...tensors].map(([name, tensor]) => [name, { dtype: 'F32', ...tensor }]))
writeFileSync(positionals[0], right(writeSafetensors(stored)))

const engine = right(await acquireEngine(given.engine)())
const options = { loss: crossEntropy(), optimiser: adamW(), trueWd: true, bnWd: true, clip: null, seed: 42 }
const program = right(compile(engine)(planned, { state, optimiser: freshOptimiser }, options))
const { loss } = right(program.evaluate(batch))

const lrs = Array.from({ length: planned.groups }, () => 1e-3)
const step = (i) =>
  right(
    given.mode === 'infer' ? program.predict(batch.x, n) : program.step(batch, { lrs, mom: 0.9, wd: 0.01, step: i })
  )

const seconds = []
for (let i = 0; i < warmup + steps; i++) {
  const started = performance.now()
  step(i)
  if (i >= warmup) seconds.push((performance.now() - started) / 1000)
}
program.dispose()
console.log(JSON.stringify({ loss, seconds, threads: engine.threads, versions: engine.versions }))
