// Successive halving (Jamieson and Talwalkar 2016): train all candidates briefly, keep the better half, train it for
// twice as long, and so on. A search is a traversal: learners are values, so a candidate simply continues from its own.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as N from 'fp-ts/lib/number.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { arch, digits, type GraftError, nn, Recipe, withBatchSize } from 'graft-vision'
import { cnnLearner, type Learner, openData, train, type TrainEnv, withNodeEnv } from 'graft-vision/node'

interface Candidate {
  readonly lr: number
  readonly wd: number
  readonly learner: Learner
}

type Candidates = RNEA.ReadonlyNonEmptyArray<Candidate>

// -------------------------------------------------------------------------------------
// the search
// -------------------------------------------------------------------------------------

/** The validation loss of the last epoch; a candidate without a finite one is the worst. */
const lossOf = ({ learner }: Candidate): number => {
  const loss = learner.history.rows.at(-1)?.validLoss ?? Infinity
  return Number.isFinite(loss) ? loss : Infinity
}
const byLoss = pipe(N.Ord, Ord.contramap(lossOf))

const trained =
  (epochs: number) =>
  (candidate: Candidate): RTE.ReaderTaskEither<TrainEnv, GraftError, Candidate> =>
    pipe(
      candidate.learner,
      train(Recipe.fit(epochs, candidate.lr)),
      RTE.map((learner) => ({ ...candidate, learner }))
    )

/** A round with fewer candidates and twice the epochs costs the same, until one candidate is left. */
const successiveHalving =
  (epochs: number) =>
  (candidates: Candidates): RTE.ReaderTaskEither<TrainEnv, GraftError, Candidate> =>
    candidates.length === 1
      ? RTE.right(candidates[0])
      : pipe(
          candidates,
          RNEA.traverse(RTE.ApplicativeSeq)(trained(epochs)),
          RTE.map(RNEA.sort(byLoss)),
          RTE.chain((sorted) => {
            const [best, ...others] = sorted
            return successiveHalving(2 * epochs)([best, ...others.slice(0, Math.ceil(sorted.length / 2) - 1)])
          })
        )

// -------------------------------------------------------------------------------------
// running it
// -------------------------------------------------------------------------------------

const net = arch({
  name: 'net',
  network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })), nn.named('pool', nn.maxPool2d(2)))
})

const settings = pipe(
  [1e-5, 1e-3, 1e-2, 1e-1],
  RA.chain((lr) => [0, 0.1].map((wd) => ({ lr, wd })))
)
assert.ok(RA.isNonEmpty(settings))

const search = pipe(
  openData(pipe(digits({ n: 256, valid: 64 }), withBatchSize(16))),
  RTE.chainW((data) =>
    pipe(
      settings,
      RNEA.traverse(RTE.ApplicativeSeq)(({ lr, wd }) =>
        pipe(
          cnnLearner(data, net, { linFtrs: [], wd }),
          RTE.map((learner): Candidate => ({ lr, wd, learner }))
        )
      )
    )
  ),
  RTE.chainW(successiveHalving(1))
)

const result = await withNodeEnv({ engine: 'onnxruntime' })(search)()
assert.ok(E.isRight(result))
const { lr, wd, learner } = result.right
assert.strictEqual(learner.epochs, 1 + 2 + 4) // of eight candidates, this one was in every round
assert.ok(Number.isFinite(lossOf(result.right)))
console.log(`the best of ${settings.length}: lr ${lr}, wd ${wd}, validation loss ${lossOf(result.right).toFixed(3)}`)
