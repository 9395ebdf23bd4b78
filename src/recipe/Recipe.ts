/**
 * `Recipe`: how a model is trained, as a list of steps; a monoid under `sequence`. It is a value: nothing trains until
 * a runner is given one.
 *
 *     Recipe = Step*      Step = fit | fitOneCycle | freezeTo | save | load
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { type Freeze, freezeToGroup, showFreeze } from '../model/index.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import { defaultRates, type Rates, showRates, type WeightDecay } from './Rates.js'
import { showWatcher, type Watcher } from './Watcher.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * A training step with constant rates for a number of epochs.
 *
 * @since 0.1.0
 */
export interface Fit {
  readonly _tag: 'Fit'
  readonly epochs: number
  readonly lr: Rates
  /** Weight decay; null: the learner's. */
  readonly wd: WeightDecay | null
  /** What watches it; absent: nothing does. */
  readonly until?: ReadonlyArray<Watcher>
}

/**
 * fastai's options of `fit_one_cycle`.
 *
 * @since 0.1.0
 */
export interface OneCycleOptions {
  /** Momentum (Adam's β1) at the start and at the peak; one number holds it. */
  readonly moms: number | readonly [number, number]
  /** The cycle starts at `maxLr/divFactor`. */
  readonly divFactor: number
  /** The share of batches in which the rate rises, in [0, 1]. */
  readonly pctStart: number
  /** It ends at `maxLr/finalDiv`; null: `divFactor·1e4`. */
  readonly finalDiv: number | null
  /** Weight decay; null: the learner's. */
  readonly wd: WeightDecay | null
  /** The epochs that the whole cycle lasts; null: `cycLen`. Fewer than `cycLen` end the step with the cycle. */
  readonly totEpochs: number | null
  /** The epoch to begin at, its part of the cycle taken as done; null: 0. */
  readonly startEpoch: number | null
}

/**
 * A training step whose rates rise to `maxLr` and fall again, over `cycLen` epochs.
 *
 * @since 0.1.0
 */
export interface FitOneCycle extends OneCycleOptions {
  readonly _tag: 'FitOneCycle'
  readonly cycLen: number
  readonly maxLr: Rates
  /** What watches it; absent: nothing does. */
  readonly until?: ReadonlyArray<Watcher>
}

/**
 * One step of a recipe: training, another freeze, or a file.
 *
 * @since 0.1.0
 */
export type Step =
  | Fit
  | FitOneCycle
  /** Changes what trains; the optimiser's moments start anew, as in the reference. */
  | { readonly _tag: 'SetFreeze'; readonly freeze: Freeze }
  | { readonly _tag: 'Save'; readonly name: string }
  | { readonly _tag: 'Load'; readonly name: string }

export type Recipe = ReadonlyArray<Step>

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * fastai's defaults of `fit_one_cycle`: momentum 0.95 to 0.85, division by 25, peak after 0.3 of the batches.
 *
 * @since 0.1.0
 */
export const defaultOneCycle: OneCycleOptions = {
  moms: [0.95, 0.85],
  divFactor: 25,
  pctStart: 0.3,
  finalDiv: null,
  wd: null,
  totEpochs: null,
  startEpoch: null
}

/**
 * Trains at constant rates (default `slice(3e-3)`); weight decay is the learner's unless given. The optimiser's moments
 * go on from an earlier fit. `epochs` is a whole number from 1.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(Recipe.fit(2, 1e-3, { wd: 0.1 }), [{ _tag: 'Fit', epochs: 2, lr: 1e-3, wd: 0.1 }])
 *
 * @since 0.1.0
 */
export const fit = (epochs: number, lr: Rates = defaultRates, options: { readonly wd?: WeightDecay } = {}): Recipe => [
  { _tag: 'Fit', epochs, lr, wd: options.wd ?? null }
]

/**
 * Trains one cycle of `cycLen` epochs with the peak rate `maxLr` (default `slice(3e-3)`).
 *
 * @example
 * import { Recipe, slice } from 'graft-vision'
 *
 * const recipe = Recipe.sequence(
 *   Recipe.fitOneCycle(1, 1e-3),
 *   Recipe.unfreeze,
 *   Recipe.fitOneCycle(3, slice(1e-5, 1e-3)),
 *   Recipe.save('three_epochs')
 * )
 * assert.strictEqual(recipe.length, 4)
 *
 * @since 0.1.0
 */
export const fitOneCycle = (
  cycLen: number,
  maxLr: Rates = defaultRates,
  options: Partial<OneCycleOptions> = {}
): Recipe => [{ _tag: 'FitOneCycle', cycLen, maxLr, ...defaultOneCycle, ...options }]

/**
 * Has every training step of a recipe watched, beside what watches it already: each step by itself, from the start.
 *
 * @example
 * import { earlyStopping, Recipe, saveBest } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const recipe = pipe(Recipe.fit(50, 1e-3), Recipe.until(earlyStopping({ patience: 5 }), saveBest()))
 * const text = 'sequence(until(earlyStopping({ patience: 5 }), saveBest())(fit(50, 0.001)))'
 * assert.strictEqual(Recipe.showRecipe.show(recipe), text)
 *
 * @since 0.1.0
 */
export const until =
  (...watchers: ReadonlyArray<Watcher>) =>
  (recipe: Recipe): Recipe =>
    watchers.length === 0
      ? recipe
      : recipe.map((step) => (trains(step) ? { ...step, until: [...(step.until ?? []), ...watchers] } : step))

