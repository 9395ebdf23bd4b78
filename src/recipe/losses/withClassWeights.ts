import * as O from 'fp-ts/lib/Option.js'
import { isClassLoss, type Loss, lossRecords } from '../Loss.js'
import type { LossOption } from './LossRecord.js'

/**
 * A loss with a weight for each class, in the order of the classes: `weight` of `crossEntropy` and `labelSmoothing`,
 * `alpha` of `focal`, `posWeight` of `bceWithLogits`. None for losses without such an option. `learner({ classWeights })`
 * computes weights from the training images.
 *
 * @example
 * import { bceWithLogits, crossEntropy, mse, withClassWeights } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(withClassWeights([1, 3])(crossEntropy()), O.some(crossEntropy({ weight: [1, 3] })))
 * assert.deepStrictEqual(withClassWeights([1, 3])(bceWithLogits), O.some({ _tag: 'BceWithLogits', posWeight: [1, 3] }))
 * assert.deepStrictEqual(withClassWeights([1])(mse), O.none)
 *
 * @category losses
 * @since 0.1.0
 */
export const withClassWeights =
  (weights: ReadonlyArray<number>) =>
  (loss: Loss): O.Option<Loss> => {
    if (loss._tag === 'CustomLoss') return O.none
    if (loss._tag === 'MixUp')
      return O.map((of: Loss): Loss => (isClassLoss(of) ? { ...loss, of } : of))(withClassWeights(weights)(loss.of))
    const options: ReadonlyArray<readonly [string, LossOption]> = Object.entries(lossRecords[loss._tag].options)
    const weighed = options.find(([, { _tag }]) => _tag === 'ClassWeights')
    return weighed === undefined ? O.none : O.some({ ...loss, [weighed[0]]: weights })
  }

/** The weights of classes in a loss; null: none. */
export const classWeightsIn = (loss: Loss): ReadonlyArray<number> | null => {
  switch (loss._tag) {
    case 'CrossEntropy':
    case 'LabelSmoothing':
      return loss.weight
    case 'Focal':
      return loss.alpha
    case 'BceWithLogits':
      return loss.posWeight
    case 'MixUp':
      return classWeightsIn(loss.of)
    case 'SigmoidFocal':
    case 'Mse':
    case 'L1':
    case 'Huber':
    case 'CustomLoss':
      return null
  }
}
