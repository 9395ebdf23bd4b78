// How exact a training step is: the distance of its gradients from float64's, beside PyTorch's own float32.
//   PYTHON=... npm run bench -- accuracy [--arch resnet18] [--cases 64@28,8@128] [--seeds 24]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { lastJson, mean, median, python, record, timed } from '../record.mjs'

const { values: given } = parseArgs({
  args: process.argv.slice(2),
  options: {
    arch: { type: 'string', default: 'resnet18' },
    cases: { type: 'string', default: '64@28,8@128' },
    seeds: { type: 'string', default: '24' },
    engine: { type: 'string', default: 'onnxruntime' },
    json: { type: 'boolean', default: false }
  }
})
const interpreter = python('torch', 'torchvision')
const at = (name) => fileURLToPath(new URL(name, import.meta.url))
const arch = ['--arch', given.arch]

/**
 * A ReLU or a maximum that a float32 step decides otherwise than float64 moves the gradients by about 1e-3, all roundings
 * together by less than 1e-5. Either side has such steps, so the distance is a mean over seeds.
 */
const decidedOtherwise = 1e-4

const scratch = mkdtempSync(join(tmpdir(), 'graft-bench-'))
const file = (name) => join(scratch, `${name}.safetensors`)

const measured = ({ batch, size }, seed) => {
  const [start, graft, exact] = ['start', 'graft', 'exact'].map(file)
  timed(process.execPath, [
    at('../step/start.mjs'),
    start,
    ...arch,
    '--batch',
    batch,
    '--size',
    size,
    '--seed',
    seed,
    '--ps',
    '0'
  ])
  for (const [out, more] of [
    [graft, []],
    [exact, ['--exact']]
  ])
    timed(process.execPath, [at('graft_gradients.mjs'), start, out, ...arch, '--engine', given.engine, ...more])
  const files = ['--gradients', `graft=${graft}`, `exactConv=${exact}`]
  return lastJson(timed(interpreter, [at('torch_gradients.py'), start, ...arch, ...files]).stdout)
}

const printed = (r) =>
  [
    `${r.arch} ${r.batch}@${r.size} ${r.arm}`.padEnd(26),
    `mean ${digits(r.mean)} (${r.ratio.toFixed(2)} of PyTorch's)`,
    `decided otherwise in ${r.otherwise} of ${r.seeds}`,
    `rounding alone ${r.rounding === null ? 'never seen' : digits(r.rounding)}`,
    `worst parameter ${digits(r.worst)}`
  ].join('  ')

const digits = (x) => x.toExponential(1)

try {
  for (const one of given.cases.split(',')) {
    const [batch, size] = one.split('@')
    const runs = Array.from({ length: Number(given.seeds) }, (_, i) => {
      const distances = measured({ batch, size }, String(i + 1))
      const each = Object.entries(distances).map(([arm, d]) => `${arm} ${digits(d.whole)} worst ${digits(d.worst)}`)
      console.error(`${one} seed ${i + 1}: ${each.join(', ')} (${distances.graft.where})`)
      return distances
    })
    const torchMean = mean(runs.map((run) => run.torch.whole))
    const rows = ['graft', 'exactConv', 'torch'].map((arm) => {
      const whole = runs.map((run) => run[arm].whole)
      const rounding = runs.filter((run) => Object.values(run).every((d) => d.whole < decidedOtherwise))
      return {
        arch: given.arch,
        batch: Number(batch),
        size: Number(size),
        seeds: runs.length,
        arm,
        mean: mean(whole),
        ratio: mean(whole) / torchMean,
        otherwise: whole.filter((d) => d > decidedOtherwise).length,
        rounding: rounding.length === 0 ? null : median(rounding.map((run) => run[arm].whole)),
        worst: median(runs.map((run) => run[arm].worst))
      }
    })
    for (const row of rows) console.log(given.json ? JSON.stringify(row) : printed(row))
    record('accuracy', given.engine, rows)
  }
} finally {
  rmSync(scratch, { recursive: true })
}
