/**
 * Metrics for multi-label tasks; labels above a threshold are predicted.
 *
 * @since 0.1.0
 */
import { activate } from './activation.js'
import { averageMetric, madeBy, metric, type Metric, type MetricBatch } from './Metric.js'

/**
 * When a label is predicted.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface Threshold {
  /** A label is predicted if its probability is above this. */
  readonly thresh?: number
  /** Whether outputs are passed through a sigmoid first; default true. */
  readonly sigmoid?: boolean
}

/** Number of a row's predicted labels, of its true ones, and of those that are both. */
interface Counts {
  readonly both: number
  readonly predicted: number
  readonly actual: number
}

/** The predicted labels, row by row. */
const above = ({ outputs, width }: MetricBatch, thresh: number, sigmoid: boolean): ReadonlyArray<boolean> =>
  Array.from(activate(sigmoid ? 'sigmoid' : 'identity', width)(outputs), (p) => p > thresh)

const countsIn = (predicted: ReadonlyArray<boolean>, { targets }: MetricBatch, at: ReadonlyArray<number>): Counts => ({
  both: at.filter((i) => predicted[i]! && targets[i] === 1).length,
  predicted: at.filter((i) => predicted[i]!).length,
  actual: at.filter((i) => targets[i] === 1).length
})

/**
 * The fraction of all labels of all samples that are correctly above, or not above, `thresh` (0.5) (fastai's
 * `accuracy_thresh`).
 *
 * @example
 * import { accuracyThresh, evaluateMetric } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([2, -1, 0, 3]), width: 2, targets: new Float32Array([1, 0, 1, 1]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(accuracyThresh())([batch]), { _tag: 'Right', right: 0.75 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const accuracyThresh = ({ thresh = 0.5, sigmoid = true }: Threshold = {}): Metric =>
  madeBy('accuracyThresh', { thresh, sigmoid })(
    averageMetric(
      'accuracy_thresh',
      (batch) => {
        const predicted = above(batch, thresh, sigmoid)
        return predicted.filter((is, i) => is === (batch.targets[i] === 1)).length / predicted.length
      },
      { targets: 'labels' }
    )
  )

const scoreOf = (precision: number, recall: number, beta: number, eps: number): number =>
  ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + eps)

const range = (from: number, count: number, step: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => from + i * step)

const meanOf = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

/**
 * F-β of each sample's labels above `thresh` (0.2), averaged over samples; `beta` (2) is the weight of recall relative
 * to precision (fastai's `fbeta`). A sample without labels, or without predictions, counts as 0.
 *
 * @example
 * import { evaluateMetric, fbeta } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const batch = { outputs: new Float32Array([4, -4, 4, 4]), width: 2, targets: new Float32Array([1, 0, 1, 0]), n: 2 }
 * const f1 = evaluateMetric(fbeta({ beta: 1 }))([batch])
 * assert.ok(E.isRight(f1) && Math.abs(f1.right - (1 + 2 / 3) / 2) < 1e-8)
 *
 * @category metrics
 * @since 0.1.0
 */
export const fbeta = ({
  thresh = 0.2,
  beta = 2,
  eps = 1e-9,
  sigmoid = true
}: Threshold & { readonly beta?: number; readonly eps?: number } = {}): Metric =>
  madeBy('fbeta', { thresh, beta, eps, sigmoid })(
    averageMetric(
      'fbeta',
      (batch) => {
        const predicted = above(batch, thresh, sigmoid)
        return meanOf(
          range(0, batch.n, batch.width).map((start) => {
            const counts = countsIn(predicted, batch, range(start, batch.width, 1))
            return scoreOf(counts.both / (counts.predicted + eps), counts.both / (counts.actual + eps), beta, eps)
          })
        )
      },
      { targets: 'labels' }
    )
  )

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
export const multiLabelFbeta = ({
  thresh = 0.3,
  beta = 2,
  eps = 1e-15,
  sigmoid = true,
  average = 'micro'
}: Threshold & { readonly beta?: number; readonly eps?: number; readonly average?: LabelAverage } = {}): Metric => {
  const score = ({ both, predicted, actual }: Counts): number =>
    scoreOf(both / (predicted + eps), both / (actual + eps), beta, eps)
  const averaged = (classes: ReadonlyArray<Counts>): number => {
    if (average === 'micro') return score(classes.reduce(added, none))
    const scores = classes.map(score)
    if (average === 'macro') return meanOf(scores)
    const weights = classes.map(({ actual }) => actual + eps)
    return scores.reduce((sum, s, c) => sum + s * weights[c]!, 0) / weights.reduce((a, b) => a + b, 0)
  }
  return madeBy('multiLabelFbeta', { thresh, beta, eps, sigmoid, average })(
    metric<ReadonlyArray<Counts>>({
      name: 'multi_label_fbeta',
      targets: 'labels',
      init: [],
      step: (all, batch) => {
        const predicted = above(batch, thresh, sigmoid)
        return range(0, batch.width, 1).map((c) =>
          added(all[c] ?? none, countsIn(predicted, batch, range(c, batch.n, batch.width)))
        )
      },
      done: averaged
    })
  )
}
