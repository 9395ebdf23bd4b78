/**
 * Generators of graft's values. Each is a table with an entry for every variant of the union that it generates, so that
 * a new variant does not compile until it has one; each shrinks towards the smallest value of its kind.
 *
 * @since 0.1.0
 */
export { archs } from './archs.js'
export { dataSpecs } from './dataSpecs.js'
export { heads } from './heads.js'
export { models, type Posed } from './models.js'
export { networks, type Fitted } from './network.js'
export { freezes, rates, recipes } from './recipes.js'
export { schedules } from './schedules.js'
export { imageTasks, tasks } from './tasks.js'
