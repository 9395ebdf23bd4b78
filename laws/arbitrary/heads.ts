import * as fc from 'fast-check'
import { head, type Head, type HeadOptions } from '../../src/model/index.js'

/** Probabilities in hundredths. */
export const probabilities: fc.Arbitrary<number> = fc.integer({ min: 0, max: 100 }).map((n) => n / 100)

/** Everything a head's options hold but `ps`, whose length depends on `linFtrs`. */
const options: { readonly [K in Exclude<keyof HeadOptions, 'ps'>]: fc.Arbitrary<HeadOptions[K]> } = {
  linFtrs: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  concatPool: fc.boolean(),
  bnFinal: fc.boolean(),
  // other pools are for bodies whose output is tokens
  pool: fc.constant(null),
  init: fc.constantFrom('kaimingNormal', 'torchDefault')
}

/** Options of heads that are right: `ps` is one number, or one for each block. */
export const headOptions: fc.Arbitrary<HeadOptions> = fc
  .record({ ...options, ps: probabilities, each: fc.option(fc.array(probabilities, { minLength: 4, maxLength: 4 })) })
  .map(({ each, ps, ...rest }) => ({ ...rest, ps: each === null ? ps : each.slice(0, rest.linFtrs.length + 1) }))

/**
 * Heads of fastai's form with every option varied; the smallest has one block.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const heads: fc.Arbitrary<Head> = headOptions.map(head)
