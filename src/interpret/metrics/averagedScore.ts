/**
 * Precision and recall of each class, and how they are averaged.
 *
 * @since 0.1.0
 */
import type { ConfusionMatrix } from '../confusion.js'
import type { MetricState } from '../Metric.js'
import type { MetricValues } from './MetricRecord.js'
import { columnSums, diagonal, dot, overMatrix, rowSums, sum } from './overMatrix.js'

/** Division by 0 gives 0, as in scikit-learn. */
export const shares = (parts: ReadonlyArray<number>, wholes: ReadonlyArray<number>): ReadonlyArray<number> =>
  parts.map((part, c) => (wholes[c] === 0 ? 0 : part / wholes[c]!))

export const precisions = (matrix: ConfusionMatrix): ReadonlyArray<number> =>
  shares(diagonal(matrix), columnSums(matrix))
export const recalls = (matrix: ConfusionMatrix): ReadonlyArray<number> => shares(diagonal(matrix), rowSums(matrix))

/**
 * How scores of classes are averaged. `binary`: the score of `posLabel` for two classes, `macro` for more. `class`: the
 * score of `posLabel`, for any number of classes. `micro`: over all samples. `macro`: the mean over classes.
 * `weighted`: the mean weighted by class frequency.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface Averaged {
  /** Default 'binary'. */
  readonly average?: 'binary' | 'class' | 'micro' | 'macro' | 'weighted'
  /** A class index; default 1. */
  readonly posLabel?: number
}

export type Scores = (matrix: ConfusionMatrix) => ReadonlyArray<number>

/** The options of `Averaged`. */
export const averagedOptions = {
  average: { _tag: 'OneOf', values: ['binary', 'class', 'micro', 'macro', 'weighted'], default: 'binary' },
  posLabel: { _tag: 'Whole', min: 0, default: 1 }
} as const

/** The averaged scores of the classes. With micro averaging, every score is the fraction of correct samples. */
export const averagedScore = (
  scores: Scores,
  { average, posLabel }: MetricValues<typeof averagedOptions>
): MetricState =>
  overMatrix((matrix) => {
    const [each, there] = [scores(matrix), rowSums(matrix)]
    const how = average !== 'binary' ? average : each.length === 2 ? 'class' : 'macro'
    switch (how) {
      case 'class':
        return each[posLabel] ?? NaN
      case 'micro':
        return sum(diagonal(matrix)) / sum(there)
      case 'macro':
        return sum(each) / each.length
      case 'weighted':
        return dot(each, there) / sum(there)
    }
  })
