/**
 * Test-time augmentation: averaging the predictions of an image with those of its views.
 *
 * @since 0.1.0
 */

import type { ActivationName } from './activation.js'

/** One row per image. */
type Rows = ReadonlyArray<ReadonlyArray<number>>

/**
 * The mean over views, row by row.
 *
 * @example
 * import { averageViews } from './index.js'
 *
 * assert.deepStrictEqual(averageViews([[[0.25, 0.75]], [[0.75, 0.25]]]), [[0.5, 0.5]])
 *
 * @since 0.1.0
 */
export const averageViews = (views: ReadonlyArray<Rows>): Rows =>
  (views[0] ?? []).map((row, i) => row.map((_, j) => views.reduce((sum, view) => sum + view[i]![j]!, 0) / views.length))

/**
 * `beta` (0.4) times the plain predictions plus `1 - beta` times the views' average, as in fastai.
 *
 * @example
 * import { blendTta } from './index.js'
 *
 * assert.deepStrictEqual(blendTta(0.5)([[1, 0]], [[0.5, 0.5]]), [[0.75, 0.25]])
 *
 * @since 0.1.0
 */
export const blendTta =
  (beta = 0.4) =>
  (plain: Rows, average: Rows): Rows =>
    plain.map((row, i) => row.map((p, j) => beta * p + (1 - beta) * average[i]![j]!))

const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

const lossOf: {
  readonly [A in ActivationName]: (row: ReadonlyArray<number>, target: number | ReadonlyArray<number>) => number
} = {
  softmax: (row, target) => -Math.log(row[target as number] ?? NaN),
  sigmoid: (row, target) => mean(row.map((p, j) => -Math.log([target].flat()[j] === 1 ? p : 1 - p))),
  exp: (row, target) => mean(row.map((rate, j) => rate - ([target].flat()[j] ?? NaN) * Math.log(rate))),
  // a coordinate of a missing point is NaN
  identity: (row, target) => {
    const targets = [target].flat()
    const errors = row.map((x, j) => (x - (targets[j] ?? NaN)) ** 2).filter((_, j) => !Number.isNaN(targets[j]))
    return errors.length === 0 ? 0 : mean(errors)
  }
}

/**
 * Losses of averaged predictions, which are activated already: after a softmax the negative log-likelihood of the
 * target, after a sigmoid the mean binary cross entropy over classes, after an exponential Poisson's, otherwise the
 * mean squared error. (fastai applies the activation a second time by mistake.)
 *
 * @example
 * import { blendedLosses } from './index.js'
 *
 * assert.deepStrictEqual(blendedLosses('softmax')([[0.5, 0.5], [0.25, 0.75]], [0, 0]), [Math.LN2, 2 * Math.LN2])
 *
 * @since 0.1.0
 */
export const blendedLosses =
  (activation: ActivationName) =>
  (rows: Rows, targets: ReadonlyArray<number | ReadonlyArray<number>>): ReadonlyArray<number> =>
    rows.map((row, i) => lossOf[activation](row, targets[i] ?? NaN))
