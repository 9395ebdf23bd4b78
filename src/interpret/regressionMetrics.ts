/**
 * Metrics for regression. Outputs and targets are compared one by one, whatever the number per row.
 *
 * @since 0.1.0
 */
import { averageMetric, epochMetric, madeBy, type Metric, type MetricBatch } from './Metric.js'

type Pair = (output: number, target: number) => number

/** The mean of f over pairs. */
const meanOver = ({ outputs, targets }: MetricBatch, f: Pair): number => {
  let sum = 0
  for (let i = 0; i < outputs.length; i++) sum += f(outputs[i]!, targets[i]!)
  return sum / outputs.length
}

const ofNumbers = { targets: 'numbers' } as const

const squared: Pair = (output, target) => (output - target) ** 2

/**
 * Mean squared error.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanSquaredError: Metric = /*#__PURE__*/ madeBy('meanSquaredError')(
  /*#__PURE__*/ averageMetric('mean_squared_error', (batch) => meanOver(batch, squared), ofNumbers)
)

/**
 * Mean absolute error.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanAbsoluteError: Metric = /*#__PURE__*/ madeBy('meanAbsoluteError')(
  /*#__PURE__*/ averageMetric('mean_absolute_error', (batch) => meanOver(batch, (o, t) => Math.abs(o - t)), ofNumbers)
)

/**
 * Mean of (ln(1 + output) − ln(1 + target))², for numbers above −1.
 *
 * @category metrics
 * @since 0.1.0
 */
export const meanSquaredLogarithmicError: Metric = /*#__PURE__*/ madeBy('meanSquaredLogarithmicError')(
  /*#__PURE__*/ averageMetric(
    'mean_squared_logarithmic_error',
    (batch) => meanOver(batch, (o, t) => squared(Math.log1p(o), Math.log1p(t))),
    ofNumbers
  )
)

/**
 * The rows that a metric is computed over, if it is not a mean: the whole `epoch` (the default), as fastai's metric
 * classes do, or each `batch`, followed by a mean weighted by batch size, as its metric functions do. Only the first is
 * the exact value.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface Over {
  readonly over?: 'epoch' | 'batch'
}

const overEither =
  (word: string, name: string, f: (rows: MetricBatch) => number) =>
  ({ over = 'epoch' }: Over = {}): Metric =>
    madeBy(word, { over })((over === 'epoch' ? epochMetric : averageMetric)(name, f, ofNumbers))

/**
 * Root mean squared error (fastai's `RMSE`, and `root_mean_squared_error` over batches).
 *
 * @example
 * import { evaluateMetric, rootMeanSquaredError } from 'graft-vision'
 *
 * const of = (output: number) => ({ outputs: Float32Array.of(output), width: 1, targets: Float32Array.of(0), n: 1 })
 * const batches = [of(1), of(7)]
 * assert.deepStrictEqual(evaluateMetric(rootMeanSquaredError())(batches), { _tag: 'Right', right: 5 })
 * assert.deepStrictEqual(evaluateMetric(rootMeanSquaredError({ over: 'batch' }))(batches), { _tag: 'Right', right: 4 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const rootMeanSquaredError = /*#__PURE__*/ overEither(
  'rootMeanSquaredError',
  'root_mean_squared_error',
  (rows) => Math.sqrt(meanOver(rows, squared))
)

/**
 * Root mean squared percentage error of exponentials: the root of the mean of ((e^target − e^output)/e^target)².
 *
 * @example
 * import { evaluateMetric, expRmspe } from 'graft-vision'
 *
 * const batch = { outputs: Float32Array.of(0), width: 1, targets: Float32Array.of(0), n: 1 }
 * assert.deepStrictEqual(evaluateMetric(expRmspe())([batch]), { _tag: 'Right', right: 0 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const expRmspe = /*#__PURE__*/ overEither('expRmspe', 'exp_rmspe', (rows) =>
  Math.sqrt(meanOver(rows, (o, t) => (1 - Math.exp(o - t)) ** 2))
)

/** The variance of f over pairs (dividing by n). */
const variance = (rows: MetricBatch, f: Pair): number => {
  const mean = meanOver(rows, f)
  return meanOver(rows, (o, t) => (f(o, t) - mean) ** 2)
}

const target: Pair = (_, t) => t

/**
 * R²: 1 − Σ(target − output)²/Σ(target − mean target)²; 1 for a perfect prediction, 0 for predicting the mean.
 *
 * @example
 * import { evaluateMetric, r2Score } from 'graft-vision'
 *
 * const batch = { outputs: Float32Array.of(2, 2), width: 1, targets: Float32Array.of(1, 3), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(r2Score())([batch]), { _tag: 'Right', right: 0 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const r2Score = /*#__PURE__*/ overEither(
  'r2Score',
  'r2_score',
  (rows) => 1 - meanOver(rows, squared) / variance(rows, target)
)

/**
 * Explained variance: 1 − Var(target − output)/Var(target); a constant error does not matter.
 *
 * @example
 * import { evaluateMetric, explainedVariance } from 'graft-vision'
 *
 * const batch = { outputs: Float32Array.of(2, 4), width: 1, targets: Float32Array.of(1, 3), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(explainedVariance())([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const explainedVariance = /*#__PURE__*/ overEither(
  'explainedVariance',
  'explained_variance',
  (rows) => 1 - variance(rows, (o, t) => t - o) / variance(rows, target)
)
