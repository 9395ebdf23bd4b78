/**
 * Generators of graft's values. Each is a table with an entry for every variant of the union that it generates, so that
 * a new variant does not compile until it has one; each shrinks towards the smallest value of its kind.
 *
 * @since 0.1.0
 */
export { archs } from './archs.js'
export { dataSpecs } from './dataSpecs.js'
export { jsonOf } from './grammar.js'
export { heads } from './heads.js'
export { interpretations } from './interpretations.js'
export { models, modelsOf, type Posed } from './models.js'
export { networks, type Fitted } from './network.js'
export { losses, optimisers } from './optimisers.js'
export { freezes, rates, recipes } from './recipes.js'
export { watchers } from './watchers.js'
export { safetensors } from './safetensors.js'
export { schedules } from './schedules.js'
export { imageTasks, pictureTasks, tasks } from './tasks.js'
export { transforms } from './transforms.js'
export { encoders, unetOptions } from './unets.js'