const trains = (step: Step): step is Fit | FitOneCycle => step._tag === 'Fit' || step._tag === 'FitOneCycle'

/**
 * Trains on under another freeze, with a fresh optimiser.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const recipe = Recipe.setFreeze({ _tag: 'FreezeBody' })
 * assert.strictEqual(Recipe.showRecipe.show(recipe), 'sequence(freezeBody)')
 *
 * @since 0.1.0
 */
export const setFreeze = (freeze: Freeze): Recipe => [{ _tag: 'SetFreeze', freeze }]

/**
 * Freezes the groups before the `n`-th (negative from the end): with g groups, `n` is a whole number in [−g, g),
 * with one group 0.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual([Recipe.freezeTo(-1), Recipe.freezeTo(0)], [Recipe.freeze, Recipe.unfreeze])
 *
 * @since 0.1.0
 */
export const freezeTo = (n: number): Recipe => setFreeze(freezeToGroup(n))

/**
 * Freezes every group but the last.
 *
 * @since 0.1.0
 */
export const freeze: Recipe = freezeTo(-1)

/**
 * Everything trains.
 *
 * @since 0.1.0
 */
export const unfreeze: Recipe = freezeTo(0)

/**
 * Writes weights and optimiser state under the learner's model folder. Names are of letters, digits, `_`, `-` and `.`.
 *
 * @example
 * import { checkRecipe, Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(checkRecipe(Recipe.save('stage-1')), [])
 * assert.deepStrictEqual(checkRecipe(Recipe.save('../stage')).map((e) => e.path), ['recipe[0].name'])
 *
 * @since 0.1.0
 */
export const save = (name: string): Recipe => [{ _tag: 'Save', name }]

/**
 * Goes on from what `save` wrote under that name.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const again = Recipe.sequence(Recipe.load('stage-1'), Recipe.fit(1, 1e-4))
 * assert.deepStrictEqual(again.map((step) => step._tag), ['Load', 'Fit'])
 *
 * @since 0.1.0
 */
export const load = (name: string): Recipe => [{ _tag: 'Load', name }]

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/**
 * Recipes one after the other; `empty` does nothing.
 *
 * @since 0.1.0
 */
export const monoidRecipe: Monoid<Recipe> = RA.getMonoid<Step>()

/**
 * Does nothing.
 *
 * @since 0.1.0
 */
export const empty: Recipe = monoidRecipe.empty

/**
 * Recipes one after the other.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const recipe = Recipe.sequence(Recipe.fit(1), Recipe.unfreeze, Recipe.empty, Recipe.fit(2))
 * assert.deepStrictEqual(recipe.map((step) => step._tag), ['Fit', 'SetFreeze', 'Fit'])
 *
 * @since 0.1.0
 */
export const sequence = (...recipes: ReadonlyArray<Recipe>): Recipe => recipes.flat()

/**
 * Reads a step: what to make of each kind.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const none = () => 0
 * const epochs = Recipe.foldStep({
 *   Fit: (step) => step.epochs, FitOneCycle: (step) => step.cycLen, SetFreeze: none, Save: none, Load: none
 * })
 * const recipe = Recipe.sequence(Recipe.fitOneCycle(1), Recipe.unfreeze, Recipe.fit(3))
 * assert.strictEqual(recipe.reduce((sum, step) => sum + epochs(step), 0), 4)
 *
 * @since 0.1.0
 */
export const foldStep = /*#__PURE__*/ foldUnion<Step>()

/** Equality of steps. @since 0.1.0 */
export const eqStep: Eq<Step> = eqValue()
/**
 * Structural equality: the same steps in the same order.
 *
 * @since 0.1.0
 */
export const eqRecipe: Eq<Recipe> = eqValue()

const oneCycleOptions = (step: FitOneCycle): string => {
  const chosen = Object.entries(defaultOneCycle).flatMap(([k, v]) => {
    const value = step[k as keyof OneCycleOptions]
    return eqValue<unknown>().equals(value, v) ? [] : [[k, value]]
  })
  return chosen.length === 0 ? '' : `, ${showValue(Object.fromEntries(chosen))}`
}

const showUnwatched: (step: Step) => string = foldStep<string>({
  Fit: (s) => `fit(${s.epochs}, ${showRates.show(s.lr)}${s.wd === null ? '' : `, { wd: ${showValue(s.wd)} }`})`,
  FitOneCycle: (s) => `fitOneCycle(${s.cycLen}, ${showRates.show(s.maxLr)}${oneCycleOptions(s)})`,
  SetFreeze: (s) => showFreeze.show(s.freeze),
  Save: (s) => `save(${showValue(s.name)})`,
  Load: (s) => `load(${showValue(s.name)})`
})

/**
 * One step as a person writes it: `fitOneCycle(1, 0.001)`.
 *
 * @since 0.1.0
 */
export const showStep: Show<Step> = {
  show: (step) =>
    trains(step) && step.until !== undefined
      ? `until(${step.until.map(showWatcher.show).join(', ')})(${showUnwatched(step)})`
      : showUnwatched(step)
}

/**
 * The steps as a person writes them: `sequence(fit(1, 0.001), unfreeze)`; `empty` for none.
 *
 * @since 0.1.0
 */
export const showRecipe: Show<Recipe> = {
  show: (recipe) => (recipe.length === 0 ? 'empty' : `sequence(${recipe.map(showStep.show).join(', ')})`)
}
