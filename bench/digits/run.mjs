// How good a network gets on the generated digits (`graft train digits`), beside a linear model on the same pixels.
//   npm run bench -- digits [--runs 1] [--arch resnet18] [--engine onnxruntime]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { graft, record, timed } from '../record.mjs'

const { values: given } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    arch: { type: 'string', default: 'resnet18' },
    engine: { type: 'string', default: 'onnxruntime' }
  }
})

const rows = []
const note = (model, seed, seconds, accuracy) => {
  rows.push({ model, seed, seconds: seconds.toFixed(2), accuracy: accuracy.toFixed(4) })
  console.log(`${model.padEnd(20)}  ${seconds.toFixed(1)} s  accuracy ${accuracy.toFixed(4)}`)
}

for (let seed = 1; seed <= Number(given.runs); seed++) {
  const out = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const { stdout, seconds } = timed(process.execPath, [
    graft,
    'train',
    'digits',
    '--arch',
    given.arch,
    '--no-pretrained',
    '--epochs',
    '1',
    '--lr',
    '1e-3',
    '--seed',
    String(seed),
    '--engine',
    given.engine,
    '--out',
    join(out, 'run'),
    '--quiet'
  ])
  rmSync(out, { recursive: true })
  note(given.arch, seed, seconds, Number(/^accuracy ([\d.]+)$/m.exec(stdout)?.[1]))
}

const linear = timed(process.execPath, [fileURLToPath(new URL('../digits-linear.mjs', import.meta.url))])
const best = Math.max(
  ...linear.stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(', ').at(-1)))
)
note('linear, best decay', '', linear.seconds, best)
record('digits', given.engine, rows)
