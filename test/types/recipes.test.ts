/** What does not type-check here is checked by `tsc --noEmit`: an unused `@ts-expect-error` is an error. */
import type { Either } from 'fp-ts/lib/Either.js'
import { describe, expectTypeOf, it } from 'vitest'
import {
  activationOf,
  type Event,
  type Handler,
  type OutputActivation,
  type Rates,
  ratesPerGroup,
  Recipe,
  type RecipeError,
  Schedule,
  type Slice,
  slice,
  type Verdict
} from '../../src/recipe/index.js'

const unrun = (_: () => unknown): void => undefined

describe('a recipe', () => {
  it('is a list of steps, whichever function makes it', () => {
    expectTypeOf(Recipe.sequence(Recipe.fit(1), Recipe.unfreeze, Recipe.save('a'))).toEqualTypeOf<Recipe.Recipe>()
    expectTypeOf<Recipe.Recipe>().toEqualTypeOf<ReadonlyArray<Recipe.Step>>()
    expectTypeOf(Recipe.empty).toExtend<Recipe.Recipe>()
  })
  it('accepts one learning rate, one per group, or a slice', () => {
    expectTypeOf(slice(1e-3)).toEqualTypeOf<Slice>()
    expectTypeOf(slice(1e-5, 1e-3)).toEqualTypeOf<Slice>()
    expectTypeOf<number | ReadonlyArray<number> | Slice>().toEqualTypeOf<Rates>()
    // @ts-expect-error a slice has an end
    unrun(() => slice())
    // @ts-expect-error rates are numbers
    unrun(() => Recipe.fit(1, '1e-3'))
  })
  it('rejects options that fit_one_cycle does not have', () => {
    // @ts-expect-error the option is called pctStart
    unrun(() => Recipe.fitOneCycle(1, 1e-3, { pct_start: 0.3 }))
    // @ts-expect-error two momenta, or one
    unrun(() => Recipe.fitOneCycle(1, 1e-3, { moms: [0.9, 0.8, 0.7] }))
  })
  it('returns rates or an error', () => {
    expectTypeOf(ratesPerGroup(3)(1e-3)).toEqualTypeOf<Either<RecipeError, ReadonlyArray<number>>>()
  })
})

describe('a fold of steps', () => {
  it('has a case for every kind of step', () => {
    const all = {
      Fit: () => 1,
      FitOneCycle: () => 1,
      FitSchedule: () => 1,
      SetFreeze: () => 1,
      SetSize: () => 1,
      Save: () => 1
    }
    // @ts-expect-error Load is missing
    unrun(() => Recipe.foldStep(all))
  })
})

describe('a schedule', () => {
  it('is evaluated at a position, data-last', () => {
    expectTypeOf(Schedule.at(0.5)).toEqualTypeOf<(s: Schedule.Schedule) => number>()
    // @ts-expect-error parts have lengths
    unrun(() => Schedule.concat(Schedule.constant(1)))
  })
})

describe('a handler', () => {
  it('returns a verdict for every event', () => {
    expectTypeOf<Handler>().parameter(0).toEqualTypeOf<Event>()
    expectTypeOf<ReturnType<ReturnType<Handler>>>().toEqualTypeOf<Verdict>()
    // @ts-expect-error there is no such verdict
    unrun((): Handler => () => () => 'stop')
  })
})

describe('a loss', () => {
  it('declares one of four activations', () => {
    expectTypeOf(activationOf).returns.toEqualTypeOf<OutputActivation>()
    expectTypeOf<OutputActivation>().toEqualTypeOf<'softmax' | 'sigmoid' | 'exp' | 'identity'>()
  })
})
