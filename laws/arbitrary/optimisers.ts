import * as fc from 'fast-check'
import {
  type HyperParameter,
  isClassLoss,
  type Loss,
  lossOf,
  type LossOption,
  lossRecords,
  mixupLoss,
  type NamedLoss,
  type NamedOptimiser,
  optimiserOf,
  optimiserRecords
} from '../../src/recipe/index.js'

const share = fc.integer({ min: 1, max: 99 }).map((n) => n / 100)
const small = fc.integer({ min: 1, max: 9 }).map((n) => n * 1e-8)

const valueOf = (parameter: HyperParameter): fc.Arbitrary<unknown> => {
  switch (parameter._tag) {
    case 'Share':
      return share
    case 'Shares':
      return fc.tuple(share, share)
    case 'Positive':
      return small
    case 'Count':
      return fc.integer({ min: 1, max: 3 })
    case 'Flag':
      return fc.boolean()
  }
}

const tags = Object.keys(optimiserRecords) as ReadonlyArray<NamedOptimiser['_tag']>

const ofTag = (tag: NamedOptimiser['_tag']): fc.Arbitrary<NamedOptimiser> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries<HyperParameter>(optimiserRecords[tag].hyper).map(([name, p]) => [name, valueOf(p)])
      )
    )
    .map((options) => optimiserOf(tag, options))

const optionOf = (option: LossOption): fc.Arbitrary<unknown> => {
  switch (option._tag) {
    case 'Share':
      return share
    case 'Positive':
      return fc.double({ min: 0.1, max: 3, noNaN: true })
    case 'NonNegative':
      return fc.integer({ min: 0, max: 8 }).map((n) => n / 2)
    case 'ClassWeights':
      return fc.option(fc.array(share, { minLength: 1, maxLength: 4 }))
    case 'ClassIndex':
      return fc.option(fc.integer({ min: -1, max: 255 }))
  }
}

const namedLosses = fc.oneof(
  ...(Object.keys(lossRecords) as ReadonlyArray<NamedLoss['_tag']>).map((tag) =>
    fc
      .record(
        Object.fromEntries(Object.entries<LossOption>(lossRecords[tag].options).map(([k, o]) => [k, optionOf(o)]))
      )
      .map((options): NamedLoss => lossOf(tag, options))
  )
)

/**
 * Optimisers that are data.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const optimisers: fc.Arbitrary<NamedOptimiser> = fc.oneof(...tags.map(ofTag))

/** One of each tag, with momentum where it has one: for laws that train, where random numbers would diverge. */
export const usualOptimisers: ReadonlyArray<NamedOptimiser> = tags.map((tag) =>
  optimiserOf(tag, 'momentum' in optimiserRecords[tag].hyper ? { momentum: 0.5 } : {})
)

/**
 * Losses that are data.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const losses: fc.Arbitrary<Loss> = fc.oneof(namedLosses, namedLosses.filter(isClassLoss).map(mixupLoss))
