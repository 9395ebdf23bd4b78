/**
 * Schedules of hyperparameters: curves on [0, 1].
 *
 * @since 0.1.0
 */
// schedules
export { at, boundsOf, combinedCosine, concat, constant, cosine, exponential, linear } from '../recipe/Schedule.js'
export { oneCycle, type Part, polynomial, scale, type Schedule } from '../recipe/Schedule.js'
