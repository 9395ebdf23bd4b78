import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { lrSweep, slice } from '../../src/recipe/index.js'

describe('lrSweep', () => {
  it.each([
    { startLr: 1, endLr: 1e-3 },
    { startLr: 1, endLr: 1 },
    { startLr: 11 },
    { endLr: 1e-8 },
    { startLr: slice(1e-5, 1e-3), endLr: slice(1, 1e-4) }
  ])('refuses rates that do not increase: %j', (options) => {
    expect(lrSweep(options, 2)).toMatchObject(E.left({ _tag: 'RecipeError', path: 'lrFind.endLr' }))
  })

  it('grows to just below its end in every group', () => {
    const rates = lrSweep({ startLr: slice(1, 2), endLr: slice(4, 8), numIt: 2 }, 2)
    expect(rates).toEqual(
      E.right([
        [1, 2],
        [2, 4]
      ])
    )
  })
})
