/**
 * What can be wrong with an interpretation, or with what is asked of one.
 *
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type InterpretError =
  /** Arrays that do not fit each other, or an argument out of its range. */
  | Explained<'InterpretationError'>
  /** A question that another kind of task answers. */
  | Explained<'OtherTask'>

/**
 * Arrays that do not fit each other, or an argument out of its range.
 *
 * @example
 * import { drawError, interpretationError } from 'graft-vision'
 *
 * const error = interpretationError('k', 'a whole number up to 4', '9', 'ask for fewer')
 * assert.ok(drawError(error).startsWith('InterpretationError at k'))
 *
 * @since 0.1.0
 */
export const interpretationError = /*#__PURE__*/ explained('InterpretationError')

/**
 * A question that another kind of task answers.
 *
 * @example
 * import { drawError, otherTask } from 'graft-vision'
 *
 * const error = otherTask('confusionMatrix', 'Classification', 'Regression', 'look at topLosses')
 * assert.ok(drawError(error).startsWith('OtherTask at confusionMatrix'))
 *
 * @since 0.1.0
 */
export const otherTask = /*#__PURE__*/ explained('OtherTask')
