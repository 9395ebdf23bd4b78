/**
 * `Interpretation`: a model's predictions for a set of images, with targets and losses. Confusion matrices, top losses
 * and plots are computed from it (fastai's `ClassificationInterpretation`, without its learner).
 *
 * @category interpretation
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Show } from 'fp-ts/lib/Show.js'
import type { Target, Task } from '../data/index.js'
import { eqValue } from '../Value.js'
import { argMax } from './argMax.js'
import { type InterpretError, interpretationError, otherTask } from './InterpretError.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export interface Interpretation {
  readonly _tag: 'Interpretation'
  readonly task: Task
  /**
   * One row per image, after the activation. For segmentation and images, pixel by pixel: the classes or channels of a
   * pixel are adjacent.
   */
  readonly predictions: ReadonlyArray<ReadonlyArray<number>>
  readonly targets: ReadonlyArray<Target>
  /** One per image. */
  readonly losses: ReadonlyArray<number>
  /** One per image; empty if the images have no files. */
  readonly files: ReadonlyArray<string>
}

/**
 * The arguments of `interpretation`: arrays of your own.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface InterpretationOf {
  readonly task: Task
  /** One row per image, after the activation. */
  readonly preds: ReadonlyArray<ArrayLike<number>>
  readonly targets: ReadonlyArray<number | ArrayLike<number>>
  /** One per image; or several for each (one per class or pixel), whose mean is the image's loss. */
  readonly losses: ArrayLike<number>
  /** Default: none. */
  readonly files?: ReadonlyArray<string>
}

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** Number of classes, or of numbers, in a prediction. */
export const widthOf = (task: Task): number =>
  task._tag === 'ImageRegression'
    ? task.channels
    : task._tag === 'Regression'
      ? task.outputs
      : task._tag === 'Points'
        ? 2 * task.names.length
        : namesOf(task).length

/** The names of classes; none for regressions and points. */
export const namesOf = (task: Task): ReadonlyArray<string> =>
  task._tag === 'Regression' || task._tag === 'ImageRegression' || task._tag === 'Points'
    ? []
    : task._tag === 'Segmentation'
      ? task.codes
      : task.classes

const givesPicture = ({ _tag }: Task): boolean => _tag === 'Segmentation' || _tag === 'ImageRegression'

const isIndex =
  (below: number) =>
  (u: number): boolean =>
    Number.isInteger(u) && u >= 0 && u < below

type Values = ArrayLike<number>
const listed = (t: number | Values): ReadonlyArray<number> => (typeof t === 'number' ? [t] : Array.from(t))

/** Returns a check for one target of the task, and what it expects. */
const targetOf = (task: Task, pred: Values): readonly [ok: (t: number | Values) => boolean, expected: string] => {
  const width = widthOf(task)
  switch (task._tag) {
    case 'Classification':
      return [(t) => typeof t === 'number' && isIndex(width)(t), `a class index below ${width}`]
    case 'MultiLabel':
      return [
        (t) => typeof t !== 'number' && t.length === width && listed(t).every((v) => v === 0 || v === 1),
        `${width} zeros and ones`
      ]
    case 'Regression':
      return [(t) => listed(t).length === width, `${width} numbers`]
    case 'Points':
      return [(t) => listed(t).length === width, `${width} numbers, NaN for missing points`]
    case 'ImageRegression':
      return [(t) => listed(t).length === pred.length, `${pred.length} numbers, as the prediction has`]
    case 'Segmentation': {
      const pixels = pred.length / width
      return [
        (t) => typeof t !== 'number' && t.length === pixels && listed(t).every(Number.isInteger),
        `an integer for each of ${pixels} pixels`
      ]
    }
  }
}

const said = (t: number | Values | undefined): string =>
  t === undefined ? 'nothing' : listed(t).slice(0, 8).join(', ')

