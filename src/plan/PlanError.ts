/**
 * The mistakes in a model for an input and a task. The tag names the choice that is mistaken; `path` is the layer or
 * the step.
 *
 * @category errors
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type PlanError =
  | Explained<'CutError'>
  | Explained<'HeadError'>
  | Explained<'SplitError'>
  | Explained<'FreezeError'>
  | Explained<'ReplaceError'>
  /** A layer does not accept its input. */
  | Explained<'ShapeError'>
  /** Two parameters have the same path. */
  | Explained<'NameError'>
  | Explained<'TaskError'>

export const cutError = explained('CutError')
export const headError = explained('HeadError')
export const splitError = explained('SplitError')
export const freezeError = explained('FreezeError')
export const replaceError = explained('ReplaceError')
export const shapeError = explained('ShapeError')
export const nameError = explained('NameError')
export const taskError = explained('TaskError')

/**
 * The type of what a user's function returned, in a word or two. The value itself may be anything, so it is not
 * printed.
 */
export const sortOf = (u: unknown): string => {
  if (u === null || u === undefined) return String(u)
  if (Array.isArray(u)) return u.length === 0 ? 'an empty list' : 'a list'
  return typeof u === 'object' ? (u instanceof Promise ? 'a promise' : 'some other record') : `a ${typeof u}`
}
