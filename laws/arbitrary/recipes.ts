import * as fc from 'fast-check'
import type { Freeze } from '../../src/model/index.js'
import {
  accumulate,
  checkRecipe,
  defaultRates,
  ema,
  type Rates,
  Recipe,
  slice,
  swa,
  type WeightDecay
} from '../../src/recipe/index.js'
import { shares } from './schedules.js'
import { fileNames, watchers } from './watchers.js'

const rate: fc.Arbitrary<number> = fc.integer({ min: 1, max: 1000 }).map((n) => n / 1e5)

/**
 * Learning rates that fit any number of groups.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const rates: fc.Arbitrary<Rates> = fc.oneof(
  rate,
  rate.map((r) => [r]),
  rate.map((r) => slice(r)),
  fc.tuple(rate, rate).map(([a, b]) => slice(a, b)),
  fc.constant(defaultRates)
)

const decay: fc.Arbitrary<WeightDecay | null> = fc.option(
  fc.integer({ min: 0, max: 20 }).chain((n) => fc.constantFrom(n / 100, [n / 100]))
)
const momentum: fc.Arbitrary<number> = fc.integer({ min: 0, max: 99 }).map((n) => n / 100)
const epochs: fc.Arbitrary<number> = fc.integer({ min: 1, max: 3 })

/**
 * Freezes that any model of two or more groups allows.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const freezes: fc.Arbitrary<Freeze> = fc.oneof(
  fc.integer({ min: -2, max: 1 }).map((n): Freeze => ({ _tag: 'FreezeTo', n })),
  fc.constant<Freeze>({ _tag: 'FreezeBody' })
)

const oneCycleOptions: { readonly [K in keyof Recipe.OneCycleOptions]: fc.Arbitrary<Recipe.OneCycleOptions[K]> } = {
  moms: fc.oneof(momentum, fc.tuple(momentum, momentum)),
  divFactor: fc.integer({ min: 1, max: 50 }),
  pctStart: fc.integer({ min: 0, max: 10 }).map((n) => n / 10),
  finalDiv: fc.option(fc.integer({ min: 1, max: 100_000 })),
  wd: decay,
  totEpochs: fc.option(epochs),
  startEpoch: fc.constant(null)
}

/** Batches for each step of the optimiser. */
const groups: fc.Arbitrary<number> = fc.constantFrom(1, 1, 2, 3)

const averages: fc.Arbitrary<(recipe: Recipe.Recipe) => Recipe.Recipe> = fc.oneof(
  fc.constant((recipe: Recipe.Recipe) => recipe),
  fc.integer({ min: 0, max: 99 }).map((n) => ema(n / 100)),
  fc.nat({ max: 2 }).map(swa)
)

/** Every kind of step, as the recipe of that one step. */
const byTag: { readonly [T in Recipe.Step['_tag']]: fc.Arbitrary<Recipe.Recipe> } = {
  Fit: fc.tuple(epochs, rates, decay).map(([n, lr, wd]) => Recipe.fit(n, lr, wd === null ? {} : { wd })),
  FitOneCycle: fc
    .tuple(epochs, rates, fc.record(oneCycleOptions), fc.nat({ max: 2 }))
    .map(([n, lr, options, from]) =>
      Recipe.fitOneCycle(n, lr, { ...options, startEpoch: from === 0 || from >= n ? null : from })
    ),
  FitSchedule: fc
    .tuple(epochs, shares, rates, fc.option(shares), decay)
    .map(([n, schedule, lr, moms, wd]) => Recipe.fitSchedule(n, schedule, lr, { moms, wd })),
  SetFreeze: freezes.map(Recipe.setFreeze),
  SetSize: fc.constantFrom<Recipe.ImageSize>(4, 6, [7, 5]).map(Recipe.setSize),
  Save: fileNames.map(Recipe.save),
  Load: fileNames.map(Recipe.load)
}

/** Recipes of one training step. */
export const cycles: fc.Arbitrary<Recipe.FitOneCycle> = byTag.FitOneCycle.map(([step]) => step as Recipe.FitOneCycle)

/**
 * Recipes without mistakes, of every kind of step; the smallest is empty.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { checkRecipe } from 'graft-vision'
 * import * as fc from 'fast-check'
 *
 * fc.assert(fc.property(arbitrary.recipes, (r) => checkRecipe(r).length === 0), { seed: 1, numRuns: 20 })
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const recipes: fc.Arbitrary<Recipe.Recipe> = fc
  .array(fc.tuple(fc.oneof(...Object.values(byTag)), fc.array(watchers, { maxLength: 2 }), groups, averages), {
    maxLength: 4
  })
  .map((parts) =>
    Recipe.sequence(...parts.map(([step, until, n, averaged]) => averaged(accumulate(n)(Recipe.until(...until)(step)))))
  )
  // two watchers of a step may not save under one name
  .filter((recipe) => checkRecipe(recipe).length === 0)
