/**
 * Outputs and targets compared one by one, whatever the number per row: what the metrics of regression are made of.
 *
 * @since 0.1.0
 */
import { averageState, epochState, type MetricBatch, type MetricState } from '../Metric.js'

export type Pair = (output: number, target: number) => number

/** The mean of f over pairs. */
export const meanOver = ({ outputs, targets }: MetricBatch, f: Pair): number => {
  let sum = 0
  for (let i = 0; i < outputs.length; i++) sum += f(outputs[i]!, targets[i]!)
  return sum / outputs.length
}

export const squared: Pair = (output, target) => (output - target) ** 2

/** The variance of f over pairs (dividing by n). */
export const variance = (rows: MetricBatch, f: Pair): number => {
  const mean = meanOver(rows, f)
  return meanOver(rows, (o, t) => (f(o, t) - mean) ** 2)
}

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

/** The options of `Over`. */
export const overOptions = { over: { _tag: 'OneOf', values: ['epoch', 'batch'], default: 'epoch' } } as const

/** The state of a metric over the rows of each batch, or of the whole epoch. */
export const overEither =
  (f: (rows: MetricBatch) => number) =>
  ({ over }: { readonly over: 'epoch' | 'batch' }): MetricState =>
    (over === 'epoch' ? epochState : averageState)(f)
