/** Checkpoints of earlier builds go on: what they recorded of the settings is what is computed of the same settings now. */
import { expect, it } from 'vitest'
import type { Learner } from '../../src/learn/index.js'
import { settingsFingerprint } from '../../src/learn/saved/fingerprints.js'
import {
  adam,
  adamW,
  bceWithLogits,
  crossEntropy,
  labelSmoothing,
  type Loss,
  mse,
  type Optimiser,
  rmsprop,
  sgd
} from '../../src/recipe/index.js'

const learnerWith = (loss: Loss, opt: Optimiser): Learner => {
  const settings = {
    loss,
    opt,
    wd: 0.01,
    bnWd: true,
    trueWd: true,
    clip: null,
    seed: 42,
    metrics: [{ name: 'accuracy' }]
  }
  // the fingerprint reads the settings and the model alone
  return { model: { freeze: null }, settings: { ...settings, batchViews: [] } } as unknown as Learner
}

it.each<readonly [string, Loss, Optimiser, string]>([
  ['adamW', crossEntropy(), adamW(), '958c155cc2b67a405f1596cd0fc0ac11c704c475ed5133368ad21eb5abd31a5c'],
  [
    'adam',
    labelSmoothing(0.2),
    adam({ betas: [0.9, 0.99] }),
    '680ae663c05a7278e7dc0a40aa0c985bde1e3d19b52948974d7c42b039593121'
  ],
  ['sgd', mse, sgd({ momentum: 0.9 }), 'd338eb75f739264606534fc0b51bbe6e7f8811b433319f5795d36792676ba18a'],
  ['rmsprop', bceWithLogits, rmsprop(), 'a764875e7d54ca09ce87bcffde38946a78af5cadbfb99097b335b76b8c22cdba']
])('settings with %s have the fingerprint of earlier checkpoints', (_, loss, opt, expected) => {
  expect(settingsFingerprint(learnerWith(loss, opt))).toBe(expected)
})
