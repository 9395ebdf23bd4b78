/**
 * `Recipe`: how a model is trained, as a list of steps; a monoid under `sequence`. It is a value: nothing trains until
 * a runner is given one.
 *
 *     Recipe = Step*      Step = fit | fitOneCycle | fitSchedule | freezeTo | save | load
 *
 * @category recipes
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { type Freeze, freezeToGroup, showFreeze } from '../model/index.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import type { Averaging } from './Averaging.js'
import { defaultRates, type Rates, showRates, type WeightDecay } from './Rates.js'
import { type Schedule, showSchedule } from './Schedule.js'
import type { FitOneCycle, FitSchedule, ImageSize, OneCycleOptions, Step, StepSettings, TrainingStep } from './Step.js'
import { showWatcher, type Watcher } from './Watcher.js'

export type {
  Fit,
  FitOneCycle,
  FitSchedule,
  ImageSize,
  OneCycleOptions,
  Step,
  StepSettings,
  TrainingStep
} from './Step.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type Recipe = ReadonlyArray<Step>

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * fastai's defaults of `fit_one_cycle`: momentum 0.95 to 0.85, `divFactor` 25, peak after 0.3 of the batches.
 *
 * @category recipes
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
 * Trains at constant rates (default `slice(3e-3)`) for `epochs`, an integer from 1. Weight decay defaults to the
 * learner's. The optimiser's moments continue from an earlier fit.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(Recipe.fit(2, 1e-3, { wd: 0.1 }), [{ _tag: 'Fit', epochs: 2, lr: 1e-3, wd: 0.1 }])
 *
 * @category recipes
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
 * @category recipes
 * @since 0.1.0
 */
export const fitOneCycle = (
  cycLen: number,
  maxLr: Rates = defaultRates,
  options: Partial<OneCycleOptions> = {}
): Recipe => [{ _tag: 'FitOneCycle', cycLen, maxLr, ...defaultOneCycle, ...options }]

/**
 * Trains for `epochs` at the rates `lr` (default `slice(3e-3)`) times a curve: with n batches in all, batch k trains at
 * `Schedule.at(k/n)`, so the curve's end is set but never trained with. `moms` is the curve of the momentum.
 *
 * @example
 * import { Recipe, Schedule, Show } from 'graft-vision'
 *
 * const decreasing = Recipe.fitSchedule(5, Schedule.linear(1, 0), 1e-3, { moms: Schedule.constant(0.9) })
 * assert.strictEqual(
 *   Show.recipe.show(decreasing),
 *   'sequence(fitSchedule(5, linear(1, 0), 0.001, { moms: constant(0.9) }))'
 * )
 *
 * @category recipes
 * @since 0.1.0
 */
export const fitSchedule = (
  epochs: number,
  schedule: Schedule,
  lr: Rates = defaultRates,
  options: { readonly moms?: Schedule | null; readonly wd?: WeightDecay | null } = {}
): Recipe => [{ _tag: 'FitSchedule', epochs, lr, schedule, moms: options.moms ?? null, wd: options.wd ?? null }]

/**
 * Adds watchers to every training step of a recipe; existing watchers stay. At each step they start from their initial
 * state.
 *
 * @example
 * import { earlyStopping, Recipe, saveBest, Show } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const recipe = pipe(Recipe.fit(50, 1e-3), Recipe.until(earlyStopping({ patience: 5 }), saveBest()))
 * const text = 'sequence(until(earlyStopping({ patience: 5 }), saveBest())(fit(50, 0.001)))'
 * assert.strictEqual(Show.recipe.show(recipe), text)
 *
 * @category recipes
 * @since 0.1.0
 */
export const until =
  (...watchers: ReadonlyArray<Watcher>) =>
  (recipe: Recipe): Recipe =>
    watchers.length === 0
      ? recipe
      : recipe.map((step) => (trains(step) ? { ...step, until: [...(step.until ?? []), ...watchers] } : step))

/**
 * Whether a step trains.
 *
 * @internal
 */
export const trains = (step: Step): step is TrainingStep =>
  step._tag === 'Fit' || step._tag === 'FitOneCycle' || step._tag === 'FitSchedule'

/**
 * Changes the freeze and resets the optimiser.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * const recipe = Recipe.setFreeze({ _tag: 'FreezeBody' })
 * assert.strictEqual(Show.recipe.show(recipe), 'sequence(freezeBody)')
 *
 * @category recipes
 * @since 0.1.0
 */
export const setFreeze = (freeze: Freeze): Recipe => [{ _tag: 'SetFreeze', freeze }]

/**
 * Freezes the groups before the `n`-th. With g groups, `n` is an integer in [−g, g); a negative one counts from the
 * end. With one group, `n` must be 0.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual([Recipe.freezeTo(-1), Recipe.freezeTo(0)], [Recipe.freeze, Recipe.unfreeze])
 *
 * @category recipes
 * @since 0.1.0
 */
export const freezeTo = (n: number): Recipe => setFreeze(freezeToGroup(n))

/**
 * Freezes every group but the last.
 *
 * @category recipes
 * @since 0.1.0
 */
export const freeze: Recipe = freezeTo(-1)

/**
 * Unfreezes every group.
 *
 * @category recipes
 * @since 0.1.0
 */
export const unfreeze: Recipe = freezeTo(0)

/**
 * Resizes the images of the following steps to another size, as `withSize` does from the start. Parameters and the
 * optimiser's state are kept.
 *
 * @example
 * import { checkRecipe, Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(checkRecipe(Recipe.setSize([96, 128])), [])
 * assert.deepStrictEqual(checkRecipe(Recipe.setSize(0)).map((e) => e.path), ['recipe[0].size'])
 *
 * @category recipes
 * @since 0.1.0
 */
