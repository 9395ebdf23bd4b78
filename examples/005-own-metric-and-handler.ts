// Observes a run: a user-defined metric, a handler that stops training, and access to the trained parameters.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  arch,
  argMax,
  cut,
  digits,
  type Handler,
  head,
  metric,
  nn,
  Recipe,
  withBatchSize,
  withHead,
  withSize
} from 'graft-vision'
import { learner, openData, parameterAt, trainWith, withNodeEnv } from 'graft-vision/node'

const tiny = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })),
    nn.named('relu', nn.relu),
    nn.named('pool', nn.maxPool2d(2))
  )
})

/** Recall of class 1 (sevens). The type of the state is hidden; only the resulting number is reported. */
const recallOfSevens = metric({
  name: 'recall_7',
  init: { found: 0, all: 0 },
  step: (state, { outputs, width, targets, n }) => {
    const sevens = Array.from({ length: n }, (_, i) => i).filter((i) => targets[i] === 1)
    const found = sevens.filter((i) => argMax(outputs, i * width, width) === 1).length
    return { found: state.found + found, all: state.all + sevens.length }
  },
  done: ({ found, all }) => found / all
})

// events are data; a handler maps an event to an effect that returns a verdict
const losses: Array<number> = []
const sixBatches: Handler = (event) => () => {
  if (event._tag !== 'BatchEnd' || !event.train) return 'continue'
  losses.push(event.loss)
  return losses.length === 6 ? 'halt' : 'continue'
}

const program = pipe(
  openData(pipe(digits({ n: 64 }), withSize(28), withBatchSize(16))),
  RTE.chainW((data) =>
    learner({ data, model: pipe(tiny, cut, withHead(head({ linFtrs: [] }))), metrics: [recallOfSevens] })
  ),
  RTE.chainW(trainWith(Recipe.fit(10, 1e-2)))
)

const result = await withNodeEnv({ engine: 'onnxruntime', onEvent: sixBatches })(program)()
assert(E.isRight(result))
const { learner: trained, halted } = result.right

// an epoch has four batches: the run was halted in the second epoch and can be resumed from there
assert.strictEqual(losses.length, 6)
assert.deepStrictEqual([halted?.within?.epoch, halted?.within?.batch], [1, 2])
const [row] = trained.history.rows
assert(row !== undefined && row.metrics[0]! >= 0 && row.metrics[0]! <= 1)

// parameters have torch's paths and torch's layout: 8 filters of 3×5×5
const conv = parameterAt('body.conv.weight')(trained)
assert(O.isSome(conv) && conv.value instanceof Float32Array && conv.value.length === 8 * 3 * 5 * 5)
