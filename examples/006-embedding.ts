// graft inside a larger fp-ts application with its own environment and errors: a search over recipes.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as N from 'fp-ts/lib/number.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  accuracy,
  arch,
  cut,
  digits,
  type GraftError,
  head,
  nn,
  Recipe,
  withBatchSize,
  withHead,
  withSize
} from 'graft-vision'
import { type GraftEnv, type Learner, learner, openData, train, validate, withNodeEnv } from 'graft-vision/node'

// -------------------------------------------------------------------------------------
// the application: its environment and its errors
// -------------------------------------------------------------------------------------

interface HasJournal {
  readonly journal: (line: string) => IO<void>
}

type AppError = GraftError | { readonly _tag: 'NotGoodEnough'; readonly accuracy: number }

const note = (line: string): RTE.ReaderTaskEither<HasJournal, never, void> =>
  pipe(
    RTE.ask<HasJournal>(),
    RTE.chainIOK(({ journal }) => journal(line))
  )

// -------------------------------------------------------------------------------------
// the program: graft's effects and the application's, combined by the functions that end in W
// -------------------------------------------------------------------------------------

const tiny = arch({
  name: 'tiny',
  network: nn.sequential(
    nn.named('conv', nn.conv2d(3, 16, 5, { stride: 2, bias: false })),
    nn.named('bn', nn.batchNorm(16)),
    nn.relu,
    nn.named('pool', nn.maxPool2d(2))
  )
})

interface Trial {
  readonly lr: number
  readonly accuracy: number
}

const trial = (start: Learner) => (lr: number) =>
  pipe(
    train(Recipe.fitOneCycle(4, lr))(start),
    RTE.chainW(validate),
    RTE.map(({ metrics }): Trial => ({ lr, accuracy: metrics[0] ?? NaN })),
    RTE.tap((done) => note(`lr ${done.lr}: accuracy ${done.accuracy.toFixed(2)}`))
  )

const byAccuracy = Ord.contramap((t: Trial) => t.accuracy)(N.Ord)

const search = pipe(
  openData(pipe(digits({ n: 256 }), withSize(28), withBatchSize(16))),
  RTE.chainW((data) => learner({ data, model: pipe(tiny, cut, withHead(head({ linFtrs: [] }))), metrics: [accuracy] })),
  // a learner is a value, so every trial starts from the same one
  RTE.chainW((start) => pipe([1e-5, 1e-2] as const, RNEA.traverse(RTE.ApplicativeSeq)(trial(start)))),
  RTE.map(RNEA.max(byAccuracy)),
  RTE.filterOrElseW(
    (best) => best.accuracy > 0.5,
    (best): AppError => ({ _tag: 'NotGoodEnough', accuracy: best.accuracy })
  )
)

// -------------------------------------------------------------------------------------
// running the program
// -------------------------------------------------------------------------------------

const lines: Array<string> = []
const app: HasJournal = { journal: (line) => () => void lines.push(line) }

const result = await pipe(
  search,
  // the application's part of the environment is passed here; `withNodeEnv` provides graft's
  RTE.local((graft: GraftEnv) => ({ ...graft, ...app })),
  withNodeEnv({ engine: 'onnxruntime' })
)()

assert(E.isRight(result))
assert.strictEqual(result.right.lr, 1e-2)
assert.deepStrictEqual(
  lines.map((line) => line.split(':')[0]),
  ['lr 0.00001', 'lr 0.01']
)
