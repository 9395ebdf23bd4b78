// The gradients of one training step in graft, without dropout, from the file that start.mjs wrote.
//   node bench/accuracy/graft_gradients.mjs FILE OUT --arch resnet18 [--exact] --engine onnxruntime
// SGD's momentum after its first step is the gradient.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { classification, crossEntropy, Format, plan, sgd } from 'graft-vision'
import { acquireEngine, Engine } from 'graft-vision/node'
import { right } from '../record.mjs'
import { classes, networkNamed } from '../step/networks.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { arch: { type: 'string' }, exact: { type: 'boolean', default: false }, engine: { type: 'string' } }
})

const { tensors } = right(Format.readSafetensors(readFileSync(positionals[0])))
const state = new Map([...tensors].map(([name, { data }]) => [name, data]))
const [n, side] = tensors.get('x').shape
const batch = { x: state.get('x'), y: Int32Array.from(state.get('y')), n }
state.delete('x')
state.delete('y')

const engine = right(await acquireEngine(given.engine, { exactConv: given.exact })())
const network = networkNamed(given.arch, { ps: 0 })
const planned = right(plan({ input: [3, side, side], task: classification(classes) })(network))
const options = { loss: crossEntropy(), optimiser: sgd(), trueWd: true, bnWd: true, clip: null, seed: 42 }
const program = right(Engine.compile(engine)(planned, { state, optimiser: Engine.freshOptimiser }, options))
right(program.step(batch, { lrs: Array.from({ length: planned.groups }, () => 0), mom: 0.9, wd: 0, step: 0 }))
const { arrays } = right(program.optimiserState())
const gradients = planned.parameters.map(({ path, shape }) => [
  path,
  { dtype: 'F32', shape, data: [...arrays].find(([name]) => name.startsWith(`${path}.`))[1] }
])
writeFileSync(positionals[1], right(Format.writeSafetensors(new Map(gradients))))
