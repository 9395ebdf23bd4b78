/**
 * `validate`: a learner over its validation set, with every output.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { compile, freshOptimiser } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import type { HasFiles, HasImages } from '../io/index.js'
import { type HasEngine } from './Env.js'
import { evaluateAll, type Scores } from './evaluation.js'
import type { Learner } from './Learner.js'
import { stepOptions } from './phase.js'
import { type Prediction, predictionsOf, predictorOf } from './predict.js'

/** A pass over the validation set, in its order. */
export interface Validation extends Scores {
  readonly predictions: ReadonlyArray<Prediction>
  /** One per image. */
  readonly losses: ReadonlyArray<number>
  readonly targets: ReadonlyArray<number>
}

/**
 * Losses, metrics and predictions on the validation set, with the batch size of the data's description.
 *
 * @since 0.1.0
 */
export const validate =
  (l: Learner): ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Validation> =>
  (env) =>
  async () => {
    const predictor = predictorOf(l)
    const program = compile(env.engine)(l.plan, { state: l.state, optimiser: freshOptimiser }, stepOptions(l))
    if (E.isLeft(program)) return program
    const predictions: Array<Prediction> = []
    const losses: Array<number> = []
    const targets: Array<number> = []
    try {
      const scores = await evaluateAll(
        env,
        program.right,
        l.data,
        l.data.valid,
        l.settings.metrics,
        (batch, result) => {
          predictions.push(...predictionsOf(predictor, result.outputs, batch.files))
          losses.push(...result.losses)
          targets.push(...batch.y)
          return E.right('go on')
        }
      )
      return E.map((s: Scores) => ({ ...s, predictions, losses, targets }))(scores)
    } finally {
      program.right.dispose()
    }
  }