const errorsIn = ({ task, preds, targets, losses, files = [] }: InterpretationOf): ReadonlyArray<InterpretError> => {
  const [n, width] = [preds.length, widthOf(task)]
  const fits = (length: number): boolean => (givesPicture(task) ? length > 0 && length % width === 0 : length === width)
  const misfit = preds.findIndex(({ length }) => !fits(length))
  const wrong = targets.findIndex((t, i) => i < n && fits(preds[i]!.length) && !targetOf(task, preds[i]!)[0](t))
  const each = n === 0 ? 1 : losses.length / n
  const checks: ReadonlyArray<readonly [ok: boolean, ...Parameters<typeof interpretationError>]> = [
    [width > 0, 'task', 'at least one class', 'none', 'name the classes'],
    [
      width === 0 || misfit === -1,
      `preds[${misfit}]`,
      `${width} numbers${givesPicture(task) ? ' for each pixel' : ''}`,
      String(preds[misfit]?.length),
      'pass one row per image, with one number per class'
    ],
    [
      targets.length === n,
      'targets',
      `${n}, one for each prediction`,
      String(targets.length),
      'pass one for each image'
    ],
    [
      wrong === -1,
      `targets[${wrong}]`,
      wrong === -1 ? '' : targetOf(task, preds[wrong]!)[1],
      said(targets[wrong]),
      `pass targets of a ${task._tag}`
    ],
    [
      n === 0 ? losses.length === 0 : Number.isInteger(each) && each > 0,
      'losses',
      `${n}, one for each prediction, or the same number for each`,
      String(losses.length),
      'pass one for each image'
    ],
    [
      files.length === 0 || files.length === n,
      'files',
      `${n}, one for each prediction, or none`,
      String(files.length),
      'pass one for each image'
    ]
  ]
  return checks.flatMap(([ok, ...error]) => (ok ? [] : [interpretationError(...error)]))
}

const meanOf = (values: Values, from: number, count: number): number => {
  let sum = 0
  for (let i = from; i < from + count; i++) sum += values[i]!
  return sum / count
}

/**
 * An interpretation of your own arrays. Arrays that do not match are errors, all reported at once. Unreduced losses,
 * one per class or pixel, are averaged for each image.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, confusionMatrix, interpretation } from 'graft-vision'
 *
 * const i = interpretation({
 *   task: classification(['cat', 'dog']),
 *   preds: [[0.9, 0.1], [0.6, 0.4]],
 *   targets: [0, 1],
 *   losses: [0.1, 0.9]
 * })
 * if (E.isLeft(i)) throw new Error(i.left[0].found)
 * assert.deepStrictEqual(confusionMatrix(i.right), E.right([[1, 0], [1, 0]]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const interpretation = (
  of: InterpretationOf
): E.Either<ReadonlyNonEmptyArray<InterpretError>, Interpretation> => {
  const [first, ...rest] = errorsIn(of)
  if (first !== undefined) return E.left([first, ...rest])
  const n = of.preds.length
  const each = of.losses.length / n
  return E.right({
    _tag: 'Interpretation',
    task: of.task,
    predictions: of.preds.map((row) => Array.from(row)),
    targets: of.targets.map((t) => (typeof t === 'number' ? t : Array.from(t))),
    losses: Array.from({ length: n }, (_, i) => meanOf(of.losses, i * each, each)),
    files: of.files ?? []
  })
}

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/**
 * The most probable class of each image; the first one of ties.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, interpretation, predictedClasses } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.2, 0.8], [0.5, 0.5]], targets: [0, 0], losses: [1.6, 0.7] })
 * assert.deepStrictEqual(E.map(predictedClasses)(i), E.right([1, 0]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const predictedClasses = ({ predictions }: Interpretation): ReadonlyArray<number> =>
  predictions.map((row) => argMax(row))

/** Returns the interpretation if it is of this kind of task, otherwise an error that names the kind required. */
export const ofTask =
  (asked: string, wanted: Task['_tag'], hint: string) =>
  (i: Interpretation): E.Either<InterpretError, Interpretation> =>
    i.task._tag === wanted ? E.right(i) : E.left(otherTask(asked, wanted, i.task._tag, hint))

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/**
 * Structural equality.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqInterpretation: Eq<Interpretation> = eqValue()

/**
 * Shows the task and the number of images.
 *
 * @category instances
 * @since 0.1.0
 */
export const showInterpretation: Show<Interpretation> = {
  show: ({ task, predictions }) => `interpretation(${task._tag} of ${predictions.length} images)`
}
