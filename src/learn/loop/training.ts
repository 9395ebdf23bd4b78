/** What training needs from a learner: the order of its data, its images, and how a step is made. */
import { type Batching, kindOfView, Transform, viewedBy } from '../../data/index.js'
import type { StepOptions } from '../../engine/index.js'
import type { Batch, View } from '../../io/index.js'
import { type Loss, isClassLoss, mixupLoss } from '../../recipe/index.js'
import { splitSeed } from '../../Seed.js'
import type { Learner } from '../learner/Learner.js'

const mixesImages = (views: Learner['settings']['batchViews']): boolean => views.some((view) => kindOfView(view).mixes)

/** The loss for targets of mixed images, if there are any; it treats plain targets as the given loss does. */
const lossOf = ({ settings: { loss, batchViews }, data: { task } }: Learner): Loss =>
  mixesImages(batchViews) && isClassLoss(loss) && task._tag === 'Classification' ? mixupLoss(loss) : loss

export const stepOptions = (l: Learner): StepOptions => ({
  loss: lossOf(l),
  optimiser: l.settings.opt,
  trueWd: l.settings.trueWd,
  bnWd: l.settings.bnWd,
  clip: l.settings.clip,
  seed: l.settings.seed
})

/**
 * What batches are made of: a learner, or its data, views and seed.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Batched {
  readonly data: Learner['data']
  readonly settings: Pick<Learner['settings'], 'batchViews' | 'seed'>
}

/** The order of batches depends on the learner's seed as well as on the data's. */
export const batchingOf = ({ data: { spec }, settings }: Batched): Batching => ({
  ...spec,
  seed: splitSeed(settings.seed, 'data', spec.seed)
})

/** The transforms of the training images in an epoch, if any; a function of the seeds, the epoch and the item. */
export const trainViews = (l: Batched, epoch: number): { readonly views?: (i: number) => View } => {
  const { transforms } = l.data.spec
  const { seed } = batchingOf(l)
  return transforms.length === 0 ? {} : { views: (i) => Transform.drawAll(seed, epoch, i)(transforms) }
}

/** Applies the learner's batch views to the batch of the `step`-th training step, counted over all of training. */
export const viewed = (
  {
    settings: { batchViews, seed },
    data: {
      shape: [, height, width],
      task,
      stats
    }
  }: Batched,
  step: number
): ((batch: Batch) => Batch) =>
  viewedBy(batchViews, (view, place) => splitSeed(seed, view, place, step), { sides: [height, width], task, stats })
