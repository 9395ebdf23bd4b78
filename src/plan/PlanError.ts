/**
 * What can be wrong with a model for an input and a task. A variant names the choice that is mistaken; `path` is the
 * layer or the step.
 *
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type PlanError =
  | Explained<'CutError'>
  | Explained<'HeadError'>
  | Explained<'SplitError'>
  | Explained<'FreezeError'>
  | Explained<'ReplaceError'>
  /** A layer does not fit what flows into it. */
  | Explained<'ShapeError'>
  /** Two parameters with one path. */
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

/** What a user's function gave, in a word or two: it may be anything, so it is not printed. */
export const sortOf = (u: unknown): string => {
  if (u === null || u === undefined) return String(u)
  if (Array.isArray(u)) return u.length === 0 ? 'an empty list' : 'a list'
  return typeof u === 'object' ? (u instanceof Promise ? 'a promise' : 'some other record') : `a ${typeof u}`
}
