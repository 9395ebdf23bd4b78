/**
 * `unetLearner`: fastai's one-line constructor of a U-Net. It only combines values that can be written separately.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Data } from '../../io/index.js'
import { type Arch, isArch, type Model, unet, type UnetOptions, withHead } from '../../model/index.js'
import { bodyOf, splitOf, type TransferOptions, weightsOf } from './cnnLearner.js'
import { learner, type LearnerOptions } from './makeLearner.js'
import type { Learner } from './Learner.js'
import { settingError } from '../LearnError.js'
import type { LearnerEnv } from '../weights/weights.js'

/**
 * The arguments of fastai's `unet_learner`, and options of `learner`. Those of the decoder default to `defaultUnet`,
 * those of the body as in `cnnLearner`.
 *
 * @category learners
 * @since 0.1.0
 */
export interface UnetLearnerOptions
  extends Omit<LearnerOptions, 'data' | 'model'>, TransferOptions, Partial<UnetOptions> {}

/**
 * The model of `unetLearner`.
 *
 * @example
 * import { cut, Eq, freeze, pretrained, resnet18, unet, withHead } from 'graft-vision'
 * import { unetModel } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = unetModel(resnet18, { selfAttention: true })
 * const same = pipe(resnet18, cut, withHead(unet({ selfAttention: true })), pretrained, freeze)
 * assert.ok(Eq.model.equals(model, same))
 *
 * @category learners
 * @since 0.1.0
 */
export const unetModel = (arch: Arch, options: UnetLearnerOptions = {}): Model => {
  const { blur, blurFinal, normType, selfAttention, yRange, lastCross, bottle } = options
  const chosen = { blur, blurFinal, normType, selfAttention, yRange, lastCross, bottle } as Partial<UnetOptions>
  return pipe(bodyOf(arch, options), withHead(unet(chosen)), splitOf(options), weightsOf(options))
}

/**
 * Makes a learner from images with masks or target images, an architecture and fastai's arguments: `learner` with
 * `unetModel`. For target images, `yRange: [0, 1]` keeps the outputs in the range of the targets. All mistakes in the
 * model and the settings are reported at once.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { openData, unetLearner, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => unetLearner(data, squeezenet1_1, { pretrained: false }))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * // a classification has no target images
 * assert.ok(E.isLeft(result) && result.left._tag === 'HeadError')
 *
 * @category learners
 * @since 0.1.0
 */
export const unetLearner = (
  data: Data,
  arch: Arch,
  options: UnetLearnerOptions = {}
): RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner> =>
  isArch(arch)
    ? learner({ ...options, data, model: unetModel(arch, options) })
    : RTE.left(settingError('arch', 'an architecture', String(arch), 'pass e.g. resnet18, without quotes'))
