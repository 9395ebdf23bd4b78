/**
 * Interpretations of learners: predictions of a set with what is needed to examine them.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type DataSpec, normalise, validOrder, withResize, withSize } from '../../data/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { type Interpretation, interpretation } from '../../interpret/index.js'
import type { Data, HasFiles, HasImages } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { getPreds, type PredictedSet, type Predictions, predictSet } from '../predicting/getPreds.js'
import { defaultLoss } from '../learner/taskDefaults.js'
import type { Learner } from '../learner/Learner.js'
import type { Embedder, Predictor } from '../predicting/Predictor.js'
import { temperatureOf } from '../predicting/certainty.js'
import { tta } from '../predicting/tta.js'
import { sameTask } from '../learner/withData.js'

export const interpretationOf =
  ({ root, task }: Data) =>
  ({ preds, targets, losses, files }: Predictions): E.Either<GraftError, Interpretation> =>
    pipe(
      interpretation({ task, preds, targets, losses: losses ?? [], files: files.map((file) => join(root, file)) }),
      E.mapLeft((errors) => mistakes('the interpretation', errors))
    )

/**
 * An interpretation of a learner on a set (default: the validation set), with test-time augmentation if asked for. Its
 * files are paths relative to the working directory, or absolute. The learner and its history are unchanged.
 *
 * @example
 * import { digits, squeezenet1_1, topLosses } from 'graft-vision'
 * import { cnnLearner, interpretWith, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(interpretWith({ set: 'fix' })),
 *   RTE.chainEitherKW(topLosses(2)),
 *   RTE.map((top) => top.length)
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(2))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const interpretWith =
  ({
    set = 'valid',
    tta: augmented = false
  }: { readonly set?: Exclude<PredictedSet, 'test'>; readonly tta?: boolean } = {}) =>
  (l: Learner): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Interpretation> =>
    pipe((augmented ? tta : getPreds)({ set, withLoss: true })(l), RTE.chainEitherKW(interpretationOf(l.data)))

/**
 * `interpretWith` on the validation set.
 *
 * @example
 * import { confusionMatrix, digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, interpret, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW(interpret),
 *   RTE.chainEitherKW(confusionMatrix),
 *   RTE.map((matrix) => matrix.flat().reduce((a, b) => a + b))
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(3))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const interpret: (
  l: Learner
) => RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Interpretation> = interpretWith()

/**
 * An interpretation of a trained network on the validation set of opened data, or on its training set in order (`fix`).
 * Losses are those of the task (`defaultLoss`), because a saved network only knows its loss's activation. Open the data
 * with the network's own preprocessing (`preparedFor`). Data of another task is a `SavedError`.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, interpretPredictor, openData, predictorOf, preparedFor, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8, valid: 3 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map(predictorOf),
 *   RTE.bindTo('p'),
 *   RTE.bindW('data', ({ p }) => openData(preparedFor(p)(digits({ n: 8, valid: 3 })))),
 *   RTE.chainW(({ p, data }) => interpretPredictor(data)(p)),
 *   RTE.map(({ losses }) => losses.length)
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(3))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const interpretPredictor =
  (data: Data, { set = 'valid' }: { readonly set?: Exclude<PredictedSet, 'train' | 'test'> } = {}) =>
  (p: Predictor): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, Interpretation> => {
    const dataset = set === 'valid' ? data.valid : data.train
    return pipe(
      RTE.fromEither(sameTask(p.task, data)),
      RTE.chain(() =>
        predictSet({
          plan: p.plan,
          state: p.state,
          loss: defaultLoss(p.task),
          activation: p.activation,
          ...temperatureOf(p),
          stats: p.stats,
          dataset,
          batches: validOrder(data.spec, dataset.length)
        })
      ),
      RTE.chainEitherKW(interpretationOf(data))
    )
  }

/**
 * A data description with the size, resizing and normalisation that a trained network expects.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, predictorOf, preparedFor, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map((l) => preparedFor(predictorOf(l))(digits()).size)
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(O.some([28, 28])))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const preparedFor =
  ({ plan, resize, stats, decoding }: Embedder) =>
  (spec: DataSpec): DataSpec => {
    const [, height, width] = plan.input as readonly [number, number, number]
    return { ...pipe(spec, withSize([height, width]), withResize(resize), normalise(stats)), ...decoding }
  }
