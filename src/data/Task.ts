/**
 * `Task`: what is predicted. It knows the classes and the number of outputs, not the model.
 *
 * @since 0.1.0
 */
import { absurd } from 'fp-ts/lib/function.js'
import * as Eq from 'fp-ts/lib/Eq.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { Show } from 'fp-ts/lib/Show.js'
import * as S from 'fp-ts/lib/string.js'
import { type NamePair, sidePairs } from './points/NamePair.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

/**
 * One of `classes` per image.
 *
 * @category tasks
 * @since 0.1.0
 */
export interface Classification {
  readonly _tag: 'Classification'
  readonly classes: ReadonlyArray<string>
}

/**
 * Any number of `classes` per image.
 *
 * @category tasks
 * @since 0.1.0
 */
export interface MultiLabel {
  readonly _tag: 'MultiLabel'
  readonly classes: ReadonlyArray<string>
}

/**
 * `outputs` real numbers per image.
 *
 * @category tasks
 * @since 0.1.0
 */
export interface Regression {
  readonly _tag: 'Regression'
  readonly outputs: number
}

/**
 * One of `codes` per pixel.
 *
 * @category tasks
 * @since 0.1.0
 */
export interface Segmentation {
  readonly _tag: 'Segmentation'
  readonly codes: ReadonlyArray<string>
}

/**
 * An image of `channels` per image; every sample is a real number.
 *
 * @category tasks
 * @since 0.1.0
 */
export interface ImageRegression {
  readonly _tag: 'ImageRegression'
  readonly channels: number
}

/**
 * The positions of named points in each image. Targets and outputs are x and y of each point in turn, from -1 at the left
 * and upper edge of the network's input to 1 at the right and lower edge.
 *
 * @category tasks
 * @since 0.1.0
 */
export interface Points {
  readonly _tag: 'Points'
  readonly names: ReadonlyArray<string>
  /** The pairs of names that are exchanged in a mirrored image. */
  readonly swap: ReadonlyArray<NamePair>
}

/**
 * What is predicted.
 *
 * @category tasks
 * @since 0.1.0
 */
export type Task = Classification | MultiLabel | Regression | Segmentation | ImageRegression | Points

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

/**
 * One class per image.
 *
 * @example
 * import { classification, outputsOf } from 'graft-vision'
 *
 * assert.strictEqual(outputsOf(classification(['3', '7'])), 2)
 *
 * @category tasks
 * @since 0.1.0
 */
export const classification = (classes: ReadonlyArray<string>): Task => ({ _tag: 'Classification', classes })

/**
 * Any number of classes per image.
 *
 * @example
 * import { multiLabel, outputsOf } from 'graft-vision'
 *
 * assert.strictEqual(outputsOf(multiLabel(['clear', 'cloudy', 'water'])), 3)
 *
 * @category tasks
 * @since 0.1.0
 */
export const multiLabel = (classes: ReadonlyArray<string>): Task => ({ _tag: 'MultiLabel', classes })

/**
 * Real numbers per image; default 1.
 *
 * @example
 * import { outputsOf, regression } from 'graft-vision'
 *
 * assert.strictEqual(outputsOf(regression()), 1)
 *
 * @category tasks
 * @since 0.1.0
 */
export const regression = (outputs = 1): Task => ({ _tag: 'Regression', outputs })

/**
 * One class per pixel.
 *
 * @example
 * import { outputsOf, segmentation } from 'graft-vision'
 *
 * assert.strictEqual(outputsOf(segmentation(['Road', 'Sky', 'Void'])), 3)
 *
 * @category tasks
 * @since 0.1.0
 */
export const segmentation = (codes: ReadonlyArray<string>): Task => ({ _tag: 'Segmentation', codes })

/**
 * An image per image; default 3 channels.
 *
 * @example
 * import { imageRegression, outputsOf } from 'graft-vision'
 *
 * assert.strictEqual(outputsOf(imageRegression()), 3)
 *
 * @category tasks
 * @since 0.1.0
 */
export const imageRegression = (channels = 3): Task => ({ _tag: 'ImageRegression', channels })

/**
 * The positions of named points. `swap` has the pairs of names that are exchanged in a mirrored image; default: names
 * that differ only in left and right.
 *
 * @example
 * import { outputsOf, points } from 'graft-vision'
 *
 * const face = points(['leftEye', 'rightEye', 'nose'])
 * assert.strictEqual(outputsOf(face), 6)
 * assert.deepStrictEqual(face._tag === 'Points' && face.swap, [['leftEye', 'rightEye']])
 *
 * @category tasks
 * @since 0.1.0
 */
export const points = (
  names: ReadonlyArray<string>,
  { swap = sidePairs(names) }: { readonly swap?: ReadonlyArray<NamePair> } = {}
): Task => ({ _tag: 'Points', names, swap })

// -------------------------------------------------------------------------------------------------------------------
// pattern matching
// -------------------------------------------------------------------------------------------------------------------

