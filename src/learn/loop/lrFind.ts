/**
 * `lrFind`: a mock training with increasing learning rates. The learner is a value and does not change: parameters,
 * running statistics, moments and seed stay.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { trainOrder } from '../../data/index.js'
import { type Program, settled } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles, HasImages, HasProgress } from '../../io/index.js'
import {
  addLoss,
  hasDiverged,
  type LrFind,
  type LrFindOptions,
  lrSweep,
  noLosses,
  type Smoothed,
  smoothedLoss
} from '../../recipe/index.js'
import type { HasEngine } from '../Env.js'
import { breathe } from './evaluation.js'
import type { Learner } from '../learner/Learner.js'
import { compileFor, type Inputs, inputsFor } from './inputs.js'
import { batchingOf } from './training.js'

/** The mutable state of a sweep. */
interface Sweep {
  readonly lrs: Array<number>
  readonly losses: Array<number>
  smoothed: Smoothed
}

const step = (
  l: Learner,
  program: Program,
  batch: Parameters<Program['step']>[0],
  rates: ReadonlyArray<number>,
  wd: number,
  sweep: Sweep
): E.Either<GraftError, void> =>
  E.map((loss: number) => {
    sweep.smoothed = addLoss(loss)(sweep.smoothed)
    sweep.lrs.push(rates.at(-1)!)
    sweep.losses.push(smoothedLoss()(sweep.smoothed))
  })(program.step(batch, { lrs: rates, mom: l.mom, wd, step: l.steps + sweep.lrs.length }))

/** Trains on one epoch's batches, as many as needed; returns whether to continue. */
const sweepEpoch = async (
  env: HasProgress,
  l: Learner,
  inputs: Inputs,
  program: Program,
  rates: ReadonlyArray<ReadonlyArray<number>>,
  { stopDiv = true, wd = l.settings.wd }: LrFindOptions,
  epoch: number,
  sweep: Sweep
): Promise<E.Either<GraftError, boolean>> => {
  const batches = trainOrder(batchingOf(l), l.data.train.length)(epoch)
  if (E.isLeft(batches)) return batches
  const reader = inputs.train(epoch, batches.right)
  try {
    for (;;) {
      const next = await reader.next()
      if (E.isLeft(next)) return next
      if (O.isNone(next.right)) return E.right(true)
      const batch = next.right.value
      const made = step(l, program, batch, rates[sweep.lrs.length]!, wd, sweep)
      if (E.isLeft(made)) return made
      env.progress({ stage: 'lr-find', what: 'batches', done: sweep.lrs.length, total: rates.length })()
      if (sweep.lrs.length === rates.length || (stopDiv && hasDiverged(sweep.losses))) return E.right(false)
      reader.recycle(batch)()
      await breathe()
    }
  } finally {
    await reader.close()
  }
}

/**
 * Trains `numIt` (100) batches from the learner's state, with rates that increase from `startLr` (1e-7) towards `endLr`
 * (10), and records the smoothed losses. The trained parameters are discarded.
 *
 * @example
 * import { digits, squeezenet1_1, suggestLr, withBatchSize } from 'graft-vision'
 * import { cnnLearner, lrFind, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(withBatchSize(4)(digits({ n: 8 }))),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(lrFind({ numIt: 4, stopDiv: false })),
 *   RTE.map((found) => [found.losses.length, O.isSome(suggestLr({ skipStart: 0, skipEnd: 0 })(found))])
 * )
 * assert.deepStrictEqual(await withNodeEnv()(program)(), E.right([4, true]))
 *
 * @category training
 * @since 0.1.0
 */
export const lrFind =
  (options: LrFindOptions = {}) =>
  (l: Learner): ReaderTaskEither<HasEngine & HasFiles & HasImages & HasProgress, GraftError, LrFind> =>
  (env) =>
  async () => {
    const rates = lrSweep(options, l.plan.groups)
    if (E.isLeft(rates)) return rates
    const order = trainOrder(batchingOf(l), l.data.train.length)(l.epochs)
    if (E.isLeft(order)) return order
    const epochs = Math.floor(rates.right.length / order.right.length)
    const inputs = await inputsFor<never>(env, l, epochs, (_, done, total) => {
      env.progress({ stage: 'lr-find', what: 'features', done, total })()
      return Promise.resolve(E.right(undefined))
    })
    if (E.isLeft(inputs)) return inputs
    const program = compileFor(env, { ...l, optimiser: settled(l.optimiser) }, inputs.right)
    if (E.isLeft(program)) return program
    const sweep: Sweep = { lrs: [], losses: [], smoothed: noLosses }
    try {
      for (let epoch = l.epochs; ; epoch++) {
        const more = await sweepEpoch(env, l, inputs.right, program.right, rates.right, options, epoch, sweep)
        if (E.isLeft(more)) return more
        if (!more.right) return E.right({ lrs: sweep.lrs, losses: sweep.losses })
      }
    } finally {
      program.right.dispose()
    }
  }
