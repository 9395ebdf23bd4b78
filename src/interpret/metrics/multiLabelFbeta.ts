/**
 * `multiLabelFbeta`: F-β of each class of a multi-label task.
 *
 * @since 0.1.0
 */
import { type Metric, metricState } from '../Metric.js'
import { above, type Counts, countsIn, meanOf, range, scoreOf, type Threshold } from './labelCounts.js'
import { metricOf, metricRecord } from './MetricRecord.js'

/**
 * How scores of classes are averaged: `micro`, over all pairs; `macro`, the mean over classes; `weighted`, the mean
 * weighted by class frequency.
 *
 * @category metrics
 * @since 0.1.0
 */
export type LabelAverage = 'micro' | 'macro' | 'weighted'

const added = (a: Counts, b: Counts): Counts => ({
  both: a.both + b.both,
  predicted: a.predicted + b.predicted,
  actual: a.actual + b.actual
})

const none: Counts = { both: 0, predicted: 0, actual: 0 }

const averaged = (
  classes: ReadonlyArray<Counts>,
  { average, beta, eps }: { readonly average: LabelAverage; readonly beta: number; readonly eps: number }
): number => {
  const score = ({ both, predicted, actual }: Counts): number =>
    scoreOf(both / (predicted + eps), both / (actual + eps), beta, eps)
  if (average === 'micro') return score(classes.reduce(added, none))
  const scores = classes.map(score)
  if (average === 'macro') return meanOf(scores)
  const weights = classes.map(({ actual }) => actual + eps)
  return scores.reduce((sum, s, c) => sum + s * weights[c]!, 0) / weights.reduce((a, b) => a + b, 0)
}

export const multiLabelFbetaRecord = /*#__PURE__*/ metricRecord({
  word: 'multiLabelFbeta',
  name: 'multi_label_fbeta',
  options: {
    thresh: { _tag: 'Real', min: -Infinity, default: 0.3 },
    beta: { _tag: 'Real', min: 0, default: 2 },
    eps: { _tag: 'Real', min: 0, default: 1e-15 },
    sigmoid: { _tag: 'Flag', default: true },
    average: { _tag: 'OneOf', values: ['micro', 'macro', 'weighted'], default: 'micro' }
  },
  targets: 'labels',
  measures: 'F-β of each class over all samples, averaged over classes',
  computed: ({ thresh, sigmoid, ...scored }) =>
    metricState<ReadonlyArray<Counts>>({
      init: [],
      step: (all, batch) => {
        const predicted = above(batch, thresh, sigmoid)
        return range(0, batch.width, 1).map((c) =>
          added(all[c] ?? none, countsIn(predicted, batch, range(c, batch.n, batch.width)))
        )
      },
      done: (all) => averaged(all, scored)
    })
})

/**
 * F-β of each class over all samples, averaged (default `micro`); default threshold 0.3, β 2 (fastai's
 * `MultiLabelFbeta`).
 *
 * @example
 * import { evaluateMetric, multiLabelFbeta } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const batch = { outputs: new Float32Array([4, -4, 4, 4]), width: 2, targets: new Float32Array([1, 0, 1, 0]), n: 2 }
 * const score = evaluateMetric(multiLabelFbeta({ average: 'macro' }))([batch])
 * assert.ok(E.isRight(score) && Math.abs(score.right - 0.5) < 1e-8)
 *
 * @category metrics
 * @since 0.1.0
 */
export const multiLabelFbeta = (
  options: Threshold & { readonly beta?: number; readonly eps?: number; readonly average?: LabelAverage } = {}
): Metric => metricOf(multiLabelFbetaRecord, options)
