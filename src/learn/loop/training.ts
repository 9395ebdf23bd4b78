/**
 * What training asks of a learner: its data's order and pictures, and how a step is made.
 */
import { type Batching, Transform } from '../../data/index.js'
import type { StepOptions } from '../../engine/index.js'
import type { View } from '../../io/index.js'
import { splitSeed } from '../../Seed.js'
import type { Learner } from '../learner/Learner.js'

export const stepOptions = (l: Learner): StepOptions => ({
  loss: l.settings.loss,
  optimiser: l.settings.opt,
  trueWd: l.settings.trueWd,
  bnWd: l.settings.bnWd,
  clip: l.settings.clip,
  seed: l.settings.seed
})

/** The order of the data follows the learner's seed as well as the data's own. */
export const batchingOf = ({ data: { spec }, settings }: Learner): Batching => ({
  ...spec,
  seed: splitSeed(settings.seed, 'data', spec.seed)
})

/** What happens to the training images in an epoch, if anything: a function of the seeds, the epoch and the item. */
export const trainViews = (l: Learner, epoch: number): { readonly views?: (i: number) => View } => {
  const { transforms } = l.data.spec
  const { seed } = batchingOf(l)
  return transforms.length === 0 ? {} : { views: (i) => Transform.drawAll(seed, epoch, i)(transforms) }
}
