/** What computes features: a trained model, or an architecture with weights. */
import { existsSync } from 'node:fs'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { archEmbedder, type Embedder, type GraftEnv, loadPredictor, settingError } from '../../learn/index.js'
import { pretrained, pretrainedAs, withWeights } from '../../model/index.js'
import { namedWithTag } from './named.js'

/** A trained model, or the body of an architecture with its published weights or those of a file. */
export const namedEmbedder = (
  model: string,
  weights: string | undefined,
  flag = '--model'
): RTE.ReaderTaskEither<GraftEnv, GraftError, Embedder> =>
  existsSync(model) && !/\.[cm]?js(#|$)/i.test(model)
    ? weights === undefined
      ? loadPredictor(model)
      : RTE.left(settingError('--weights', `an architecture in ${flag}`, 'a trained model', 'leave --weights out'))
    : pipe(
        RTE.fromTaskEither(namedWithTag(model)),
        RTE.chainW(({ arch, tag }) =>
          archEmbedder(
            weights !== undefined
              ? withWeights(weights)(arch)
              : tag !== null
                ? pretrainedAs(tag)(arch)
                : arch.published.length > 0
                  ? pretrained(arch)
                  : arch
          )
        )
      )
