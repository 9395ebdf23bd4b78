/**
 * The images with the largest or smallest losses.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { argMax } from './argMax.js'
import { type Interpretation, namesOf, ofTask } from './Interpretation.js'
import { type InterpretError, interpretationError } from './InterpretError.js'

/**
 * An image's index in the interpretation, and its loss.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface TopLoss {
  readonly index: number
  readonly loss: number
}

/** Ascending; NaN is larger than any number, and ties keep their order. */
const byLoss = (a: TopLoss, b: TopLoss): number =>
  Number.isNaN(a.loss) || Number.isNaN(b.loss)
    ? Number(Number.isNaN(a.loss)) - Number(Number.isNaN(b.loss))
    : a.loss - b.loss

/**
 * The `k` images with the largest losses (`largest`, the default) or the smallest; default: all. NaN counts as the
 * largest; ties keep their order. A `k` above the number of images is an error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, interpretation, topLosses } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * assert.deepStrictEqual(E.isRight(i) && topLosses(1)(i.right), E.right([{ index: 1, loss: 0.9 }]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const topLosses =
  (k?: number, { largest = true }: { readonly largest?: boolean } = {}) =>
  ({ losses }: Interpretation): E.Either<InterpretError, ReadonlyArray<TopLoss>> => {
    const count = k ?? losses.length
    if (!Number.isInteger(count) || count < 0 || count > losses.length)
      return E.left(
        interpretationError(
          'k',
          `an integer up to ${losses.length}, the number of images`,
          String(k),
          'use a smaller number'
        )
      )
    const all = losses.map((loss, index) => ({ index, loss }))
    return E.right(all.sort((a, b) => (largest ? byLoss(b, a) : byLoss(a, b))).slice(0, count))
  }

/**
 * A top loss with the names of classes.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface LossLabel extends TopLoss {
  readonly file: string | null
  readonly predicted: string
  readonly actual: string
  /** Probability of the actual class, not of the predicted one, as in fastai. */
  readonly probability: number
}

/**
 * `topLosses` of a classification, with predicted class, actual class, and the probability of the actual class.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { classification, interpretation, labelledLosses } from 'graft-vision'
 *
 * const task = classification(['cat', 'dog'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [0, 1], losses: [0.1, 0.9] })
 * assert.deepStrictEqual(
 *   E.isRight(i) && labelledLosses(1)(i.right),
 *   E.right([{ index: 1, loss: 0.9, file: null, predicted: 'cat', actual: 'dog', probability: 0.4 }])
 * )
 *
 * @category interpretation
 * @since 0.1.0
 */
export const labelledLosses =
  (k?: number, options: { readonly largest?: boolean } = {}) =>
  (i: Interpretation): E.Either<InterpretError, ReadonlyArray<LossLabel>> =>
    pipe(
      i,
      ofTask('plotTopLosses', 'Classification', 'use plotMultiTopLosses for multi-label tasks, topLosses for others'),
      E.chain(topLosses(k, options)),
      E.map((top) =>
        top.map(({ index, loss }) => {
          const [row, target] = [i.predictions[index]!, i.targets[index] as number]
          const names = namesOf(i.task)
          return {
            index,
            loss,
            file: i.files[index] ?? null,
            predicted: names[argMax(row)]!,
            actual: names[target]!,
            probability: row[target]!
          }
        })
      )
    )

/**
 * An image of a multi-label task whose most probable class is not among its labels.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Misclassified extends TopLoss {
  readonly file: string | null
  readonly predicted: string
  readonly actual: ReadonlyArray<string>
  /** Probability of the predicted class. */
  readonly probability: number
}

/**
 * For multi-label tasks: the images whose most probable class is not among their labels (which may be none), the
 * largest loss first; an image's loss is its mean over the classes.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { interpretation, misclassified, multiLabel } from 'graft-vision'
 *
 * const task = multiLabel(['clear', 'cloudy'])
 * const i = interpretation({ task, preds: [[0.9, 0.1], [0.6, 0.4]], targets: [[1, 1], [0, 1]], losses: [0.4, 0.9] })
 * const missed = E.isRight(i) ? misclassified(i.right) : i
 * assert.deepStrictEqual(E.isRight(missed) && missed.right.map((m) => [m.index, m.predicted, m.actual]), [
 *   [1, 'clear', ['cloudy']]
 * ])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const misclassified = (i: Interpretation): E.Either<InterpretError, ReadonlyArray<Misclassified>> =>
  pipe(
    i,
    ofTask('plotMultiTopLosses', 'MultiLabel', 'use plotTopLosses'),
    E.chain(topLosses()),
    E.map((top) => {
      const names = namesOf(i.task)
      return top.flatMap(({ index, loss }) => {
        const [row, labels] = [i.predictions[index]!, i.targets[index] as ReadonlyArray<number>]
        const first = argMax(row)
        return labels[first] === 1
          ? []
          : [
              {
                index,
                loss,
                file: i.files[index] ?? null,
                predicted: names[first]!,
                actual: names.filter((_, c) => labels[c] === 1),
                probability: row[first]!
              }
            ]
      })
    })
  )
