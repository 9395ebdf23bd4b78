/**
 * A process that runs some files of specs on a backend and sends what becomes of each spec to its parent.
 * Arguments: the backend's name, then the files.
 */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js'
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import Jasmine from 'jasmine'
import { specFiles } from 'conformance:specFiles'
import { announce } from '../../src/engine/onnxruntime/index.js'
import type { EngineStats } from '../../src/engine/index.js'
import type { Fallback } from '../../src/engine/onnxruntime/index.js'
import type { Outcome } from './Outcome.js'

const [backend = '', fallback, ...files] = process.argv.slice(2)

const runner = new Jasmine({ projectBaseDir: import.meta.dirname })
runner.exitOnCompletion = false
runner.randomizeTests(false)
runner.clearReporters()

// graphs as small as those of the specs are computed by one thread soonest
announce({ threads: 1, fallback: fallback as Fallback })
const environment = { name: backend, backendName: backend, flags: {}, isDataSync: true }
setTestEnvs([environment])

const send = (outcome: Outcome): void => void process.send?.(outcome)

const fileOf = new Map<string, string>()
for (const file of files) {
  const before = runner.env.topSuite().children.length
  await specFiles[file]?.()
  for (const { id } of runner.env.topSuite().children.slice(before)) fileOf.set(id, file)
}

interface Counting {
  readonly stats?: () => EngineStats
}

// tfjs makes a backend anew for each group of specs
const counted = (): { readonly of: unknown; readonly fallbacks: Readonly<Record<string, number>> } => {
  const name = tf.engine().backendName
  const of = name === backend ? (tf.engine().backend as Counting) : {}
  return { of, fallbacks: of.stats?.().fallbacks ?? {} }
}

let file = ''
let before = counted()

runner.addReporter({
  suiteStarted: ({ id }) => {
    file = fileOf.get(id) ?? file
  },
  specStarted: () => {
    before = counted()
  },
  specDone: ({ fullName, status, failedExpectations }) => {
    if (status === 'excluded') return
    const after = counted()
    const known = after.of === before.of ? before.fallbacks : {}
    send({
      file,
      name: fullName.replaceAll(` ${backend} {}`, ''),
      status,
      messages: failedExpectations.map((e) => e.message),
      fallbacks: Object.keys(after.fallbacks).filter((k) => after.fallbacks[k] !== known[k])
    })
  },
  suiteDone: ({ fullName, failedExpectations }) => {
    const messages = failedExpectations.map((e) => e.message)
    if (messages.length > 0) send({ file, name: fullName, status: 'failed', messages, fallbacks: [] })
  }
})

await runner.execute()
process.disconnect()
