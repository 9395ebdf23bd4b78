/** The resolved form of a learner: what a saved file contains about its model, without the training data. */
import type * as E from 'fp-ts/lib/Either.js'
import { decodingOf, resizeOf } from '../../data/index.js'
import { type FormatErrors, type ResolvedModel, resolvedModel } from '../../format/index.js'
import type { Learner } from './Learner.js'

export const resolvedOf = (l: Learner): E.Either<FormatErrors, ResolvedModel> => {
  const [channels, height, width] = l.data.shape
  return resolvedModel({
    // the data's channels, in case the first convolution was replaced
    input: { ...l.model.body.arch.input, channels },
    preprocessing: {
      size: [height, width],
      resize: resizeOf(l.data.spec),
      stats: l.data.stats,
      decoding: decodingOf(l.data.spec)
    },
    loss: l.settings.loss,
    training: {
      opt: l.settings.opt._tag === 'CustomOptimiser' ? null : l.settings.opt,
      wd: l.settings.wd,
      bnWd: l.settings.bnWd,
      trueWd: l.settings.trueWd,
      clip: l.settings.clip,
      seed: l.settings.seed
    }
  })(l.plan)
}
