/**
 * `SigmoidFocal`: the focal loss of any number of labels per sample (Lin et al. 2017), as torchvision's
 * `sigmoid_focal_loss`.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface SigmoidFocal {
  readonly _tag: 'SigmoidFocal'
  readonly gamma: number
  readonly alpha: number
}

/**
 * The focal loss of any number of labels per image: binary cross entropy of each, times (1−p_t)^γ, where p_t is the
 * probability of what is true, and times `alpha` for labels that are there, 1−`alpha` for others (torchvision's
 * `sigmoid_focal_loss`). `gamma` is at least 0, default 2; `alpha` is in [0, 1), default 0.25, and 0.5 treats both
 * alike. Mean over samples and labels.
 *
 * @example
 * import { sigmoidFocal } from 'graft-vision'
 *
 * assert.deepStrictEqual(sigmoidFocal(), { _tag: 'SigmoidFocal', gamma: 2, alpha: 0.25 })
 *
 * @category losses
 * @since 0.1.0
 */
export const sigmoidFocal = ({
  gamma = 2,
  alpha = 0.25
}: { readonly gamma?: number; readonly alpha?: number } = {}): SigmoidFocal => ({ _tag: 'SigmoidFocal', gamma, alpha })

export const sigmoidFocalRecord = {
  name: 'sigmoidFocal',
  options: { gamma: { _tag: 'NonNegative', default: 2 }, alpha: { _tag: 'Share', default: 0.25 } },
  targets: 'labels',
  activation: 'sigmoid',
  call: 'sigmoidFocal({ gamma = 2, alpha = 0.25 })',
  formula: 'α_t·(1−p_t)^γ·(−log p_t) for each label; mean over samples and labels'
} as const satisfies LossRecord
