/**
 * What can go wrong in a run beyond data, plan, engine and files.
 *
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type LearnError =
  /** Weights that do not fit the network: each missing, unexpected or misshaped key. */
  | Explained<'WeightsError'>
  /** A setting of the learner. */
  | Explained<'SettingError'>
  /** The loss is no longer a number. */
  | Explained<'Diverged'>
  /** A saved file that belongs to another run, model or data. */
  | Explained<'SavedError'>

/**
 * A key of a state dict that is missing, unexpected or misshaped.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { weightsError } from 'graft-vision/node'
 *
 * const error = weightsError('body.conv1.weight', '64×3×7×7', '64×1×7×7', 'give weights of the same architecture')
 * assert.ok(drawError(error).startsWith('WeightsError at body.conv1.weight'))
 *
 * @since 0.1.0
 */
export const weightsError = explained('WeightsError')

/**
 * A setting of a learner, or a function that it was given, that cannot be trained with.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { settingError } from 'graft-vision/node'
 *
 * const error = settingError('wd', 'a number from 0', '-1', 'give e.g. 0.01')
 * assert.ok(drawError(error).startsWith('SettingError at wd'))
 *
 * @since 0.1.0
 */
export const settingError = explained('SettingError')

/**
 * A loss that is no longer a number; the path says where in the recipe.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { diverged } from 'graft-vision/node'
 *
 * const error = diverged('recipe[0]', 'a finite loss', 'NaN', 'lower the learning rate')
 * assert.ok(drawError(error).startsWith('Diverged at recipe[0]'))
 *
 * @since 0.1.0
 */
export const diverged = explained('Diverged')

/**
 * A saved file, or a run's directory, that is not what is wanted of it.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { savedError } from 'graft-vision/node'
 *
 * const error = savedError('model.safetensors', 'a file that graft saved', 'weights alone', 'use withWeights(file)')
 * assert.ok(drawError(error).startsWith('SavedError at model.safetensors'))
 *
 * @since 0.1.0
 */
export const savedError = explained('SavedError')
