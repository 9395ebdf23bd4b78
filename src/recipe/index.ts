/**
 * How a model is trained: curves on [0, 1], rates per group, steps and their monoid, optimisers, losses, and what a run
 * reports. It refuses to know tensors' values, batches' contents and files.
 *
 * @since 0.1.0
 */
export * from './Event.js'
export * from './haltOn.js'
export * from './History.js'
export * from './Loss.js'
export * from './LrFind.js'
export * from './Optimiser.js'
export * from './Phase.js'
export * from './Rates.js'
export * from './RecipeError.js'
export * as Recipe from './Recipe.js'
export * as Schedule from './Schedule.js'