/**
 * Folds a task: one function for each case.
 *
 * @example
 * import { Fold, regression } from 'graft-vision'
 *
 * const loss = Fold.task({
 *   classification: () => 'cross entropy',
 *   multiLabel: () => 'binary cross entropy',
 *   regression: () => 'mean squared error',
 *   segmentation: () => 'cross entropy per pixel',
 *   imageRegression: () => 'mean squared error of samples',
 *   points: () => 'mean squared error of coordinates'
 * })
 * assert.strictEqual(loss(regression()), 'mean squared error')
 *
 * @category folds
 * @since 0.1.0
 */
export const foldTask =
  <A>(cases: {
    readonly classification: (classes: ReadonlyArray<string>) => A
    readonly multiLabel: (classes: ReadonlyArray<string>) => A
    readonly regression: (outputs: number) => A
    readonly segmentation: (codes: ReadonlyArray<string>) => A
    readonly imageRegression: (channels: number) => A
    readonly points: (names: ReadonlyArray<string>, swap: ReadonlyArray<NamePair>) => A
  }) =>
  (task: Task): A => {
    switch (task._tag) {
      case 'Classification':
        return cases.classification(task.classes)
      case 'MultiLabel':
        return cases.multiLabel(task.classes)
      case 'Regression':
        return cases.regression(task.outputs)
      case 'Segmentation':
        return cases.segmentation(task.codes)
      case 'ImageRegression':
        return cases.imageRegression(task.channels)
      case 'Points':
        return cases.points(task.names, task.swap)
      default:
        return absurd(task)
    }
  }

const lengthOf = (names: ReadonlyArray<string>): number => names.length

/**
 * The number of outputs per image; for tasks whose output is an image, per pixel.
 *
 * @example
 * import { classification, outputsOf } from 'graft-vision'
 *
 * assert.strictEqual(outputsOf(classification(['ants', 'bees'])), 2)
 *
 * @category tasks
 * @since 0.1.0
 */
export const outputsOf: (task: Task) => number = /*#__PURE__*/ foldTask({
  classification: lengthOf,
  multiLabel: lengthOf,
  regression: (outputs) => outputs,
  segmentation: lengthOf,
  imageRegression: (channels) => channels,
  points: (names) => 2 * names.length
})

/**
 * The names of a task's classes; none for regressions and points.
 *
 * @example
 * import { classesOf, classification } from 'graft-vision'
 *
 * assert.deepStrictEqual(classesOf(classification(['3', '7'])), ['3', '7'])
 *
 * @category tasks
 * @since 0.1.0
 */
export const classesOf: (task: Task) => ReadonlyArray<string> = /*#__PURE__*/ foldTask({
  classification: (classes) => classes,
  multiLabel: (classes) => classes,
  regression: () => RA.empty as ReadonlyArray<string>,
  segmentation: (codes) => codes,
  imageRegression: () => RA.empty as ReadonlyArray<string>,
  points: () => RA.empty as ReadonlyArray<string>
})

// -------------------------------------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------------------------------------

const eqNames = /*#__PURE__*/ RA.getEq(S.Eq)
const eqPairs = /*#__PURE__*/ RA.getEq(/*#__PURE__*/ Eq.tuple(S.Eq, S.Eq))

/** The names and pairs of points; none for other tasks. */
const pointsIn = (task: Task): Omit<Points, '_tag'> => (task._tag === 'Points' ? task : { names: [], swap: [] })

/**
 * Equal kinds, names in the same order, and numbers of outputs.
 *
 * @example
 * import { classification, Eq, multiLabel } from 'graft-vision'
 *
 * assert.strictEqual(Eq.task.equals(classification(['a']), multiLabel(['a'])), false)
 *
 * @category instances
 * @since 0.1.0
 */
export const eqTask: Eq.Eq<Task> = /*#__PURE__*/ Eq.fromEquals(
  (a, b) =>
    a._tag === b._tag &&
    outputsOf(a) === outputsOf(b) &&
    eqNames.equals(classesOf(a), classesOf(b)) &&
    eqNames.equals(pointsIn(a).names, pointsIn(b).names) &&
    eqPairs.equals(pointsIn(a).swap, pointsIn(b).swap)
)

const listed = (kind: string) => (names: ReadonlyArray<string>) =>
  `${kind} of ${names.length}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}`

/**
 * Shows a task on one line.
 *
 * @example
 * import { classification, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.task.show(classification(['3', '7'])), 'classification of 2: 3, 7')
 *
 * @category instances
 * @since 0.1.0
 */
export const showTask: Show<Task> = {
  show: /*#__PURE__*/ foldTask({
    classification: listed('classification'),
    multiLabel: listed('multi-label classification'),
    regression: (outputs) => `regression of ${outputs}`,
    segmentation: listed('segmentation'),
    imageRegression: (channels) => `image regression of ${channels} ${channels === 1 ? 'channel' : 'channels'}`,
    points: listed('points')
  })
}
