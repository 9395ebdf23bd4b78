// The main job, start of the process to its end: the command `graft train` against PyTorch with the allocator as it
// comes and tuned, in turn.
//   PYTHON=... npm run bench -- main-job FOLDER [--runs 3] [--epochs 1] [--bs 64] [--engine onnxruntime]
// FOLDER is mnist_sample, unpacked. Seeds differ from run to run and are the same for all sides.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compared, graft, lastJson, median, python, record, timed, tunedMalloc } from '../record.mjs'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '1' },
    lr: { type: 'string', default: '1e-3' },
    bs: { type: 'string', default: '64' },
    engine: { type: 'string', default: 'onnxruntime' }
  }
})
if (positionals[0] === undefined) {
  console.error('name the folder of mnist_sample, unpacked (with train/ and valid/)')
  process.exit(2)
}
const folder = resolve(positionals[0])
const interpreter = python('torch', 'torchvision', 'numpy', 'PIL')
const theirs = fileURLToPath(new URL('torch_main_job.py', import.meta.url))
const common = ['--epochs', given.epochs, '--lr', given.lr, '--bs', given.bs]

const withGraft = (seed) => {
  const out = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const args = ['train', folder, '--arch', 'resnet18', '--no-pretrained', ...common, '--seed', String(seed)]
  const { stdout, seconds } = timed(process.execPath, [
    graft,
    ...args,
    '--engine',
    given.engine,
    '--out',
    join(out, 'run'),
    '--quiet'
  ])
  rmSync(out, { recursive: true })
  return { seconds, accuracy: Number(/^accuracy ([\d.]+)$/m.exec(stdout)?.[1]) }
}

const withTorch = (env) => (seed) => {
  const { stdout, seconds } = timed(interpreter, [theirs, folder, ...common, '--seed', String(seed)], env)
  return { seconds, accuracy: lastJson(stdout).accuracy }
}

const sides = { graft: withGraft, 'torch, tuned malloc': withTorch(tunedMalloc), 'torch, stock malloc': withTorch({}) }

const rows = []
for (let run = 1; run <= Number(given.runs); run++)
  for (const [arm, side] of Object.entries(sides)) {
    const { seconds, accuracy } = side(run)
    rows.push({ arm, run, epochs: given.epochs, seconds: seconds.toFixed(2), accuracy: accuracy.toFixed(4) })
    console.log(`${run}  ${arm.padEnd(20)}  ${seconds.toFixed(1)} s  accuracy ${accuracy.toFixed(4)}`)
  }

const of = (arm, field) => rows.filter((row) => row.arm === arm).map((row) => Number(row[field]))
console.log('\nmedians; ratio: its time / that of graft')
for (const { arm, median: seconds, ratio } of compared(
  'graft',
  Object.fromEntries(Object.keys(sides).map((arm) => [arm, of(arm, 'seconds')]))
)) {
  const accuracy = median(of(arm, 'accuracy'))
  console.log(`${arm.padEnd(20)}  ${seconds.toFixed(1)} s  ratio ${ratio.toFixed(2)}  accuracy ${accuracy.toFixed(4)}`)
  rows.push({ arm, run: 'median', epochs: given.epochs, seconds: seconds.toFixed(2), accuracy: accuracy.toFixed(4) })
}
record('main-job', given.engine, rows)
