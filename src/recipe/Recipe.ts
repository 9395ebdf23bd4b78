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
import { eqValue, showValue } from '../Value.js'
import { defaultRates, type Rates, showRates } from './Rates.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** Constant rates for a number of epochs. */
export interface Fit {
  readonly _tag: 'Fit'
  readonly epochs: number
  readonly lr: Rates
  /** Weight decay; null: the learner's. */
  readonly wd: number | null
}

/** fastai's options of `fit_one_cycle`. */
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
  readonly wd: number | null
  /** The epochs that the whole cycle lasts; null: `cycLen`. Fewer than `cycLen` end the step with the cycle. */
  readonly totEpochs: number | null
  /** The epoch to begin at, its part of the cycle taken as done; null: 0. */
  readonly startEpoch: number | null
}

export interface FitOneCycle extends OneCycleOptions {
  readonly _tag: 'FitOneCycle'
  readonly cycLen: number
  readonly maxLr: Rates
}

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

/** fastai's defaults of `fit_one_cycle`. @since 0.1.0 */
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
 * Trains at constant rates (default `slice(3e-3)`). The optimiser's moments go on from an earlier fit.
 *
 * @since 0.1.0
 */
export const fit = (epochs: number, lr: Rates = defaultRates, options: { readonly wd?: number } = {}): Recipe => [
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

/** Changes the freeze. @since 0.1.0 */
export const setFreeze = (freeze: Freeze): Recipe => [{ _tag: 'SetFreeze', freeze }]
/** Freezes the groups before the `n`-th (negative from the end). @since 0.1.0 */
export const freezeTo = (n: number): Recipe => setFreeze(freezeToGroup(n))
/** Freezes every group but the last. @since 0.1.0 */
export const freeze: Recipe = freezeTo(-1)
/** Everything trains. @since 0.1.0 */
export const unfreeze: Recipe = freezeTo(0)
/** Writes weights and optimiser state under the learner's model folder. @since 0.1.0 */
export const save = (name: string): Recipe => [{ _tag: 'Save', name }]
/** Reads what `save` wrote. @since 0.1.0 */
export const load = (name: string): Recipe => [{ _tag: 'Load', name }]

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** Recipes one after the other. @since 0.1.0 */
export const monoidRecipe: Monoid<Recipe> = RA.getMonoid<Step>()
/** Does nothing. @since 0.1.0 */
export const empty: Recipe = monoidRecipe.empty
/** One after the other. @since 0.1.0 */
export const sequence = (...recipes: ReadonlyArray<Recipe>): Recipe => recipes.flat()

/** @since 0.1.0 */
export const foldStep =
  <B>(on: { readonly [T in Step['_tag']]: (step: Extract<Step, { readonly _tag: T }>) => B }) =>
  (step: Step): B =>
    (on[step._tag] as (step: Step) => B)(step)

/** @since 0.1.0 */
export const eqRecipe: Eq<Recipe> = eqValue()

const oneCycleOptions = (step: FitOneCycle): string => {
  const chosen = Object.entries(defaultOneCycle).flatMap(([k, v]) => {
    const value = step[k as keyof OneCycleOptions]
    return eqValue<unknown>().equals(value, v) ? [] : [[k, value]]
  })
  return chosen.length === 0 ? '' : `, ${showValue(Object.fromEntries(chosen))}`
}

/** One step as a person writes it. @since 0.1.0 */
export const showStep: Show<Step> = {
  show: foldStep({
    Fit: (s) => `fit(${s.epochs}, ${showRates.show(s.lr)}${s.wd === null ? '' : `, { wd: ${s.wd} }`})`,
    FitOneCycle: (s) => `fitOneCycle(${s.cycLen}, ${showRates.show(s.maxLr)}${oneCycleOptions(s)})`,
    SetFreeze: (s) => showFreeze.show(s.freeze),
    Save: (s) => `save(${showValue(s.name)})`,
    Load: (s) => `load(${showValue(s.name)})`
  })
}

/** @since 0.1.0 */
export const showRecipe: Show<Recipe> = {
  show: (recipe) => (recipe.length === 0 ? 'empty' : `sequence(${recipe.map(showStep.show).join(', ')})`)
}
