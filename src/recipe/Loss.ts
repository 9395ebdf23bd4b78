/**
 * `Loss`: what training minimises, with the activation that turns raw outputs into predictions. Either named data, or a
 * user-defined function of tensors that declares its activation.
 *
 * @category losses
 * @since 0.1.0
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../Opaque.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import { type BceWithLogits, bceWithLogitsRecord } from './losses/BceWithLogits.js'
import { type CrossEntropy, crossEntropyRecord } from './losses/CrossEntropy.js'
import { type Focal, focalRecord } from './losses/Focal.js'
import { type Huber, huberRecord } from './losses/Huber.js'
import { type L1, l1Record } from './losses/L1.js'
import { type LabelSmoothing, labelSmoothingRecord } from './losses/LabelSmoothing.js'
import type { LossOption, LossRecord, OutputActivation } from './losses/LossRecord.js'
import { type Mse, mseRecord } from './losses/Mse.js'
import { type SigmoidFocal, sigmoidFocalRecord } from './losses/SigmoidFocal.js'

export { type BceWithLogits, bceWithLogits } from './losses/BceWithLogits.js'
export { type CrossEntropy, crossEntropy } from './losses/CrossEntropy.js'
export { type Focal, focal } from './losses/Focal.js'
export { type Huber, huber } from './losses/Huber.js'
export { type L1, l1 } from './losses/L1.js'
export { type LabelSmoothing, labelSmoothing } from './losses/LabelSmoothing.js'
export type { LossOption, LossRecord, LossTargets, OutputActivation } from './losses/LossRecord.js'
export { type Mse, mse } from './losses/Mse.js'
export { type SigmoidFocal, sigmoidFocal } from './losses/SigmoidFocal.js'

/**
 * Takes outputs `[n, classes]` and targets, and returns one loss per sample, `[n]`. For points, both are `[n, points, 2]`,
 * and targets of missing points are NaN. Only differentiable tfjs operations.
 *
 * @category losses
 * @since 0.1.0
 */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor

/**
 * The losses that are plain data.
 *
 * @category losses
 * @since 0.1.0
 */
export type NamedLoss = CrossEntropy | LabelSmoothing | Focal | BceWithLogits | SigmoidFocal | Mse | L1 | Huber

/**
 * The record of each named loss, by tag.
 *
 * @since 0.1.0
 */
export const lossRecords = {
  CrossEntropy: crossEntropyRecord,
  LabelSmoothing: labelSmoothingRecord,
  Focal: focalRecord,
  BceWithLogits: bceWithLogitsRecord,
  SigmoidFocal: sigmoidFocalRecord,
  Mse: mseRecord,
  L1: l1Record,
  Huber: huberRecord
} as const satisfies Readonly<Record<NamedLoss['_tag'], LossRecord>>

type Records = typeof lossRecords

/** Tags of the losses whose targets are classes. */
type ClassTag = { [T in NamedLoss['_tag']]: Records[T]['targets'] extends 'classes' ? T : never }[NamedLoss['_tag']]

/**
 * A loss whose targets are class indices.
 *
 * @category losses
 * @since 0.1.0
 */
export type ClassLoss = Extract<NamedLoss, { readonly _tag: ClassTag }>

export type Loss =
  | NamedLoss
  /** λ·loss for one class + (1−λ)·loss for another, mean over samples; for plain targets the loss itself. */
  | { readonly _tag: 'MixUp'; readonly of: ClassLoss }
  | { readonly _tag: 'CustomLoss'; readonly f: Opaque<string, LossFunction>; readonly activation: OutputActivation }

/**
 * The loss of a tag with the given options and defaults for the others.
 *
 * @example
 * import { labelSmoothing } from 'graft-vision'
 * import { lossOf } from './index.js'
 *
 * assert.deepStrictEqual(lossOf('LabelSmoothing', { eps: 0.2 }), labelSmoothing(0.2))
 *
 * @since 0.1.0
 */
