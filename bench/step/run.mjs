// One step of resnet18 with fastai's head: graft against PyTorch with the allocator as it comes and tuned, from the
// same numbers and the same batch. Fresh processes in turn; the losses before the first step must agree.
//   PYTHON=... npm run bench -- step [--mode train|frozen|infer] [--batch 64] [--size 28] [--rounds 5] [--steps 10]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compared, lastJson, median, python, record, timed, tunedMalloc } from '../record.mjs'

const { values: given } = parseArgs({
  options: {
    mode: { type: 'string', default: 'train' },
    batch: { type: 'string', default: '64' },
    size: { type: 'string', default: '28' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '10' },
    engine: { type: 'string', default: 'onnxruntime' }
  }
})

/** Two float32 implementations of one network, relative: what its sums may differ by, and no more. */
const lossTolerance = 1e-4

const interpreter = python()
const at = (name) => fileURLToPath(new URL(name, import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'graft-bench-'))
const file = join(scratch, 'start.safetensors')
const common = ['--mode', given.mode, '--steps', given.steps]

const sides = {
  graft: () =>
    timed(process.execPath, [
      at('graft_step.mjs'),
      file,
      ...common,
      '--batch',
      given.batch,
      '--size',
      given.size,
      '--engine',
      given.engine
    ]),
  'torch, tuned malloc': () => timed(interpreter, [at('torch_step.py'), file, ...common], tunedMalloc),
  'torch, stock malloc': () => timed(interpreter, [at('torch_step.py'), file, ...common])
}

const what = `${given.mode} ${given.batch}@${given.size}`
const rows = []
const arms = Object.fromEntries(Object.keys(sides).map((arm) => [arm, []]))
try {
  for (let round = 1; round <= Number(given.rounds); round++) {
    let expected
    for (const [arm, side] of Object.entries(sides)) {
      const { loss, seconds, threads } = lastJson(side().stdout)
      expected ??= loss
      if (Math.abs(loss - expected) > lossTolerance * Math.abs(expected))
        throw new Error(`${arm} begins with a loss of ${loss}, graft with ${expected}: not the same network`)
      arms[arm].push(median(seconds))
      rows.push({ arm, what, round, threads, milliseconds: (1000 * median(seconds)).toFixed(2) })
      console.log(
        `${round}  ${arm.padEnd(20)}  ${(1000 * median(seconds)).toFixed(1)} ms  first loss ${loss.toFixed(6)}`
      )
    }
  }
} finally {
  rmSync(scratch, { recursive: true })
}

console.log(`\n${what}, medians; ratio: its time / that of graft`)
for (const { arm, median: seconds, ratio } of compared('graft', arms)) {
  console.log(`${arm.padEnd(20)}  ${(1000 * seconds).toFixed(1)} ms  ratio ${ratio.toFixed(2)}`)
  rows.push({ arm, what, round: 'median', threads: '', milliseconds: (1000 * seconds).toFixed(2) })
}
record('step', given.engine, rows)
