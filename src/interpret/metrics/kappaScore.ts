/**
 * `kappaScore`: agreement of predictions and targets beyond chance.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { columnSums, overMatrix, rowSums, sum } from './overMatrix.js'

const distances = {
  none: (a: number, p: number) => (a === p ? 0 : 1),
  linear: (a: number, p: number) => Math.abs(a - p),
  quadratic: (a: number, p: number) => (a - p) ** 2
} as const

export const kappaScoreRecord = /*#__PURE__*/ metricRecord({
  word: 'kappaScore',
  name: 'kappa_score',
  options: { weights: { _tag: 'OneOf', values: ['none', 'linear', 'quadratic'], default: 'none' } },
  targets: 'classes',
  measures: 'Cohen’s kappa',
  computed: ({ weights }) =>
    overMatrix((matrix) => {
      const [there, taken] = [rowSums(matrix), columnSums(matrix)]
      const [weigh, n] = [distances[weights], sum(there)]
      const weighed = (cell: (a: number, p: number) => number): number =>
        sum(matrix.flatMap((row, a) => row.map((_, p) => weigh(a, p) * cell(a, p))))
      return 1 - weighed((a, p) => matrix[a]![p]!) / weighed((a, p) => (there[a]! * taken[p]!) / n)
    })
})

/**
 * Cohen's kappa: 1 − observed disagreement / disagreement by chance. Disagreements may be weighted by the distance of
 * the classes (fastai's `KappaScore`).
 *
 * @example
 * import { evaluateMetric, kappaScore } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 1, 0]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(kappaScore())([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const kappaScore = (options: { readonly weights?: keyof typeof distances } = {}): Metric =>
  metricOf(kappaScoreRecord, options)
