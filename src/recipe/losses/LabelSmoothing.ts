/**
 * `LabelSmoothing`: (1−ε)·cross entropy + ε/C·Σ(−log p), mean over samples.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface LabelSmoothing {
  readonly _tag: 'LabelSmoothing'
  readonly eps: number
  readonly weight: ReadonlyArray<number> | null
}

/**
 * Cross entropy with label smoothing: (1−ε)·cross entropy + ε/C·Σ(−log p) (fastai's `LabelSmoothingCrossEntropy`). ε is
 * in [0, 1), default 0.1. `weight` has a factor for each class, in the order of the classes, as in torch's
 * `CrossEntropyLoss(weight, label_smoothing)`; default: none.
 *
 * @example
 * import { labelSmoothing } from 'graft-vision'
 *
 * assert.deepStrictEqual(labelSmoothing(), { _tag: 'LabelSmoothing', eps: 0.1, weight: null })
 *
 * @category losses
 * @since 0.1.0
 */
export const labelSmoothing = (
  eps = 0.1,
  { weight = null }: { readonly weight?: ReadonlyArray<number> | null } = {}
): LabelSmoothing => ({ _tag: 'LabelSmoothing', eps, weight })

export const labelSmoothingRecord = {
  name: 'labelSmoothing',
  options: { eps: { _tag: 'Share', default: 0.1 }, weight: { _tag: 'ClassWeights', default: null } },
  targets: 'classes',
  activation: 'softmax',
  call: 'labelSmoothing(eps = 0.1, { weight? })',
  formula: '(1−ε)·cross entropy + ε/C·Σ(−log p); each term by the weight of its class, and the mean as above'
} as const satisfies LossRecord
