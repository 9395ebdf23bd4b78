/**
 * Recipes: lists of training steps, and the functions that make and combine them.
 *
 * @since 0.1.0
 */
// recipes
export { defaultOneCycle, empty, type Fit, fit, type FitOneCycle, fitOneCycle, freeze } from '../recipe/Recipe.js'
export { freezeTo, load, monoidRecipe, type OneCycleOptions, type Recipe, save, sequence } from '../recipe/Recipe.js'
export { setFreeze, type Step, unfreeze, until } from '../recipe/Recipe.js'
