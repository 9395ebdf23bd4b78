/**
 * `Loss`: what training makes small, with the activation that turns raw outputs into predictions. Named data, or a
 * function of one's own over tensors that declares its activation.
 *
 * @since 0.1.0
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../Opaque.js'
import { eqValue, foldUnion, showValue } from '../Value.js'

/**
 * From raw outputs to predictions.
 *
 * @since 0.1.0
 */
export type OutputActivation = 'softmax' | 'sigmoid' | 'exp' | 'identity'

/**
 * Outputs `[n, classes]` and targets to one loss per sample, `[n]`; differentiable tfjs operations only.
 *
 * @since 0.1.0
 */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor

/**
 * A loss whose target is a class.
 *
 * @since 0.1.0
 */
export type ClassLoss =
  /**
   * Cross entropy on logits, each sample scaled by its class's weight (torch's weighted mean); samples of `ignoreIndex`
   * do not count.
   */
  | {
      readonly _tag: 'CrossEntropy'
      readonly weight: ReadonlyArray<number> | null
      readonly ignoreIndex: number | null
    }
  /** (1−ε)·cross entropy + ε/C·Σ(−log p), mean over samples. */
  | { readonly _tag: 'LabelSmoothing'; readonly eps: number }

export type Loss =
  | ClassLoss
  /** λ·loss of one class + (1−λ)·loss of another, mean over samples; of plain targets the loss itself. */
  | { readonly _tag: 'MixUp'; readonly of: ClassLoss }
  /** Binary cross entropy on logits, mean over samples and classes. */
  | { readonly _tag: 'BceWithLogits' }
  /** Mean squared error. */
  | { readonly _tag: 'Mse' }
  | { readonly _tag: 'CustomLoss'; readonly f: Opaque<string, LossFunction>; readonly activation: OutputActivation }

/**
 * Cross entropy on logits, for one class per image; `weight` is a factor per class, in the order of the classes
 * (torch.nn.CrossEntropyLoss). By default every class counts alike. Samples, in segmentation pixels, whose target is
 * `ignoreIndex` do not count; by default there is none.
 *
 * @example
 * import { crossEntropy } from 'graft-vision'
 *
 * const loss = crossEntropy({ weight: [1, 3] })
 * assert.deepStrictEqual(loss, { _tag: 'CrossEntropy', weight: [1, 3], ignoreIndex: null })
 *
 * @since 0.1.0
 */
export const crossEntropy = ({
  weight = null,
  ignoreIndex = null
}: {
  readonly weight?: ReadonlyArray<number> | null
  readonly ignoreIndex?: number | null
} = {}): ClassLoss => ({ _tag: 'CrossEntropy', weight, ignoreIndex })

/**
 * Cross entropy that leaves ε, in [0, 1], of the target to all classes alike: (1−ε)·cross entropy + ε/C·Σ(−log p)
 * (fastai's `LabelSmoothingCrossEntropy`). ε defaults to 0.1.
 *
 * @example
 * import { labelSmoothing } from 'graft-vision'
 *
 * assert.deepStrictEqual(labelSmoothing(), { _tag: 'LabelSmoothing', eps: 0.1 })
 *
 * @since 0.1.0
 */
export const labelSmoothing = (eps = 0.1): ClassLoss => ({ _tag: 'LabelSmoothing', eps })

/**
 * A loss for mixed images (fastai's `MixUpLoss`): of targets `[n, 3]`, one class, another, and λ, it is λ·loss of the
 * one + (1−λ)·loss of the other; of plain targets, as in validation, the loss itself.
 *
 * @example
 * import { activationOf, crossEntropy, mixupLoss } from 'graft-vision'
 *
 * assert.strictEqual(activationOf(mixupLoss(crossEntropy())), 'softmax')
 *
 * @since 0.1.0
 */
export const mixupLoss = (of: ClassLoss): Loss => ({ _tag: 'MixUp', of })

/**
 * Binary cross entropy on logits, for any number of labels per image; mean over samples and classes.
 *
 * @since 0.1.0
 */
export const bceWithLogits: Loss = { _tag: 'BceWithLogits' }

/**
 * Mean squared error, for regression; mean over samples and outputs.
 *
 * @since 0.1.0
 */
export const mse: Loss = { _tag: 'Mse' }

/**
 * A loss of one's own over tfjs tensors: one value per sample, and the activation that its outputs need.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { activationOf, customLoss } from 'graft-vision'
 *
 * const l1 = customLoss('l1', 'identity', (outputs, targets) => tf.mean(tf.abs(tf.sub(outputs, targets)), -1))
 * assert.strictEqual(activationOf(l1), 'identity')
 *
 * @since 0.1.0
 */
export const customLoss = (label: string, activation: OutputActivation, f: LossFunction): Loss => ({
  _tag: 'CustomLoss',
  f: opaque(label, f),
  activation
})

/**
 * The activation that turns raw outputs into predictions.
 *
 * @example
 * import { activationOf, bceWithLogits, crossEntropy, mse } from 'graft-vision'
 *
 * assert.deepStrictEqual([crossEntropy(), bceWithLogits, mse].map(activationOf), ['softmax', 'sigmoid', 'identity'])
 *
 * @since 0.1.0
 */
export const activationOf = (loss: Loss): OutputActivation => {
  switch (loss._tag) {
    case 'CrossEntropy':
    case 'LabelSmoothing':
      return 'softmax'
    case 'MixUp':
      return activationOf(loss.of)
    case 'BceWithLogits':
      return 'sigmoid'
    case 'Mse':
      return 'identity'
    case 'CustomLoss':
      return loss.activation
  }
}

/**
 * Reads a loss, whichever it is.
 *
 * @example
 * import { foldLoss, labelSmoothing } from 'graft-vision'
 *
 * const smoothing = foldLoss({
 *   CrossEntropy: () => 0,
 *   LabelSmoothing: ({ eps }) => eps,
 *   MixUp: () => 0,
 *   BceWithLogits: () => 0,
 *   Mse: () => 0,
 *   CustomLoss: () => 0
 * })
 * assert.strictEqual(smoothing(labelSmoothing(0.2)), 0.2)
 *
 * @since 0.1.0
 */
export const foldLoss = /*#__PURE__*/ foldUnion<Loss>()

/**
 * Structural equality; functions are equal when label and function are.
 *
 * @since 0.1.0
 */
export const eqLoss: Eq<Loss> = eqValue()

/**
 * A literal, or `customLoss('label')`.
 *
 * @since 0.1.0
 */
export const showLoss: Show<Loss> = {
  show: (loss) => (loss._tag === 'CustomLoss' ? `customLoss(${showValue(loss.f.label)})` : showValue(loss))
}
