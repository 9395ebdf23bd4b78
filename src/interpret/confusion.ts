/**
 * The confusion matrix, and scores per class computed from it.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { argMax } from './argMax.js'
import { type Interpretation, namesOf, ofTask, predictedClasses } from './Interpretation.js'
import type { InterpretError } from './InterpretError.js'

/**
 * `[actual][predicted]`: the number of images of one class that were predicted as another. Rows sum to the number of
 * images of each class.
 *
 * @category interpretation
 * @since 0.1.0
 */
export type ConfusionMatrix = ReadonlyArray<ReadonlyArray<number>>

/** Counts pairs of classes. */
export const countPairs = (
  classes: number,
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>
): ConfusionMatrix => {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  for (let k = 0; k < actual.length; k++) counts[actual[k]!]![predicted[k]!]!++
  return counts
}

/**
 * The confusion matrix: images of each actual class (rows) by predicted class (columns), in the order of the classes.
 * Tasks other than classification are an `OtherTask` error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, confusionMatrix, interpretation } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * assert.deepStrictEqual(E.isRight(i) && confusionMatrix(i.right), E.right([[1, 0], [1, 0]]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const confusionMatrix = (i: Interpretation): E.Either<InterpretError, ConfusionMatrix> =>
  pipe(
    i,
    ofTask('confusionMatrix', 'Classification', 'look at topLosses'),
    E.map(() => countPairs(namesOf(i.task).length, i.targets as ReadonlyArray<number>, predictedClasses(i)))
  )

/**
 * Divides each row by its sum; a class without images has a row of NaN.
 *
 * @example
 * import { normalisedConfusion } from 'graft-vision'
 *
 * assert.deepStrictEqual(normalisedConfusion([[3, 1], [0, 0]]), [[0.75, 0.25], [NaN, NaN]])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const normalisedConfusion = (matrix: ConfusionMatrix): ConfusionMatrix =>
  matrix.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0)
    return row.map((count) => count / sum)
  })

/**
 * A class and the class it was predicted as.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Confused {
  readonly actual: string
  readonly predicted: string
  readonly count: number
}

/**
 * Pairs of classes that were confused at least `minVal` (1) times, the most frequent first; ties in the order of the
 * classes.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, interpretation, mostConfused } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * const confused = E.isRight(i) && mostConfused()(i.right)
 * assert.deepStrictEqual(confused, E.right([{ actual: 'dog', predicted: 'cat', count: 1 }]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const mostConfused =
  (minVal = 1) =>
  (i: Interpretation): E.Either<InterpretError, ReadonlyArray<Confused>> =>
    pipe(
      confusionMatrix(i),
      E.map((matrix) => {
        const names = namesOf(i.task)
        return matrix
          .flatMap((row, a) =>
            row.flatMap((count, p) =>
              a === p || count < minVal ? [] : [{ actual: names[a]!, predicted: names[p]!, count }]
            )
          )
          .sort((x, y) => y.count - x.count)
      })
    )

/**
 * Precision, recall and F1 of a class or a label.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface ClassScore {
  readonly class: string
  /** Fraction of predictions of the class that are right; 0 without any. */
  readonly precision: number
  /** Fraction of the class that was predicted; 0 if there is none of it. */
  readonly recall: number
  /** 2·precision·recall/(precision + recall); 0 if both are 0. */
  readonly f1: number
  /** Number of images of the class. */
  readonly support: number
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

const scoreOf = (name: string, found: number, predicted: number, support: number): ClassScore => ({
  class: name,
  precision: shareOf(found, predicted),
  recall: shareOf(found, support),
  f1: shareOf(2 * found, predicted + support),
  support
})

/**
 * Precision, recall and F1 of each class, in [0, 1]. Where the divisor is 0 they are 0, as in scikit-learn; `support`
 * and the matrix distinguish this case.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, classScores, interpretation } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * assert.ok(E.isRight(i))
 * const scores = classScores(i.right)
 * assert.ok(E.isRight(scores))
 * assert.deepStrictEqual(scores.right[0], { class: 'cat', precision: 0.5, recall: 1, f1: 2 / 3, support: 1 })
 *
 * @category interpretation
 * @since 0.1.0
 */
