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
export type OutputActivation = 'softmax' | 'sigmoid' | 'identity'

/**
 * Outputs `[n, classes]` and targets to one loss per sample, `[n]`; differentiable tfjs operations only.
 *
 * @since 0.1.0
 */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor

export type Loss =
  /** Cross entropy on logits, each sample scaled by its class's weight (torch's weighted mean). */
  | { readonly _tag: 'CrossEntropy'; readonly weight: ReadonlyArray<number> | null }
  /** (1−ε)·cross entropy + ε/C·Σ(−log p), mean over samples. */
  | { readonly _tag: 'LabelSmoothing'; readonly eps: number }
  /** Binary cross entropy on logits, mean over samples and classes. */
  | { readonly _tag: 'BceWithLogits' }
  /** Mean squared error. */
  | { readonly _tag: 'Mse' }
  | { readonly _tag: 'CustomLoss'; readonly f: Opaque<string, LossFunction>; readonly activation: OutputActivation }

/**
 * Cross entropy on logits, for one class per image; `weight` is a factor per class, in the order of the classes
 * (torch.nn.CrossEntropyLoss). By default every class counts alike.
 *
 * @example
 * import { crossEntropy } from 'graft-vision'
 *
 * assert.deepStrictEqual(crossEntropy({ weight: [1, 3] }), { _tag: 'CrossEntropy', weight: [1, 3] })
 *
 * @since 0.1.0
 */
export const crossEntropy = (options: { readonly weight?: ReadonlyArray<number> } = {}): Loss => ({
  _tag: 'CrossEntropy',
  weight: options.weight ?? null
})

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
export const labelSmoothing = (eps = 0.1): Loss => ({ _tag: 'LabelSmoothing', eps })

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
