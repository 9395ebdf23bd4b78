/**
 * Precision, recall and decisions over the threshold of a score; `rocCurve` is with the ranking metrics.
 *
 * @since 0.1.0
 */

/** Descending scores; at each distinct one, how many of either kind are at least as large. */
interface Cuts {
  readonly thresholds: ReadonlyArray<number>
  readonly found: ReadonlyArray<number>
  readonly wrong: ReadonlyArray<number>
  readonly positives: number
}

const cutsOf = (scores: ArrayLike<number>, targets: ArrayLike<number>): Cuts => {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  const [thresholds, found, wrong]: [Array<number>, Array<number>, Array<number>] = [[], [], []]
  let [positives, negatives] = [0, 0]
  order.forEach((i, k) => {
    if (targets[i] === 1) positives++
    else negatives++
    // equal scores are one point
    const next = order[k + 1]
    if (next !== undefined && scores[next] === scores[i]) return
    thresholds.push(scores[i]!)
    found.push(positives)
    wrong.push(negatives)
  })
  return { thresholds, found, wrong, positives }
}

/**
 * Precision and recall at falling thresholds; recall rises from 0.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface PrecisionRecallCurve {
  readonly precision: ReadonlyArray<number>
  readonly recall: ReadonlyArray<number>
  readonly thresholds: ReadonlyArray<number>
  /** Precision weighted by the gain in recall, without interpolation; NaN without positives. */
  readonly averagePrecision: number
}

/**
 * The precision-recall curve of scores and targets (1 or 0). The average precision is that of scikit-learn's
 * `average_precision_score`.
 *
 * J. Davis, M. Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006.
 *
 * @example
 * import { precisionRecallCurve } from 'graft-vision'
 *
 * const { averagePrecision, recall } = precisionRecallCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
 * assert.deepStrictEqual([averagePrecision.toFixed(4), recall], ['0.8333', [0.5, 0.5, 1, 1]])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const precisionRecallCurve = (scores: ArrayLike<number>, targets: ArrayLike<number>): PrecisionRecallCurve => {
  const { thresholds, found, wrong, positives } = cutsOf(scores, targets)
  const precision = found.map((n, k) => n / (n + wrong[k]!))
  const recall = found.map((n) => n / positives)
  return {
    precision,
    recall,
    thresholds,
    averagePrecision: precision.reduce(
      (sum, p, k) => sum + p * (recall[k]! - (recall[k - 1] ?? 0)),
      positives === 0 ? NaN : 0
    )
  }
}

/**
 * What is predicted at evenly spaced thresholds from 0 to 1.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface ThresholdCounts {
  /** At threshold k / steps: predicted and true. */
  readonly found: ReadonlyArray<number>
  /** Predicted and not true. */
  readonly wrong: ReadonlyArray<number>
  /** Not predicted and true. */
  readonly missed: ReadonlyArray<number>
  /** The index of the largest F1; of equal ones, the one nearest to a threshold of 0.5. */
  readonly best: number
}

/**
 * Counts decisions at `steps` + 1 (101) thresholds; a score is positive if it is at least the threshold, as in `predict`.
 *
 * @example
 * import { thresholdCounts } from 'graft-vision'
 *
 * const counts = thresholdCounts([0.1, 0.4, 0.9], [0, 1, 1], { steps: 4 })
 * assert.deepStrictEqual(counts, { found: [2, 2, 1, 1, 0], wrong: [1, 0, 0, 0, 0], missed: [0, 0, 1, 1, 2], best: 1 })
 *
 * @category interpretation
 * @since 0.1.0
 */
export const thresholdCounts = (
  scores: ArrayLike<number>,
  targets: ArrayLike<number>,
  { steps = 100 }: { readonly steps?: number } = {}
): ThresholdCounts => {
  const at = Array.from({ length: steps + 1 }, (_, k) => {
    let [found, wrong, missed] = [0, 0, 0]
    for (let i = 0; i < scores.length; i++) {
      const isPredicted = scores[i]! >= k / steps
      if (isPredicted && targets[i] === 1) found++
      else if (isPredicted) wrong++
      else if (targets[i] === 1) missed++
    }
    return { found, wrong, missed, f1: found === 0 ? 0 : (2 * found) / (2 * found + wrong + missed) }
  })
  const fromMiddle = (k: number): number => Math.abs(k - steps / 2)
  const best = at.reduce((chosen, { f1 }, k) => {
    const gain = f1 - at[chosen]!.f1
    return gain > 0 || (gain === 0 && fromMiddle(k) < fromMiddle(chosen)) ? k : chosen
  }, 0)
  return {
    found: at.map(({ found }) => found),
    wrong: at.map(({ wrong }) => wrong),
    missed: at.map(({ missed }) => missed),
    best
  }
}
