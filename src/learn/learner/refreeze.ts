/**
 * `refreeze`: a learner with other parameters frozen.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { freshOptimiser } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Model } from '../../model/index.js'
import { momentumOf } from '../../recipe/index.js'
import type { Learner } from './Learner.js'
import { planned } from './makeLearner.js'

/**
 * Changes the freeze of a learner: the model is planned again and the optimiser is reset, as in fastai; parameters
 * stay. A group that does not exist is a `FreezeError`.
 *
 * @example
 * import { digits, freezeToGroup, squeezenet1_1 } from 'graft-vision'
 * import { refreeze } from '../index.js'
 * import { cnnLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, bnFinal: true })),
 *   RTE.chainEitherKW(refreeze(freezeToGroup(-1)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * const trained = result.right.plan.parameters.filter((p) => p.trainable).map((p) => p.path)
 * assert.ok(trained.length > 0 && trained.every((path) => path.startsWith('head.')))
 *
 * @since 0.1.0
 */
export const refreeze =
  (freeze: Model['freeze']) =>
  (l: Learner): E.Either<GraftError, Learner> => {
    const model: Model = { ...l.model, freeze }
    return pipe(
      planned(model, l.data),
      // warnings were given when the learner was made; the parameters may have been trained since
      E.map((p) => ({
        ...l,
        model,
        plan: { ...p, warnings: [] },
        optimiser: freshOptimiser,
        mom: momentumOf(l.settings.opt)
      }))
    )
  }
