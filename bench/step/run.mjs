// One training step, or one prediction, of a network with fastai's head: graft against PyTorch with the allocator tuned
// and as it comes, from the same numbers and the same batch. Fresh processes in turn; what they answer must agree.
//   PYTHON=... npm run bench -- train frozen infer [--arch NAME] [--batch 32] [--size 128] [--rounds 5] [--steps 10] [--json]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { lastJson, python, record, timed, tunedMalloc } from '../record.mjs'
import { complaint, row, settings } from './cases.mjs'
import { networkNamed } from './networks.mjs'

const given = (() => {
  try {
    return settings(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
})()
const interpreter = python('torch', 'torchvision')
const at = (name) => fileURLToPath(new URL(name, import.meta.url))

/** A process that still ends must not take a core from the next one. */
const pauseMs = 40

const options = (fields) => Object.entries(fields).flatMap(([name, value]) => [`--${name}`, String(value)])

const graftSide = (file, { arch, mode }) =>
  timed(process.execPath, [
    at('graft_step.mjs'),
    file,
    ...options({ arch, mode, steps: given.steps, engine: given.engine })
  ])

const torchSide = (file, { arch, mode }, threads, env) =>
  timed(interpreter, [at('torch_step.py'), file, ...options({ arch, mode, steps: given.steps, ...threads })], env)

const measured = async (one, file) => {
  const { arch, batch, size } = one
  timed(process.execPath, [at('start.mjs'), file, ...options({ arch, batch, size })])
  const runs = { graft: [], tuned: [], stock: [] }
  const take = async (side, run) => {
    await setTimeout(pauseMs)
    const result = lastJson(run().stdout)
    const wrong = complaint(side, runs.graft[0]?.answers ?? result.answers, result.answers)
    if (wrong !== null) throw new Error(wrong)
    runs[side].push(result)
    console.error(`  ${side.padEnd(5)}  ${result.ms.toFixed(1)} ms`)
    return result
  }
  for (let round = 1; round <= given.rounds; round++) {
    const graft = await take('graft', () => graftSide(file, one))
    // an engine that does not tell leaves PyTorch to choose too
    const threads = graft.threads === null ? {} : { threads: graft.threads }
    await take('tuned', () => torchSide(file, one, threads, tunedMalloc))
    await take('stock', () => torchSide(file, one, threads, {}))
  }
  const versions = Object.entries({ ...runs.graft[0].versions, ...runs.tuned[0].versions })
  return {
    ...row(one, runs),
    threads: runs.tuned[0].threads,
    rounds: given.rounds,
    steps: given.steps,
    versions: versions.map((each) => each.join(' ')).join('; ')
  }
}

const printed = (r) =>
  [
    `${r.arch} ${r.mode} ${r.batch}@${r.size}`.padEnd(30),
    `${r.ms.toFixed(1)} ms`,
    `PyTorch ${r.torchMs.toFixed(1)} (stock ${r.torchStockMs.toFixed(1)})`,
    `ratio ${r.ratio.toFixed(2)} (${r.ratioStock.toFixed(2)})`,
    `first ${r.firstStepMs.toFixed(0)} ms (${r.torchFirstStepMs.toFixed(0)})`,
    `peak ${r.peakRssMB} MB (${r.torchPeakRssMB}, stock ${r.torchStockPeakRssMB})`
  ].join('  ')

const scratch = mkdtempSync(join(tmpdir(), 'graft-bench-'))
try {
  for (const one of given.cases) {
    const name = `${one.arch} ${one.mode} ${one.batch}@${one.size}`
    if (networkNamed(one.arch) === null) {
      console.error(`${name}: skipped, this version of graft has no ${one.arch}`)
      continue
    }
    console.error(name)
    try {
      const result = await measured(one, join(scratch, 'start.safetensors'))
      console.log(given.json ? JSON.stringify(result) : printed(result))
      record(one.mode, given.engine, [result])
    } catch (error) {
      console.error(`${name}: ${error.message}`)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(scratch, { recursive: true })
}