export const lossOf = <T extends NamedLoss['_tag']>(
  tag: T,
  given: Readonly<Record<string, unknown>> = {}
): Extract<NamedLoss, { readonly _tag: T }> => {
  const options: ReadonlyArray<readonly [string, LossOption]> = Object.entries(lossRecords[tag].options)
  // a named loss is its tag and its options
  return { _tag: tag, ...Object.fromEntries(options.map(([name, o]) => [name, given[name] ?? o.default])) } as never
}

/**
 * Returns whether a loss's targets are class indices.
 *
 * @example
 * import { labelSmoothing, mse } from 'graft-vision'
 * import { isClassLoss } from './index.js'
 *
 * assert.deepStrictEqual([labelSmoothing(), mse].map(isClassLoss), [true, false])
 *
 * @since 0.1.0
 */
export const isClassLoss = (loss: Loss): loss is ClassLoss =>
  loss._tag !== 'MixUp' && loss._tag !== 'CustomLoss' && lossRecords[loss._tag].targets === 'classes'

/**
 * A loss for images mixed by `mixup` (fastai's `MixUpLoss`). For targets `[n, 3]` (a class, another class, λ) it is
 * λ·loss of the first + (1−λ)·loss of the second; for plain targets, as in validation, the loss itself.
 *
 * @example
 * import { crossEntropy, mixupLoss } from 'graft-vision'
 * import { activationOf } from './index.js'
 *
 * assert.strictEqual(activationOf(mixupLoss(crossEntropy())), 'softmax')
 *
 * @category losses
 * @since 0.1.0
 */
export const mixupLoss = (of: ClassLoss): Loss => ({ _tag: 'MixUp', of })

/**
 * A user-defined loss over tfjs tensors: one value per sample, and the activation of its outputs.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { customLoss } from 'graft-vision'
 * import { activationOf } from './index.js'
 *
 * const quartic = customLoss('quartic', 'identity', (outputs, targets) => tf.mean(tf.pow(tf.sub(outputs, targets), 4), -1))
 * assert.strictEqual(activationOf(quartic), 'identity')
 *
 * @category losses
 * @since 0.1.0
 */
export const customLoss = (label: string, activation: OutputActivation, f: LossFunction): Loss => ({
  _tag: 'CustomLoss',
  f: opaque(label, f),
  activation
})

/**
 * The activation that turns the loss's raw outputs into predictions.
 *
 * @example
 * import { bceWithLogits, crossEntropy, mse } from 'graft-vision'
 * import { activationOf } from './index.js'
 *
 * assert.deepStrictEqual([crossEntropy(), bceWithLogits, mse].map(activationOf), ['softmax', 'sigmoid', 'identity'])
 *
 * @since 0.1.0
 */
export const activationOf = (loss: Loss): OutputActivation =>
  loss._tag === 'MixUp'
    ? activationOf(loss.of)
    : loss._tag === 'CustomLoss'
      ? loss.activation
      : lossRecords[loss._tag].activation

/**
 * Folds a loss: one function for each case.
 *
 * @example
 * import { Fold, labelSmoothing } from 'graft-vision'
 *
 * const smoothing = Fold.loss({
 *   CrossEntropy: () => 0,
 *   LabelSmoothing: ({ eps }) => eps,
 *   Focal: () => 0,
 *   MixUp: () => 0,
 *   BceWithLogits: () => 0,
 *   SigmoidFocal: () => 0,
 *   Mse: () => 0,
 *   L1: () => 0,
 *   Huber: () => 0,
 *   CustomLoss: () => 0
 * })
 * assert.strictEqual(smoothing(labelSmoothing(0.2)), 0.2)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldLoss = /*#__PURE__*/ foldUnion<Loss>()

/**
 * Structural equality; functions are equal when label and function are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqLoss: Eq<Loss> = eqValue()

/**
 * Shows a literal, or `customLoss('label')`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showLoss: Show<Loss> = {
  show: (loss) => (loss._tag === 'CustomLoss' ? `customLoss(${showValue(loss.f.label)})` : showValue(loss))
}
