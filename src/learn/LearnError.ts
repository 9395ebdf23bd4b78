/**
 * Errors of a run other than those of data, plan, engine and files.
 *
 * @category errors
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type LearnError =
  /** Weights that do not fit the network: every missing, unexpected or misshapen key. */
  | Explained<'WeightsError'>
  /** An invalid setting of the learner. */
  | Explained<'SettingError'>
  /** The loss is NaN or infinite. */
  | Explained<'Diverged'>
  /** A saved file that belongs to another run, model or data set. */
  | Explained<'SavedError'>

/**
 * Makes the error for a missing, unexpected or misshapen key of a state dict.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { weightsError } from './index.js'
 *
 * const error = weightsError('body.conv1.weight', '64×3×7×7', '64×1×7×7', 'give weights of the same architecture')
 * assert.ok(drawError(error).startsWith('WeightsError at body.conv1.weight'))
 *
 * @since 0.1.0
 */
export const weightsError = explained('WeightsError')

/**
 * Makes the error for an invalid setting of a learner, or an unusable function given to it.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { settingError } from 'graft-vision/node'
 *
 * const error = settingError('wd', 'a number of at least 0', '-1', 'pass e.g. 0.01')
 * assert.ok(drawError(error).startsWith('SettingError at wd'))
 *
 * @category errors
 * @since 0.1.0
 */
export const settingError = explained('SettingError')

/**
 * Makes the error for a loss that is NaN or infinite; the path says where in the recipe.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { diverged } from './index.js'
 *
 * const error = diverged('recipe[0]', 'a finite loss', 'NaN', 'lower the learning rate')
 * assert.ok(drawError(error).startsWith('Diverged at recipe[0]'))
 *
 * @since 0.1.0
 */
export const diverged = explained('Diverged')

/**
 * Makes the error for a saved file, or a run's directory, that cannot be used.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { savedError } from './index.js'
 *
 * const error = savedError('model.safetensors', 'a file saved by graft', 'weights alone', 'use withWeights(file)')
 * assert.ok(drawError(error).startsWith('SavedError at model.safetensors'))
 *
 * @since 0.1.0
 */
export const savedError = explained('SavedError')
