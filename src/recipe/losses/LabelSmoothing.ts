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
}

/**
 * Cross entropy with label smoothing: (1−ε)·cross entropy + ε/C·Σ(−log p) (fastai's `LabelSmoothingCrossEntropy`). ε is
 * in [0, 1), default 0.1.
 *
 * @example
 * import { labelSmoothing } from 'graft-vision'
 *
 * assert.deepStrictEqual(labelSmoothing(), { _tag: 'LabelSmoothing', eps: 0.1 })
 *
 * @category losses
 * @since 0.1.0
 */
export const labelSmoothing = (eps = 0.1): LabelSmoothing => ({ _tag: 'LabelSmoothing', eps })

export const labelSmoothingRecord = {
  name: 'labelSmoothing',
  options: { eps: { _tag: 'Share', default: 0.1 } },
  targets: 'classes',
  activation: 'softmax',
  call: 'labelSmoothing(eps = 0.1)',
  formula: '(1−ε)·cross entropy + ε/C·Σ(−log p)'
} as const satisfies LossRecord