export const setSize = (size: ImageSize): Recipe => [{ _tag: 'SetSize', size }]

/**
 * Saves weights and optimiser state in the learner's model folder. A name consists of letters, digits, `_`, `-` and
 * `.`.
 *
 * @example
 * import { checkRecipe, Recipe } from 'graft-vision'
 *
 * assert.deepStrictEqual(checkRecipe(Recipe.save('stage-1')), [])
 * assert.deepStrictEqual(checkRecipe(Recipe.save('../stage')).map((e) => e.path), ['recipe[0].name'])
 *
 * @category recipes
 * @since 0.1.0
 */
export const save = (name: string): Recipe => [{ _tag: 'Save', name }]

/**
 * Loads what `save` wrote under this name.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const again = Recipe.sequence(Recipe.load('stage-1'), Recipe.fit(1, 1e-4))
 * assert.deepStrictEqual(again.map((step) => step._tag), ['Load', 'Fit'])
 *
 * @category recipes
 * @since 0.1.0
 */
export const load = (name: string): Recipe => [{ _tag: 'Load', name }]

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/**
 * Concatenates recipes; `empty` is the recipe without steps.
 *
 * @category recipes
 * @since 0.1.0
 */
export const monoidRecipe: Monoid<Recipe> = RA.getMonoid<Step>()

/**
 * The recipe without steps.
 *
 * @category recipes
 * @since 0.1.0
 */
export const empty: Recipe = monoidRecipe.empty

/**
 * Concatenates recipes.
 *
 * @example
 * import { Recipe } from 'graft-vision'
 *
 * const recipe = Recipe.sequence(Recipe.fit(1), Recipe.unfreeze, Recipe.empty, Recipe.fit(2))
 * assert.deepStrictEqual(recipe.map((step) => step._tag), ['Fit', 'SetFreeze', 'Fit'])
 *
 * @category recipes
 * @since 0.1.0
 */
export const sequence = (...recipes: ReadonlyArray<Recipe>): Recipe => recipes.flat()

/**
 * Folds a step: one function for each case.
 *
 * @example
 * import { Fold, Recipe } from 'graft-vision'
 *
 * const none = () => 0
 * const epochs = Fold.step({
 *   Fit: (step) => step.epochs, FitOneCycle: (step) => step.cycLen, FitSchedule: (step) => step.epochs,
 *   SetFreeze: none, SetSize: none, Save: none, Load: none
 * })
 * const recipe = Recipe.sequence(Recipe.fitOneCycle(1), Recipe.unfreeze, Recipe.fit(3))
 * assert.strictEqual(recipe.reduce((sum, step) => sum + epochs(step), 0), 4)
 *
 * @category folds
 * @since 0.1.0
 */
export const foldStep = /*#__PURE__*/ foldUnion<Step>()

/**
 * Equality of steps.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqStep: Eq<Step> = eqValue()
/**
 * Structural equality: the same steps in the same order.
 *
 * @category instances
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

const scheduleOptions = ({ moms, wd }: FitSchedule): string => {
  const chosen = [
    ...(moms === null ? [] : [`moms: ${showSchedule.show(moms)}`]),
    ...(wd === null ? [] : [`wd: ${showValue(wd)}`])
  ]
  return chosen.length === 0 ? '' : `, { ${chosen.join(', ')} }`
}

const showUnwatched: (step: Step) => string = foldStep<string>({
  Fit: (s) => `fit(${s.epochs}, ${showRates.show(s.lr)}${s.wd === null ? '' : `, { wd: ${showValue(s.wd)} }`})`,
  FitOneCycle: (s) => `fitOneCycle(${s.cycLen}, ${showRates.show(s.maxLr)}${oneCycleOptions(s)})`,
  FitSchedule: (s) =>
    `fitSchedule(${s.epochs}, ${showSchedule.show(s.schedule)}, ${showRates.show(s.lr)}${scheduleOptions(s)})`,
  SetFreeze: (s) => showFreeze.show(s.freeze),
  SetSize: (s) => `setSize(${showValue(s.size)})`,
  Save: (s) => `save(${showValue(s.name)})`,
  Load: (s) => `load(${showValue(s.name)})`
})

/**
 * Shows one step as source code: `fitOneCycle(1, 0.001)`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showStep: Show<Step> = {
  show: (step) => {
    const { until, accumulate, average }: StepSettings = trains(step) ? step : {}
    const wrappers = [
      ...(accumulate === undefined ? [] : [`accumulate(${showValue(accumulate)})`]),
      ...(average === undefined ? [] : [showAveraging(average)]),
      ...(until === undefined ? [] : [`until(${until.map(showWatcher.show).join(', ')})`])
    ]
    return wrappers.reduceRight((inner, wrapper) => `${wrapper}(${inner})`, showUnwatched(step))
  }
}

const showAveraging = (average: Averaging): string =>
  average._tag === 'Ema' ? `ema(${showValue(average.decay)})` : `swa(${showValue(average.from)})`

/**
 * Shows the steps as source code: `sequence(fit(1, 0.001), unfreeze)`; `empty` for none.
 *
 * @category instances
 * @since 0.1.0
 */
export const showRecipe: Show<Recipe> = {
  show: (recipe) => (recipe.length === 0 ? 'empty' : `sequence(${recipe.map(showStep.show).join(', ')})`)
}
