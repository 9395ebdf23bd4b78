/**
 * `featureCacheOf`: the decision about cached features for a learner.
 *
 * @since 0.1.0
 */
import { type FeatureCache, featureCache } from '../../plan/index.js'
import type { Learner } from '../learner/Learner.js'

/** Limit of `'auto'`: the features of a quarter of a million images at 1,024 numbers each. */
const autoBytes = 2 ** 30

/**
 * Whether a training step of `epochs` epochs would cache features with this learner's freeze, data and settings, or every
 * condition that does not hold.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, featureCacheOf, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.map(featureCacheOf(5))
 * )
 * const unfrozen = { _tag: 'LayerTrains', path: 'body.features.0', share: 0 }
 * const decision = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.deepStrictEqual(decision, E.right({ _tag: 'NotCached', because: [unfrozen] }))
 *
 * @category training
 * @since 0.1.0
 */
export const featureCacheOf =
  (epochs: number) =>
  ({ data, plan, settings }: Learner): FeatureCache => {
    const { cacheFeatures, batchViews } = settings
    if (cacheFeatures === false) return { _tag: 'NotCached', because: [{ _tag: 'SwitchedOff' }] }
    return featureCache({
      images: { train: data.train.length, valid: data.valid.length },
      transforms: data.spec.transforms,
      batchViews,
      epochs,
      maxBytes: cacheFeatures === 'auto' ? autoBytes : cacheFeatures.maxBytes
    })(plan)
  }
