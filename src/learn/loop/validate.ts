/**
 * `validate`: evaluates a learner on its validation set and keeps every output.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import { validOrder } from '../../data/index.js'
import { type Program, readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { type HasFiles, type HasImages, openBatches } from '../../io/index.js'
import { type HasEngine } from '../Env.js'
import { evaluateAll, type Scores } from './evaluation.js'
import { type Predictions, targetsOf } from '../predicting/getPreds.js'
import type { Learner } from '../learner/Learner.js'
import { type Prediction, predictionsOf } from '../predicting/predict.js'
import { predictorOf } from '../predicting/Predictor.js'

/**
 * The results on the validation set, in its order.
 *
 * @category training
 * @since 0.1.0
 */
export interface Validation extends Scores {
  /** One per image; empty in segmentation, where `predictMask` predicts an image's mask. */
  readonly predictions: ReadonlyArray<Prediction>
  /** One per image. */
  readonly losses: ReadonlyArray<number>
  /** In the order of the predictions. */
  readonly targets: Predictions['targets']
}

/**
 * Losses, metrics and predictions on the validation set, with the batch size of the data description.
 *
 * @example
 * import { accuracy, digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, validate, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, metrics: [accuracy] })),
 *   RTE.chainW(validate)
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * const { predictions, targets, metrics } = result.right
 * assert.strictEqual(metrics[0], predictions.filter((p, i) => p.index === targets[i]).length / 3)
 *
 * @category training
 * @since 0.1.0
 */
export const validate =
  (l: Learner): ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Validation> =>
  (env) =>
  async () => {
    const predictor = predictorOf(l)
    const program: Pick<Program, 'plan' | 'evaluate'> = {
      plan: l.plan,
      evaluate: (batch) =>
        pipe(
          readyInference(env.engine)(l.plan, l.state),
          E.chain((network) => network.evaluate(l.settings.loss)(batch))
        )
    }
    const predictions: Array<Prediction> = []
    const losses: Array<number> = []
    const targets: Array<Predictions['targets'][number]> = []
    const { spec, stats, valid } = l.data
    const reader = openBatches({ dataset: valid, batches: validOrder(spec, valid.length), stats })(env)()
    const scores = await evaluateAll(program, reader, l.settings.metrics, {
      before: () => E.right('go on'),
      after: (batch, result) => {
        losses.push(...result.losses)
        if (['Segmentation', 'ImageRegression'].includes(predictor.task._tag)) return E.right('go on')
        predictions.push(...predictionsOf(predictor, result.outputs, batch))
        targets.push(...targetsOf(valid, batch))
        return E.right('go on')
      }
    })
    return E.map((s: Scores) => ({ ...s, predictions, losses, targets }))(scores)
  }
