/**
 * Reliability: whether probabilities are as often right as they say.
 *
 * @since 0.1.0
 */

/**
 * The predictions whose confidence lies in a bin.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface ReliabilityBin {
  /** From `low` (excluded, but for 0) to `high`. */
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean confidence; NaN for an empty bin. */
  readonly confidence: number
  /** Fraction that is right; NaN for an empty bin. */
  readonly accuracy: number
}

/**
 * A reliability curve.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Reliability {
  readonly bins: ReadonlyArray<ReliabilityBin>
  /** Expected calibration error: the mean distance of accuracy and confidence, weighted by the bins' counts. */
  readonly ece: number
  /** The largest distance in any bin. */
  readonly maximum: number
}

/**
 * The reliability curve of predictions with the given confidence, in [0, 1], in `bins` (15) bins of equal width. For a
 * classification, the confidence is the probability of the predicted class, and the prediction is right if that is the
 * actual class; for a label, it is the label's probability, and right means that the image has the label.
 *
 * The expected calibration error is that of M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated
 * probabilities using Bayesian binning", AAAI 2015, with the bins of C. Guo et al., "On calibration of modern neural
 * networks", ICML 2017.
 *
 * @example
 * import { reliability } from 'graft-vision'
 *
 * const { ece, bins } = reliability([0.9, 0.9, 0.6, 0.6], [true, true, true, false], { bins: 2 })
 * assert.deepStrictEqual([ece.toFixed(2), bins[1]?.accuracy], ['0.00', 0.75])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const reliability = (
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean>,
  { bins: count = 15 }: { readonly bins?: number } = {}
): Reliability => {
  const sums = Array.from({ length: count }, () => ({ n: 0, confidence: 0, right: 0 }))
  for (let i = 0; i < confidences.length; i++) {
    const confidence = confidences[i]!
    // a confidence on an edge belongs to the bin below it
    const bin = sums[Math.min(count - 1, Math.max(0, Math.ceil(confidence * count) - 1))]!
    bin.n++
    bin.confidence += confidence
    if (right[i] === true) bin.right++
  }
  const bins = sums.map(({ n, confidence, right: hits }, k) => ({
    low: k / count,
    high: (k + 1) / count,
    count: n,
    confidence: confidence / n,
    accuracy: hits / n
  }))
  const filled = bins.filter(({ count: n }) => n > 0)
  const distances = filled.map(({ confidence, accuracy }) => Math.abs(confidence - accuracy))
  return {
    bins,
    ece: filled.reduce((sum, bin, k) => sum + (bin.count / confidences.length) * distances[k]!, 0),
    maximum: Math.max(0, ...distances)
  }
}
