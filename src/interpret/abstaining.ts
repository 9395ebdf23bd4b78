/**
 * Abstaining: answering "none of these" where a network is unsure.
 *
 * @since 0.1.0
 */

/**
 * What a network's certainty is measured by. `probability`: that of the predicted class. `energy`: log Σ exp of the raw
 * outputs (W. Liu et al., "Energy-based out-of-distribution detection", NeurIPS 2020). `knn`: the distance to the k-th
 * nearest training image in features of length 1, negative (Y. Sun et al., "Out-of-distribution detection with deep
 * nearest neighbors", ICML 2022).
 *
 * @category interpretation
 * @since 0.1.0
 */
export type CertaintyKind = 'probability' | 'energy' | 'knn'

/**
 * When to answer "none of these": below a certainty.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface Abstention {
  readonly by: CertaintyKind
  /** Images whose certainty is lower get no class. */
  readonly threshold: number
  /** The share of the validation images that it was fitted to answer. */
  readonly coverage: number
  /** For `knn`: the number of the neighbour, and the features of training images, each of length 1. */
  readonly neighbours?: { readonly k: number; readonly features: ReadonlyArray<Float32Array> }
}

/**
 * The certainty of an image by its energy: log Σ exp of its raw outputs.
 *
 * @example
 * import { energyOf } from './index.js'
 *
 * assert.ok(Math.abs(energyOf([0, 0]) - Math.log(2)) < 1e-12)
 *
 * @since 0.1.0
 */
export const energyOf = (outputs: ReadonlyArray<number>): number => {
  const most = outputs.reduce((a, b) => Math.max(a, b), -Infinity)
  return most + Math.log(outputs.reduce((sum, z) => sum + Math.exp(z - most), 0))
}

/**
 * The certainty below which to abstain, so that at least the share `coverage` of images with these certainties is
 * answered, and as few more as possible. Equal certainties are answered alike.
 *
 * @example
 * import { abstainBelow } from 'graft-vision'
 *
 * assert.strictEqual(abstainBelow([0.9, 0.5, 0.7, 0.6], 0.75), 0.6)
 *
 * @category interpretation
 * @since 0.1.0
 */
export const abstainBelow = (certainties: ReadonlyArray<number>, coverage: number): number => {
  const sorted = [...certainties].sort((a, b) => b - a)
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil(coverage * sorted.length - 1e-9))) - 1] ?? -Infinity
}

/**
 * The accuracy of the images whose certainty is at least `threshold`, and their share of all.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface CoveragePoint {
  readonly coverage: number
  readonly accuracy: number
  readonly threshold: number
}

/**
 * Coverage against accuracy: a point for each certainty, from the highest on. The last point answers every image.
 *
 * @example
 * import { coverageCurve } from 'graft-vision'
 *
 * const curve = coverageCurve([0.9, 0.6, 0.8, 0.7], [true, false, true, false])
 * assert.deepStrictEqual(curve.map(({ coverage, accuracy }) => [coverage, accuracy]), [[0.25, 1], [0.5, 1], [0.75, 2 / 3], [1, 0.5]])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const coverageCurve = (
  certainties: ReadonlyArray<number>,
  right: ReadonlyArray<boolean>
): ReadonlyArray<CoveragePoint> => {
  const order = certainties.map((threshold, i) => ({ threshold, right: right[i]! }))
  order.sort((a, b) => b.threshold - a.threshold)
  let hits = 0
  const points = order.map(({ threshold, right: hit }, i) => {
    if (hit) hits++
    return { coverage: (i + 1) / order.length, accuracy: hits / (i + 1), threshold }
  })
  // images of equal certainty are answered together
  return points.filter(({ threshold }, i) => points[i + 1]?.threshold !== threshold)
}
