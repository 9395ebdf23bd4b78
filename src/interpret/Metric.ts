/**
 * `Metric`: a number over a validation set, built up batch by batch from raw outputs and targets. Its state is hidden:
 * a metric is where it starts, what a batch adds, and what it then says.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../Opaque.js'
import { eqValue, showValue } from '../Value.js'
import { argMax } from './argMax.js'

/**
 * What a metric sees of a batch.
 *
 * @since 0.1.0
 */
export interface MetricBatch {
  /** Raw outputs, before any activation, `[n, width]` row by row. */
  readonly outputs: Float32Array
  readonly width: number
  /** Class indices (below 0: does not count), or numbers. */
  readonly targets: Int32Array | Float32Array
  readonly n: number
  /** Rows of one image, those of its pixels in segmentation; one unless said otherwise. */
  readonly perImage?: number
}

/**
 * A metric part way through.
 *
 * @since 0.1.0
 */
export interface MetricState {
  readonly step: (batch: MetricBatch) => MetricState
  readonly done: () => number
}

export interface Metric {
  readonly _tag: 'Metric'
  readonly name: string
  readonly f: Opaque<string, MetricState>
}

/**
 * A metric from a state, what a batch adds to it, and the number it ends as.
 *
 * @example
 * import { metric, evaluateMetric } from 'graft-vision'
 *
 * const seen = metric({ name: 'seen', init: 0, step: (sum, batch) => sum + batch.n, done: (sum) => sum })
 * const batch = { outputs: new Float32Array(4), width: 2, targets: new Int32Array(2), n: 2 }
 * assert.strictEqual(evaluateMetric(seen)([batch, batch]), 4)
 *
 * @since 0.1.0
 */
export const metric = <S>(how: {
  readonly name: string
  readonly init: S
  readonly step: (state: S, batch: MetricBatch) => S
  readonly done: (state: S) => number
}): Metric => {
  const at = (state: S): MetricState => ({
    step: (batch) => at(how.step(state, batch)),
    done: () => how.done(state)
  })
  return { _tag: 'Metric', name: how.name, f: opaque(how.name, at(how.init)) }
}

/**
 * A metric over all its batches, in their order.
 *
 * @example
 * import { accuracy, evaluateMetric } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0.1, 0.9, 0.8, 0.2]), width: 2, targets: new Int32Array([1, 1]), n: 2 }
 * assert.strictEqual(evaluateMetric(accuracy)([batch]), 0.5)
 *
 * @since 0.1.0
 */
export const evaluateMetric =
  (m: Metric) =>
  (batches: Iterable<MetricBatch>): number => {
    let state = m.f.run
    for (const batch of batches) state = state.step(batch)
    return state.done()
  }

/**
 * The mean over samples of a value per batch, weighted by batch size (fastai's `AverageMetric`); NaN over no samples.
 *
 * @example
 * import { averageMetric, evaluateMetric } from 'graft-vision'
 *
 * const largest = averageMetric('largest', ({ outputs }) => Math.max(...outputs))
 * const of = (...outputs: ReadonlyArray<number>) =>
 *   ({ outputs: new Float32Array(outputs), width: 1, targets: new Int32Array(outputs.length), n: outputs.length })
 * assert.strictEqual(evaluateMetric(largest)([of(1, 4, 2), of(8)]), 5)
 *
 * @since 0.1.0
 */
export const averageMetric = (name: string, f: (batch: MetricBatch) => number): Metric =>
  metric({
    name,
    init: { sum: 0, n: 0 },
    step: (s, batch) => ({ sum: s.sum + f(batch) * batch.n, n: s.n + batch.n }),
    done: (s) => s.sum / s.n
  })

const hits = ({ outputs, width, targets, n }: MetricBatch): number => {
  let count = 0
  for (let i = 0; i < n; i++) if (argMax(outputs, i * width, width) === targets[i]) count++
  return count
}

/**
 * The share of samples, in [0, 1], whose largest output is the target.
 *
 * @since 0.1.0
 */
export const accuracy: Metric = averageMetric('accuracy', (batch) => hits(batch) / batch.n)

/**
 * 1 − accuracy (fastai's `error_rate`).
 *
 * @since 0.1.0
 */
export const errorRate: Metric = averageMetric('error_rate', (batch) => 1 - hits(batch) / batch.n)

/**
 * Metrics are equal when their names and their functions are.
 *
 * @since 0.1.0
 */
export const eqMetric: Eq<Metric> = eqValue()

/**
 * A metric by its name.
 *
 * @since 0.1.0
 */
export const showMetric: Show<Metric> = { show: ({ name }) => `metric(${showValue(name)})` }
