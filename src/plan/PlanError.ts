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
