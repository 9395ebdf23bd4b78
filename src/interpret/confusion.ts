/**
 * The confusion matrix and what is read from it: which classes are taken for which, and how well each is found.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { argMax } from './argMax.js'
import { type Interpretation, namesOf, ofTask, predictedClasses } from './Interpretation.js'
import type { InterpretError } from './InterpretError.js'

/**
 * `[actual][predicted]`: how many images of one class were taken for another. Rows sum to the classes' counts.
 *
 * @since 0.1.0
 */
export type ConfusionMatrix = ReadonlyArray<ReadonlyArray<number>>

/** Counts pairs. */
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
 * How many images of each class (rows) were taken for each class (columns), in the order of the classes. Of anything
 * but a classification it is an `OtherTask` error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, confusionMatrix, interpretation } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * assert.deepStrictEqual(E.isRight(i) && confusionMatrix(i.right), E.right([[1, 0], [1, 0]]))
 *
 * @since 0.1.0
 */
export const confusionMatrix = (i: Interpretation): E.Either<InterpretError, ConfusionMatrix> =>
  pipe(
    i,
    ofTask('confusionMatrix', 'Classification', 'look at topLosses'),
    E.map(() => countPairs(namesOf(i.task).length, i.targets as ReadonlyArray<number>, predictedClasses(i)))
  )

/**
 * Each row divided by its sum; the row of a class that is not there is NaN.
 *
 * @example
 * import { normalisedConfusion } from 'graft-vision'
 *
 * assert.deepStrictEqual(normalisedConfusion([[3, 1], [0, 0]]), [[0.75, 0.25], [NaN, NaN]])
 *
 * @since 0.1.0
 */
export const normalisedConfusion = (matrix: ConfusionMatrix): ConfusionMatrix =>
  matrix.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0)
    return row.map((count) => count / sum)
  })

/**
 * One class that was taken for another.
 *
 * @since 0.1.0
 */
export interface Confused {
  readonly actual: string
  readonly predicted: string
  readonly count: number
}

/**
 * Which classes were taken for which at least `minVal` (1) times, the most often first; ties in the order of the
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
 * How well one class, or one label, is found.
 *
 * @since 0.1.0
 */
export interface ClassScore {
  readonly class: string
  /** Of what was taken for the class, the share that is; 0 if nothing was. */
  readonly precision: number
  /** Of the class, the share that was found; 0 if there is none of it. */
  readonly recall: number
  /** 2·precision·recall/(precision + recall); 0 where both are. */
  readonly f1: number
  /** How many images are of the class. */
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
 * Precision, recall and F1 of each class, in [0, 1]. Where nothing can be divided they are 0, as scikit-learn has it;
 * `support` and the matrix tell such a 0 from a wrong one.
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
 * `classScores` of many labels an image: each label by itself, predicted where its probability is `thresh` (0.5) or more,
 * as `predict` has it. Of anything but several labels it is an `OtherTask` error.
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
 * Segmentation: for each image `[actual][predicted]`, the share of a class's pixels that were taken for each class; NaN
 * for a class that is not in the image. A pixel whose target is no class (a void code) does not count.
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
 * The mean of several images' confusions: of each cell, over the images in which its class is.
 *
 * @example
 * import { meanConfusion } from 'graft-vision'
 *
 * assert.deepStrictEqual(meanConfusion([[[1, 0], [NaN, NaN]], [[0, 1], [0, 1]]]), [[0.5, 0.5], [0, 1]])
 *
 * @since 0.1.0
 */
export const meanConfusion = (matrices: ReadonlyArray<ConfusionMatrix>): ConfusionMatrix =>
  (matrices[0] ?? []).map((row, a) =>
    row.map((_, p) => {
      const there = matrices.map((m) => m[a]![p]!).filter((share) => !Number.isNaN(share))
      return there.reduce((sum, share) => sum + share, 0) / there.length
    })
  )
