import { describe, expect, it } from 'vitest'
import {
  activationOf,
  bceWithLogits,
  crossEntropy,
  customLoss,
  eqLoss,
  labelSmoothing,
  mixupLoss,
  mse,
  showLoss
} from '../../src/recipe/index.js'

const l1 = customLoss('l1', 'identity', (outputs) => outputs)

describe('a loss', () => {
  it('has the activation of its outputs', () => {
    expect([crossEntropy(), mixupLoss(labelSmoothing()), bceWithLogits, mse, l1].map(activationOf)).toEqual([
      'softmax',
      'softmax',
      'sigmoid',
      'identity',
      'identity'
    ])
  })
  it('has the defaults of PyTorch and fastai', () => {
    expect([crossEntropy(), labelSmoothing()]).toEqual([
      { _tag: 'CrossEntropy', weight: null, ignoreIndex: null },
      { _tag: 'LabelSmoothing', eps: 0.1, weight: null }
    ])
  })
  it('is shown by its options, or its label', () => {
    expect([crossEntropy({ weight: [1, 2] }), l1].map(showLoss.show)).toEqual([
      "{ _tag: 'CrossEntropy', weight: [1, 2], ignoreIndex: null }",
      "customLoss('l1')"
    ])
  })
  it('equals another with the same options', () => {
    expect(eqLoss.equals(labelSmoothing(0.1), labelSmoothing())).toBe(true)
    expect(eqLoss.equals(crossEntropy({ weight: [1, 2] }), crossEntropy())).toBe(false)
  })
})
