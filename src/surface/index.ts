/**
 * The namespaces of `graft-vision`. Each lists public names of the rooms and defines nothing itself.
 *
 * @since 0.1.0
 */
export * as Draw from './Draw.js'
export * as Eq from './Eq.js'
export * as Fold from './Fold.js'
export * as Format from './Format.js'
export * as Recipe from './Recipe.js'
export * as Schedule from './Schedule.js'
export * as Show from './Show.js'
export * as Transform from './Transform.js'
export * as nn from './nn.js'
