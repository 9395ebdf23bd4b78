import * as fc from 'fast-check'
import {
  adam,
  adamW,
  bceWithLogits,
  crossEntropy,
  type ClassLoss,
  labelSmoothing,
  type Loss,
  mixupLoss,
  mse,
  type Optimiser,
  rmsprop,
  sgd
} from '../../src/recipe/index.js'

const share = fc.integer({ min: 1, max: 99 }).map((n) => n / 100)
const small = fc.integer({ min: 1, max: 9 }).map((n) => n * 1e-8)
const betas = fc.tuple(share, share)

/** Those that can be written down: all but a user's own function. */
const optimiserByTag: { readonly [T in Exclude<Optimiser['_tag'], 'CustomOptimiser'>]: fc.Arbitrary<Optimiser> } = {
  Adam: fc.tuple(fc.constantFrom(adam, adamW), fc.record({ betas, eps: small })).map(([make, o]) => make(o)),
  Sgd: fc.record({ momentum: share, nesterov: fc.boolean() }).map(sgd),
  Rmsprop: fc.record({ alpha: share, eps: small, momentum: share }).map(rmsprop)
}

const classLossByTag: { readonly [T in ClassLoss['_tag']]: fc.Arbitrary<ClassLoss> } = {
  CrossEntropy: fc
    .record({
      weight: fc.option(fc.array(share, { minLength: 1, maxLength: 4 })),
      ignoreIndex: fc.option(fc.integer({ min: -1, max: 255 }))
    })
    .map(crossEntropy),
  LabelSmoothing: share.map((eps) => labelSmoothing(eps))
}

const lossByTag: { readonly [T in Exclude<Loss['_tag'], 'CustomLoss'>]: fc.Arbitrary<Loss> } = {
  ...classLossByTag,
  MixUp: fc.oneof(...Object.values(classLossByTag)).map(mixupLoss),
  BceWithLogits: fc.constant(bceWithLogits),
  Mse: fc.constant(mse)
}

/**
 * Optimisers that are data.
 *
 * @since 0.1.0
 */
export const optimisers: fc.Arbitrary<Optimiser> = fc.oneof(...Object.values(optimiserByTag))

/**
 * Losses that are data.
 *
 * @since 0.1.0
 */
export const losses: fc.Arbitrary<Loss> = fc.oneof(...Object.values(lossByTag))
