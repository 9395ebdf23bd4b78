/**
 * `CrossEntropy`: cross entropy on logits, each sample scaled by its class's weight (torch's weighted mean); samples
 * whose target is `ignoreIndex` are ignored.
 *
 * @category losses
 * @since 0.1.0
 */
import type { LossRecord } from './LossRecord.js'

export interface CrossEntropy {
  readonly _tag: 'CrossEntropy'
  readonly weight: ReadonlyArray<number> | null
  readonly ignoreIndex: number | null
}

/**
 * Cross entropy on logits, for one class per image (torch.nn.CrossEntropyLoss). `weight` has a factor for each class,
 * in the order of the classes; default: none. Samples (in segmentation, pixels) whose target is `ignoreIndex` are
 * ignored; default: none.
 *
 * @example
 * import { crossEntropy } from 'graft-vision'
 *
 * const loss = crossEntropy({ weight: [1, 3] })
 * assert.deepStrictEqual(loss, { _tag: 'CrossEntropy', weight: [1, 3], ignoreIndex: null })
 *
 * @category losses
 * @since 0.1.0
 */
export const crossEntropy = ({
  weight = null,
  ignoreIndex = null
}: {
  readonly weight?: ReadonlyArray<number> | null
  readonly ignoreIndex?: number | null
} = {}): CrossEntropy => ({ _tag: 'CrossEntropy', weight, ignoreIndex })

export const crossEntropyRecord = {
  name: 'crossEntropy',
  options: {
    weight: { _tag: 'ClassWeights', default: null },
    ignoreIndex: { _tag: 'ClassIndex', default: null }
  },
  targets: 'classes',
  activation: 'softmax',
  call: 'crossEntropy({ weight?, ignoreIndex? })',
  formula:
    '−log softmax of the target; the weighted mean divides by the sum of the weights; targets of `ignoreIndex` do not count'
} as const satisfies LossRecord
