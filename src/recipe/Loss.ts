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
import { eqValue, showValue } from '../Value.js'

/** From raw outputs to predictions. */
export type OutputActivation = 'softmax' | 'sigmoid' | 'identity'

/** Outputs `[n, classes]` and targets to one loss per sample, `[n]`; differentiable tfjs operations only. */
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

/** @since 0.1.0 */
export const crossEntropy = (options: { readonly weight?: ReadonlyArray<number> } = {}): Loss => ({
  _tag: 'CrossEntropy',
  weight: options.weight ?? null
})
/** ε defaults to 0.1. @since 0.1.0 */
export const labelSmoothing = (eps = 0.1): Loss => ({ _tag: 'LabelSmoothing', eps })
/** @since 0.1.0 */
export const bceWithLogits: Loss = { _tag: 'BceWithLogits' }
/** @since 0.1.0 */
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

/** The activation that turns raw outputs into predictions. @since 0.1.0 */
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

/** @since 0.1.0 */
export const eqLoss: Eq<Loss> = eqValue()
/** @since 0.1.0 */
export const showLoss: Show<Loss> = {
  show: (loss) => (loss._tag === 'CustomLoss' ? `customLoss(${showValue(loss.f.label)})` : showValue(loss))
}
