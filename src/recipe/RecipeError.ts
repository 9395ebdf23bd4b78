import { type Explained, explained } from '../Explained.js'

/** A step of a recipe that cannot be carried out; `path` is `recipe[2].maxLr`. @since 0.1.0 */
export type RecipeError = Explained<'RecipeError'>

/** @since 0.1.0 */
export const recipeError = explained('RecipeError')
