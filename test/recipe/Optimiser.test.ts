import { describe, expect, it } from 'vitest'
import * as recipe from '../../src/recipe/index.js'
import {
  adam,
  adamW,
  customOptimiser,
  eqOptimiser,
  lamb,
  lion,
  momentumOf,
  optimiserOf,
  optimiserRecords,
  rAdam,
  ranger,
  rmsprop,
  sgd,
  showOptimiser
} from '../../src/recipe/index.js'

const still = customOptimiser(
  'still',
  { init: () => [], update: ({ parameter, state }) => ({ parameter, state }) },
  0.5
)

describe('an optimiser', () => {
  it("is named by its record's name, and made from its tag and hyperparameters", () => {
    for (const [tag, { name }] of Object.entries(optimiserRecords)) {
      const make = recipe[name] as (options?: object) => unknown
      expect(make()).toEqual(optimiserOf(tag as keyof typeof optimiserRecords))
    }
    expect(optimiserOf('Rmsprop', { alpha: 0.5 })).toEqual(rmsprop({ alpha: 0.5 }))
  })
  it("has fastai's betas as AdamW and torch's as Adam", () => {
    expect([adamW(), adam()]).toEqual([
      { _tag: 'AdamW', betas: [0.9, 0.99], eps: 1e-8 },
      { _tag: 'Adam', betas: [0.9, 0.999], eps: 1e-8 }
    ])
  })
  it("has torch's defaults as SGD and RMSprop", () => {
    expect([sgd(), rmsprop()]).toEqual([
      { _tag: 'Sgd', momentum: 0, nesterov: false },
      { _tag: 'Rmsprop', alpha: 0.99, eps: 1e-8, momentum: 0 }
    ])
  })
  it("has timm's defaults as LAMB", () => {
    expect(lamb()).toEqual({ _tag: 'Lamb', betas: [0.9, 0.999], eps: 1e-6, alwaysAdapt: false })
  })
  it("has timm's defaults as Lion, torch's as RAdam and fastai's as Ranger", () => {
    expect([lion(), rAdam(), ranger()]).toEqual([
      { _tag: 'Lion', betas: [0.9, 0.99] },
      { _tag: 'RAdam', betas: [0.9, 0.999], eps: 1e-8 },
      { _tag: 'Ranger', betas: [0.95, 0.99], eps: 1e-6, k: 6, alpha: 0.5 }
    ])
  })
  it('has a momentum before any schedule moves it', () => {
    expect([adamW(), sgd({ momentum: 0.8 }), rmsprop(), still].map(momentumOf)).toEqual([0.9, 0.8, 0, 0.5])
  })
  it('is shown by its numbers, or its label', () => {
    expect([sgd({ momentum: 0.9 }), still].map(showOptimiser.show)).toEqual([
      'Sgd({ momentum: 0.9, nesterov: false })',
      "customOptimiser('still')"
    ])
  })
  it('equals another with the same numbers', () => {
    expect(eqOptimiser.equals(adamW(), adamW({ eps: 1e-8 }))).toBe(true)
    expect(eqOptimiser.equals(adamW(), adam({ betas: [0.9, 0.99] }))).toBe(false)
  })
})
