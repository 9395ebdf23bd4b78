import { fitOneCycle, type ImageSize, type Recipe, sequence, setSize } from './Recipe.js'

/**
 * Progressive resizing: trains with images of one size after the other, usually growing. `each` gives the steps for the
 * epochs of a size; default: one cycle. The model is planned for every size before anything runs, so a head that needs
 * one size, or a U-Net that cannot take another, is an error of the plan.
 *
 * @example
 * import { Recipe, Show } from 'graft-vision'
 *
 * const recipe = Recipe.progressiveResizing([[64, 3], [128, 2]], (epochs) => Recipe.fit(epochs, 1e-3))
 * assert.strictEqual(
 *   Show.recipe.show(recipe),
 *   'sequence(setSize(64), fit(3, 0.001), setSize(128), fit(2, 0.001))'
 * )
 *
 * @category recipes
 * @since 0.1.0
 */
export const progressiveResizing = (
  sizes: ReadonlyArray<readonly [size: ImageSize, epochs: number]>,
  each: (epochs: number, size: ImageSize) => Recipe = (epochs) => fitOneCycle(epochs)
): Recipe => sequence(...sizes.map(([size, epochs]) => sequence(setSize(size), each(epochs, size))))
