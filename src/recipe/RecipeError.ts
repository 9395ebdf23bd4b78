import { type Explained, explained } from '../Explained.js'

/**
 * A recipe's step that cannot be run; `path` is, for example, `recipe[2].maxLr`.
 *
 * @category errors
 * @since 0.1.0
 */
export type RecipeError = Explained<'RecipeError'>

/**
 * Makes a `RecipeError` from path, expected, found and hint.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { recipeError } from './index.js'
 *
 * const error = recipeError('recipe[0].epochs', 'an integer of at least 1', '0', 'give epochs from 1')
 * assert.strictEqual(drawError(error).split('\n')[0], 'RecipeError at recipe[0].epochs')
 *
 * @since 0.1.0
 */
export const recipeError = explained('RecipeError')
