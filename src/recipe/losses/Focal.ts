/**
 * `Focal`: the focal loss of one class per sample, −α_y·(1−p_y)^γ·log p_y (Lin et al. 2017).
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface Focal {
  readonly _tag: 'Focal'
  readonly gamma: number
  readonly alpha: ReadonlyArray<number> | null
}

/**
 * The focal loss of one class per image, −α_y·(1−p_y)^γ·log p_y with p the softmax of the outputs (Lin et al. 2017):
 * images that are classified well count less. `gamma` is at least 0, default 2; 0 is cross entropy. `alpha` has a factor
 * for each class, in the order of the classes; default: none. The mean is over samples, whatever their factors.
 *
 * @example
 * import { focal } from 'graft-vision'
 *
 * assert.deepStrictEqual(focal({ gamma: 1 }), { _tag: 'Focal', gamma: 1, alpha: null })
 *
 * @category losses
 * @since 0.1.0
 */
export const focal = ({
  gamma = 2,
  alpha = null
}: { readonly gamma?: number; readonly alpha?: ReadonlyArray<number> | null } = {}): Focal => ({
  _tag: 'Focal',
  gamma,
  alpha
})

export const focalRecord = {
  name: 'focal',
  options: { gamma: { _tag: 'NonNegative', default: 2 }, alpha: { _tag: 'ClassWeights', default: null } },
  targets: 'classes',
  activation: 'softmax',
  call: 'focal({ gamma = 2, alpha? })',
  formula: '−α_y·(1−p_y)^γ·log p_y; mean over samples'
} as const satisfies LossRecord
