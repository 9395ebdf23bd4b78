/** The command: runs tfjs-core's own specs on an engine, counts, and compares what fails with what is known to fail. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { counted, total } from './counts.js'
import { DOCUMENT, document } from './document.js'
import { failures, refusals } from './known.js'
import { specOf, type Outcome } from './Outcome.js'
import { runBothWays, runSuite } from './suite.js'
import { surprisesOf } from './surprises.js'

const { values: given } = parseArgs({
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    'no-fallback': { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false }
  }
})

const knownTo = (engine: string, refuses: boolean) =>
  engine === 'cpu' ? [] : refuses ? [...failures, ...refusals] : failures

const print = (outcomes: ReadonlyArray<Outcome>): void => {
  for (const { file, passed, failed, pending, fallbacks } of counted(outcomes)) {
    const numbers = `${passed} passed, ${failed} failed, ${pending} pending`
    console.log(`${file.padEnd(48)}${numbers}${fallbacks.length === 0 ? '' : `; on the cpu: ${fallbacks.join(', ')}`}`)
  }
  for (const outcome of outcomes.filter((o) => o.status === 'failed'))
    console.log(`\nfailed: ${specOf(outcome)}\n  ${outcome.messages.join('\n').replaceAll('\n', '\n  ')}`)
}

const refuses = given['no-fallback']
if (given.engine !== 'onnxruntime' && given.engine !== 'cpu') {
  console.error(`--engine is onnxruntime or cpu, not ${given.engine}`)
  process.exit(2)
}
if (given['write-docs']) {
  const { outcomes, refused } = await runBothWays()
  writeFileSync(DOCUMENT, await document(outcomes, refused))
}

const outcomes = await runSuite(given.engine, refuses ? 'refuse' : 'compute')
print(outcomes)
const { fresh, mended } = surprisesOf(outcomes, knownTo(given.engine, refuses))
for (const spec of fresh) console.log(`\nnot known to fail: ${spec}`)
for (const spec of mended) console.log(`\nknown to fail, and it passes; take it out of known.ts: ${spec}`)
const { passed, failed } = total(outcomes)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(fresh.length + mended.length === 0 ? 0 : 1)
