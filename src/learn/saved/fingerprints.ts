/**
 * Fingerprints of what determines training: a checkpoint continues only with the recipe and settings that it was
 * written for.
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import { type Loss, type Optimiser, Recipe } from '../../recipe/index.js'
import { showValue } from '../../Value.js'
import type { Learner } from '../learner/Learner.js'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A hash of a recipe (SHA-256, hexadecimal). */
export const recipeFingerprint = (recipe: Recipe.Recipe): string => hashOf(Recipe.showRecipe.show(recipe))

/** Adam and AdamW as checkpoints store them: one kind with a flag, as in the first version. */
const asHashed = (opt: Optimiser): unknown =>
  opt._tag === 'Adam' || opt._tag === 'AdamW'
    ? { _tag: 'Adam', betas: opt.betas, eps: opt.eps, decoupled: opt._tag === 'AdamW' }
    : opt

/** Without the weights of classes that the first version did not have, if there are none. */
const lossAsHashed = (loss: Loss): unknown => {
  if (loss._tag === 'MixUp') return { ...loss, of: lossAsHashed(loss.of) }
  if (loss._tag === 'LabelSmoothing' && loss.weight === null) return { _tag: loss._tag, eps: loss.eps }
  return loss._tag === 'BceWithLogits' && loss.posWeight === null ? { _tag: loss._tag } : loss
}

/** A hash of what determines training besides data and recipe: the settings, and the model without its freeze. */
export const settingsFingerprint = ({ model, settings }: Learner): string => {
  const { loss, opt, wd, bnWd, trueWd, clip, seed, metrics, batchViews } = settings
  const names = metrics.map((m) => m.name)
  return hashOf(
    showValue([
      { ...model, freeze: null },
      // left out when there are no views, so that older checkpoints stay valid
      {
        loss: lossAsHashed(loss),
        opt: asHashed(opt),
        wd,
        bnWd,
        trueWd,
        clip,
        seed,
        names,
        ...(batchViews.length === 0 ? {} : { batchViews })
      }
    ])
  )
}
