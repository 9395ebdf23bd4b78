/**
 * Schedules of hyperparameters: curves on [0, 1].
 *
 * @since 0.1.0
 */
// schedules
export { at, boundsOf, concat, constant, cosine, exponential, linear, oneCycle, type Part } from '../recipe/Schedule.js'
export { polynomial, scale, type Schedule } from '../recipe/Schedule.js'
