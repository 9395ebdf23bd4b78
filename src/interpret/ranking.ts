/**
 * ROC curves.
 *
 * @since 0.1.0
 */

/**
 * A point of a ROC curve: false positive rate and true positive rate at a threshold.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface RocPoint {
  readonly fpr: number
  readonly tpr: number
}

/**
 * The ROC curve of scores, from (0, 0) to (1, 1), with a point for each distinct score; a target of 1 is positive, any
 * other negative. Without positives or negatives, the respective rate is NaN.
 *
 * @example
 * import { rocCurve } from 'graft-vision'
 *
 * assert.deepStrictEqual(rocCurve([0.9, 0.1], [1, 0]), [
 *   { fpr: 0, tpr: 0 },
 *   { fpr: 0, tpr: 1 },
 *   { fpr: 1, tpr: 1 }
 * ])
 *
 * @category metrics
 * @since 0.1.0
 */
export const rocCurve = (scores: ArrayLike<number>, targets: ArrayLike<number>): ReadonlyArray<RocPoint> => {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  const counts: Array<readonly [falses: number, trues: number]> = [[0, 0]]
  let [falses, trues] = [0, 0]
  order.forEach((i, k) => {
    if (targets[i] === 1) trues++
    else falses++
    // equal scores cannot be separated by a threshold
    if (scores[order[k + 1] ?? -1] !== scores[i]) counts.push([falses, trues])
  })
  return counts.map(([f, t]) => ({ fpr: f / falses, tpr: t / trues }))
}

/**
 * The area under the ROC curve, in [0, 1]: the probability that a positive scores above a negative (fastai's
 * `auc_roc_score`).
 *
 * @example
 * import { aucRocScore } from 'graft-vision'
 *
 * assert.strictEqual(aucRocScore([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0]), 0.875)
 *
 * @category metrics
 * @since 0.1.0
 */
export const aucRocScore = (scores: ArrayLike<number>, targets: ArrayLike<number>): number => {
  const curve = rocCurve(scores, targets)
  return curve.slice(1).reduce((area, { fpr, tpr }, i) => {
    const before = curve[i]!
    return area + ((fpr - before.fpr) * (tpr + before.tpr)) / 2
  }, 0)
}
