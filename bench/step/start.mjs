// Writes what a case starts from, so that every process begins with the same numbers and the same batch.
//   node bench/step/start.mjs FILE --arch resnet18 --batch 32 --size 128 [--seed 42] [--ps 0.5]
// The file has parameters and buffers under graft's paths (which are torch's), x as [n, height, width, 3], and y.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Format, generator, plan } from 'graft-vision'
import { Engine } from 'graft-vision/node'
import { right } from '../record.mjs'
import { classes, labelCount, networkNamed, taskOf } from './networks.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    arch: { type: 'string' },
    batch: { type: 'string' },
    size: { type: 'string' },
    seed: { type: 'string', default: '42' },
    ps: { type: 'string', default: '0.5' }
  }
})
const [n, side] = [Number(values.batch), Number(values.size)]

const planned = right(
  plan({ input: [3, side, side], task: taskOf(values.arch) })(networkNamed(values.arch, { ps: Number(values.ps) }))
)
const state = Engine.initialState(planned, Number(values.seed))
const labels = labelCount(values.arch, n, side)
const random = generator(Number(values.seed) + 1)
const tensors = new Map([
  ...[...planned.parameters, ...planned.buffers].map(({ path, shape }) => [path, { shape, data: state.get(path) }]),
  ['x', { shape: [n, side, side, 3], data: Float32Array.from({ length: n * side * side * 3 }, () => random.normal()) }],
  [
    'y',
    {
      shape: labels === n ? [n] : [n, side, side],
      data: Float32Array.from({ length: labels }, () => random.integer(classes.length))
    }
  ]
])
const stored = new Map([...tensors].map(([name, tensor]) => [name, { dtype: 'F32', ...tensor }]))
writeFileSync(positionals[0], right(Format.writeSafetensors(stored)))