export const classScores = (i: Interpretation): E.Either<InterpretError, ReadonlyArray<ClassScore>> =>
  pipe(
    confusionMatrix(i),
    E.map((matrix) =>
      namesOf(i.task).map((name, c) => {
        const support = matrix[c]!.reduce((a, b) => a + b, 0)
        const predicted = matrix.reduce((sum, row) => sum + row[c]!, 0)
        return scoreOf(name, matrix[c]![c]!, predicted, support)
      })
    )
  )

/**
 * `classScores` for multi-label tasks: each label by itself, predicted if its probability is at least `thresh` (0.5),
 * as in `predict`. Other tasks are an `OtherTask` error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { interpretation, labelScores, multiLabel } from 'graft-vision'
 *
 * const task = multiLabel(['cloudy', 'road'])
 * const i = interpretation({ task, preds: [[0.9, 0.2], [0.7, 0.4]], targets: [[1, 0], [0, 1]], losses: [0.2, 1.1] })
 * assert.ok(E.isRight(i))
 * assert.deepStrictEqual(labelScores()(i.right), E.right([
 *   { class: 'cloudy', precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
 *   { class: 'road', precision: 0, recall: 0, f1: 0, support: 1 }
 * ]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const labelScores =
  ({ thresh = 0.5 }: { readonly thresh?: number } = {}) =>
  (i: Interpretation): E.Either<InterpretError, ReadonlyArray<ClassScore>> =>
    pipe(
      i,
      ofTask('labelScores', 'MultiLabel', 'use classScores'),
      E.map(() =>
        namesOf(i.task).map((name, c) => {
          const predicted = i.predictions.map((row) => row[c]! >= thresh)
          const actual = i.targets.map((row) => (row as ReadonlyArray<number>)[c] === 1)
          const count = (is: (k: number) => boolean): number => actual.filter((_, k) => is(k)).length
          return scoreOf(
            name,
            count((k) => predicted[k]! && actual[k]!),
            count((k) => predicted[k]!),
            count((k) => actual[k]!)
          )
        })
      )
    )

/**
 * For segmentation, one matrix `[actual][predicted]` per image: the fraction of a class's pixels predicted as each
 * class; NaN for a class that is not in the image. Pixels whose target is no class (void) are ignored.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { interpretation, pixelConfusion, segmentation } from 'graft-vision'
 *
 * // one image of two pixels
 * const preds = [[0.9, 0.1, 0.8, 0.2]]
 * const i = interpretation({ task: segmentation(['Sky', 'Road']), preds, targets: [[0, 1]], losses: [0.9] })
 * assert.deepStrictEqual(E.isRight(i) && pixelConfusion(i.right), E.right([[[1, 0], [1, 0]]]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const pixelConfusion = (i: Interpretation): E.Either<InterpretError, ReadonlyArray<ConfusionMatrix>> =>
  pipe(
    i,
    ofTask('pixelConfusion', 'Segmentation', 'use confusionMatrix'),
    E.map(() => {
      const classes = namesOf(i.task).length
      return i.predictions.map((row, k) => {
        const pixels = (i.targets[k] as ReadonlyArray<number>).flatMap((t, p) =>
          t >= 0 && t < classes ? [{ t, predicted: argMax(row, p * classes, classes) }] : []
        )
        const counts = countPairs(
          classes,
          pixels.map(({ t }) => t),
          pixels.map(({ predicted }) => predicted)
        )
        return normalisedConfusion(counts)
      })
    })
  )

/**
 * The mean of several images' matrices; each cell over the images that contain its class.
 *
 * @example
 * import { meanConfusion } from 'graft-vision'
 *
 * assert.deepStrictEqual(meanConfusion([[[1, 0], [NaN, NaN]], [[0, 1], [0, 1]]]), [[0.5, 0.5], [0, 1]])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const meanConfusion = (matrices: ReadonlyArray<ConfusionMatrix>): ConfusionMatrix =>
  (matrices[0] ?? []).map((row, a) =>
    row.map((_, p) => {
      const there = matrices.map((m) => m[a]![p]!).filter((share) => !Number.isNaN(share))
      return there.reduce((sum, share) => sum + share, 0) / there.length
    })
  )
