/** Metrics computed from the confusion matrix of a whole epoch: rows are targets, columns predictions. */
import { argMax } from '../argMax.js'
import type { ConfusionMatrix } from '../confusion.js'
import { type MetricBatch, metricState, type MetricState } from '../Metric.js'

const counted = (matrix: ConfusionMatrix, { outputs, width, targets, n }: MetricBatch): ConfusionMatrix => {
  const next = Array.from({ length: width }, (_, a) => Array.from({ length: width }, (_, p) => matrix[a]?.[p] ?? 0))
  for (let i = 0; i < n; i++) if (targets[i]! >= 0) next[targets[i]!]![argMax(outputs, i * width, width)]!++
  return next
}

/** The state of a metric that is computed from the confusion matrix of the whole epoch; NaN without samples. */
export const overMatrix = (done: (matrix: ConfusionMatrix) => number): MetricState =>
  metricState<ConfusionMatrix>({
    init: [],
    step: counted,
    done: (matrix) => (matrix.length === 0 ? NaN : done(matrix))
  })

export const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)
export const rowSums = (matrix: ConfusionMatrix): ReadonlyArray<number> => matrix.map(sum)
export const columnSums = (matrix: ConfusionMatrix): ReadonlyArray<number> =>
  matrix.map((_, p) => sum(matrix.map((row) => row[p]!)))
export const diagonal = (matrix: ConfusionMatrix): ReadonlyArray<number> => matrix.map((row, c) => row[c]!)
export const dot = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => sum(a.map((x, i) => x * b[i]!))
