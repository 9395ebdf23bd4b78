/** What training needs from a learner: the order of its data, its images, and how a step is made. */
import { type Batches, type Batching, kindOfView, repeatsIn, Transform, viewedBy } from '../../data/index.js'
import type { StepOptions } from '../../engine/index.js'
import type { Batch, View } from '../../io/index.js'
import { type Loss, isClassLoss, mixupLoss } from '../../recipe/index.js'
import { type Seed, splitSeed } from '../../Seed.js'
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

const dataSeed = ({ data: { spec }, settings }: Batched): Seed => splitSeed(settings.seed, 'data', spec.seed)

/** The order of batches depends on the learner's seed as well as on the data's. */
export const batchingOf = (l: Batched): Batching => {
  const { spec, train } = l.data
  const { sampling } = spec
  return {
    ...spec,
    seed: dataSeed(l),
    ...(sampling._tag === 'Balanced'
      ? { draws: { power: sampling.power, classes: train.items.map(({ target }) => Number(target)) } }
      : {})
  }
}

/** The views of the items in an epoch's batches. */
export interface TrainViews {
  readonly views?: (i: number, repeat: number) => View
  readonly repeats?: ReadonlyArray<ReadonlyArray<number>>
}

/**
 * The transforms of the training images in an epoch from its batch `from` on, if any; a function of the seeds, the
 * epoch, the item, and how often it was drawn in the epoch before.
 */
export const trainViews = (l: Batched, epoch: number, order: Batches, from = 0): TrainViews => {
  const { transforms, sampling } = l.data.spec
  if (transforms.length === 0) return {}
  const seed = dataSeed(l)
  return {
    views: (i, repeat) => Transform.drawAll(seed, epoch, i, ...(repeat === 0 ? [] : ['again', repeat]))(transforms),
    ...(sampling._tag === 'EachOnce' ? {} : { repeats: repeatsIn(order).slice(from) })
  }
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
