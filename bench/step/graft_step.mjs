// Times one step, or one prediction, in graft from the file that start.mjs wrote.
//   node bench/step/graft_step.mjs FILE --arch resnet18 --mode train|frozen|infer --steps 10 --engine onnxruntime
// Prints one line of JSON: milliseconds of the first step, loading into the engine included, and the median of the
// later ones; the process's peak memory until then; what it answers from the starting numbers (every prediction,
// and when training the loss, both in evaluation mode); threads; versions.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { adamW, crossEntropy, Format, freeze, plan } from 'graft-vision'
import { acquireEngine, Engine } from 'graft-vision/node'
import { median, peakRssMB, right } from '../record.mjs'
import { networkNamed, taskOf } from './networks.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    arch: { type: 'string' },
    mode: { type: 'string' },
    steps: { type: 'string' },
    warmup: { type: 'string', default: '2' },
    engine: { type: 'string' }
  }
})

const start = () => {
  const { tensors } = right(Format.readSafetensors(readFileSync(positionals[0])))
  const state = new Map([...tensors].map(([name, { data }]) => [name, data]))
  const batch = { x: state.get('x'), y: Int32Array.from(state.get('y')), n: tensors.get('x').shape[0] }
  state.delete('x')
  state.delete('y')
  return { state, batch, side: tensors.get('x').shape[1] }
}

const engine = right(await acquireEngine(given.engine)())
const { state, batch, side } = start()
const network = networkNamed(given.arch)
const model = given.mode === 'frozen' ? freeze(network) : network
const planned = right(plan({ input: [3, side, side], task: taskOf(given.arch) })(model))

const predicting = () => {
  const inference = right(Engine.compileInference(engine)(planned, state))
  return { inference, step: () => right(inference.predict(batch.x, batch.n)) }
}

const training = () => {
  const options = { loss: crossEntropy(), optimiser: adamW(), trueWd: true, bnWd: true, clip: null, seed: 42 }
  const program = right(Engine.compile(engine)(planned, { state, optimiser: Engine.freshOptimiser }, options))
  const lrs = Array.from({ length: planned.groups }, () => 1e-3)
  const step = (i) => {
    const loss = right(program.step(batch, { lrs, mom: 0.9, wd: 0.01, step: i }))
    if (!Number.isFinite(loss)) throw new Error(`the loss of step ${i} is ${loss}`)
  }
  return { inference: program, step }
}

const started = performance.now()
const { inference, step } = given.mode === 'infer' ? predicting() : training()
const predictions = step(0)
const firstStepMs = performance.now() - started

const [warmup, steps] = [Number(given.warmup), Number(given.steps)]
const times = []
for (let i = 1; i <= warmup + steps; i++) {
  const before = performance.now()
  step(i)
  if (i > warmup) times.push(performance.now() - before)
}
const peak = peakRssMB()
inference.dispose()

const evaluated = () => {
  const again = start()
  const fresh = right(Engine.compileInference(engine)(planned, again.state))
  const { loss, outputs } = right(fresh.evaluate(crossEntropy())(again.batch))
  return [[loss], [...outputs]]
}
const answers = given.mode === 'infer' ? [[...predictions]] : evaluated()
const { threads, versions } = engine
console.log(JSON.stringify({ firstStepMs, ms: median(times), peakRssMB: peak, answers, threads, versions }))
