/**
 * Recipes: lists of training steps, and the functions that make and combine them.
 *
 * @since 0.1.0
 */
// recipes
export { defaultOneCycle, empty, type Fit, fit, type FitOneCycle, fitOneCycle } from '../recipe/Recipe.js'
export { type FitSchedule, fitSchedule, freeze, freezeTo, load, monoidRecipe } from '../recipe/Recipe.js'
export {
  type OneCycleOptions,
  type Recipe,
  save,
  sequence,
  setFreeze,
  type Step,
  type StepSettings
} from '../recipe/Recipe.js'
export { type TrainingStep, unfreeze, until } from '../recipe/Recipe.js'
export { accumulate, type Averaging, ema, type Ema, swa, type Swa } from '../recipe/index.js'
export { type ImageSize, setSize } from '../recipe/Recipe.js'
export { progressiveResizing } from '../recipe/index.js'
export { fineTune, type FineTuneOptions, fitFlatCos, fitSgdr, fitWarmupCosine } from '../recipe/index.js'
export { type FlatCosOptions, gradualUnfreezing, type SgdrOptions, type WarmupCosineOptions } from '../recipe/index.js'
