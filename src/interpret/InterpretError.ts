/**
 * Errors of interpretations and of functions of them.
 *
 * @category errors
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type InterpretError =
  /** Arrays that do not match each other, or an argument out of range. */
  | Explained<'InterpretationError'>
  /** A function that applies to another kind of task. */
  | Explained<'OtherTask'>

/**
 * Makes the error for arrays that do not match each other, or an argument out of range.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { interpretationError } from './index.js'
 *
 * const error = interpretationError('k', 'an integer up to 4', '9', 'use a smaller number')
 * assert.ok(drawError(error).startsWith('InterpretationError at k'))
 *
 * @since 0.1.0
 */
export const interpretationError = /*#__PURE__*/ explained('InterpretationError')

/**
 * Makes the error for a function that applies to another kind of task.
 *
 * @example
 * import { drawError } from 'graft-vision'
 * import { otherTask } from './index.js'
 *
 * const error = otherTask('confusionMatrix', 'Classification', 'Regression', 'look at topLosses')
 * assert.ok(drawError(error).startsWith('OtherTask at confusionMatrix'))
 *
 * @since 0.1.0
 */
export const otherTask = /*#__PURE__*/ explained('OtherTask')
