/** Rows whose largest output is the target's. */
import { argMax } from '../argMax.js'
import type { MetricBatch } from '../Metric.js'

/** How many rows of a batch are predicted correctly; the first one of ties. */
export const hits = ({ outputs, width, targets, n }: MetricBatch): number => {
  let count = 0
  for (let i = 0; i < n; i++) if (argMax(outputs, i * width, width) === targets[i]) count++
  return count
}
