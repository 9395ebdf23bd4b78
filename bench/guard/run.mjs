// Whether anything has become slower: a few cases in this checkout, as it lies here, and in another commit, in turn; or beside
// the committed rows of machines of this class.
//   npm run bench -- guard --against COMMIT [--rounds 7] [--steps 10] [--only train-28,loader] [--json]
//   npm run bench -- guard
// Exit code 1: something is slower by more than the noise, or cannot be measured. 2: there was nothing to compare with.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lastJson, resultsFile, timed } from '../record.mjs'
import { builtFrom, builtHere, commitNamed, removed } from './checkout.mjs'
import { besideRow, exitCode, metricsOf, paired, printed, rowOf, settings } from './verdict.mjs'

const engine = 'onnxruntime'

const refused = (error) => {
  console.error(error.message)
  process.exit(2)
}

const given = (() => {
  try {
    const asked = settings(process.argv.slice(2))
    return { ...asked, against: asked.against === null ? null : commitNamed(asked.against) }
  } catch (error) {
    return refused(error)
  }
})()

const options = (fields) => Object.entries(fields).flatMap(([name, value]) => [`--${name}`, String(value)])

/** The times of one case by one checkout, in a process of its own. */
const times = (checkout, one, scratch) => {
  const script = (name) => join(checkout, 'bench', name)
  const node = (name, ...args) => timed(process.execPath, [script(name), ...args]).stdout
  if (one.mode === 'loader') return lastJson(node('guard/load.mjs', join(scratch, 'digits')))
  const { name, arch, mode, batch, size } = one
  const start = join(scratch, `${name}.safetensors`)
  if (!existsSync(start)) node('step/start.mjs', start, ...options({ arch, batch, size }))
  return lastJson(node('step/graft_step.mjs', start, ...options({ arch, mode, steps: given.steps, engine })))
}

/** Both checkouts in each round, each first in turn. */
const inTurn = (one, { before, now }, scratch) => {
  const runs = { before: [], now: [] }
  for (let round = 0; round < given.rounds; round++) {
    const sides = before === null ? ['now'] : round % 2 === 0 ? ['before', 'now'] : ['now', 'before']
    for (const side of sides) {
      const run = times(side === 'now' ? now : before, one, scratch)
      runs[side].push(run)
      console.error(`  ${one.name.padEnd(10)} ${side.padEnd(7)} ${run.ms.toFixed(2)} ms`)
    }
  }
  return runs
}

const committed = (one) => {
  const file = resultsFile(one.mode, engine)
  return one.mode === 'loader' || !existsSync(file) ? undefined : rowOf(readFileSync(file, 'utf8'), one)
}

const compared = (one, checkouts, scratch) => {
  const row = checkouts.before === null ? committed(one) : undefined
  if (checkouts.before === null && row === undefined) {
    console.error(`${one.name}: no row of this machine's class has been committed; --against COMMIT needs none`)
    return []
  }
  const runs = inTurn(one, checkouts, scratch)
  const of = (side, metric) => runs[side].map((run) => run[metric])
  return metricsOf(one).map((metric) => {
    const now = of('now', metric)
    const found = row === undefined ? paired(of('before', metric), now) : besideRow(Number(row[metric]), now)
    return { name: one.name, metric, rounds: given.rounds, ...found }
  })
}

// an interrupted child fails; then this process cleans up and ends, which it would not if the signal ended it
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (interrupted = true))

/** Signals are heard between processes. */
const heard = () => new Promise((resolve) => setImmediate(resolve))

const scratch = mkdtempSync(join(tmpdir(), 'graft-guard-'))
const other = join(scratch, 'before')
try {
  const now = builtHere()
  const checkouts = { now, before: given.against === null ? null : builtFrom(given.against, other) }
  const verdicts = []
  let failures = 0
  for (const one of given.cases) {
    await heard()
    if (interrupted) throw new Error('interrupted')
    try {
      for (const verdict of compared(one, checkouts, scratch)) {
        verdicts.push(verdict)
        console.log(given.json ? JSON.stringify(verdict) : printed(verdict))
      }
    } catch (error) {
      await heard()
      if (interrupted) throw new Error('interrupted')
      failures += 1
      console.error(`${one.name}: ${error.message}`)
    }
  }
  process.exitCode = exitCode(verdicts, failures)
} catch (error) {
  console.error(error.message)
  process.exitCode = interrupted ? 130 : 1
} finally {
  removed(other)
  rmSync(scratch, { recursive: true, force: true })
}
