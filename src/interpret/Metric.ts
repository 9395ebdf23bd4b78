/**
 * `Metric`: a number computed over a validation set, batch by batch, from raw outputs and targets. A metric consists of
 * an initial state, an update for each batch, and a result; the type of its state is hidden.
 *
 * @category metrics
 * @since 0.1.0
 */
import * as Eq from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../Opaque.js'
import { eqValue, showValue } from '../Value.js'

/**
 * A batch as a metric sees it.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface MetricBatch {
  /** Raw outputs, before any activation, `[n, width]`, row by row. */
  readonly outputs: Float32Array
  readonly width: number
  /**
   * One class index per row (below 0: no class; pixel metrics skip such rows, others count them as wrong); or `[n,
   * width]` with a 0 or 1 for each class, or numbers. For points, outputs and targets are x and y of each in pixels of
   * its image, and NaN where a point is missing.
   */
  readonly targets: Int32Array | Float32Array
  readonly n: number
  /** Number of rows of one image, in segmentation its pixels; default 1. */
  readonly perImage?: number
}

/**
 * A partially computed metric.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface MetricState {
  readonly step: (batch: MetricBatch) => MetricState
  readonly done: () => number
}

/**
 * The targets of a metric: a class index per row, a 0 or 1 for each class, numbers, points, or anything.
 *
 * @category metrics
 * @since 0.1.0
 */
export type MetricTargets = 'classes' | 'labels' | 'numbers' | 'points' | 'any'

/**
 * The function that made one of graft's metrics, and its options.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface MetricWord {
  readonly word: string
  readonly options: Readonly<Record<string, unknown>>
}

export interface Metric {
  readonly _tag: 'Metric'
  readonly name: string
  readonly f: Opaque<string, MetricState>
  readonly targets: MetricTargets
  /** Minimum number of outputs per row. */
  readonly least: number
  /** Null: a user-defined metric, which cannot be written to JSON. */
  readonly made: MetricWord | null
}

/**
 * What a metric requires of its rows.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface MetricRows {
  /** Default 'any'. */
  readonly targets?: MetricTargets
  /** Minimum number of outputs per row; default 1. */
  readonly least?: number
}

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** The state of a metric before the first batch, from an initial value, an update for each batch, and a result. */
export const metricState = <S>(of: {
  readonly init: S
  readonly step: (state: S, batch: MetricBatch) => S
  readonly done: (state: S) => number
}): MetricState => {
  const at = (state: S): MetricState => ({ step: (batch) => at(of.step(state, batch)), done: () => of.done(state) })
  return at(of.init)
}

/** The mean of a batch's value over samples. */
export const averageState = (f: (batch: MetricBatch) => number): MetricState =>
  metricState({
    init: { sum: 0, n: 0 },
    step: (s, batch) => ({ sum: s.sum + f(batch) * batch.n, n: s.n + batch.n }),
    done: (s) => s.sum / s.n
  })

const joined = (all: ReadonlyArray<MetricBatch>): MetricBatch => ({
  outputs: Float32Array.from(all.flatMap(({ outputs }) => [...outputs])),
  targets: Float32Array.from(all.flatMap(({ targets }) => [...targets])),
  width: all[0]!.width,
  n: all.reduce((sum, { n }) => sum + n, 0)
})

/** A number computed from all rows at once, for metrics that cannot be combined from batches. */
export const epochState = (f: (rows: MetricBatch) => number): MetricState =>
  metricState<ReadonlyArray<MetricBatch>>({
    init: [],
    step: (all, batch) => [...all, batch],
    done: (all) => (all.length === 0 ? NaN : f(joined(all)))
  })

/**
 * A metric from an initial state, an update for each batch, and a result.
 *
 * @example
 * import { metric, evaluateMetric } from 'graft-vision'
 *
 * const seen = metric({ name: 'seen', init: 0, step: (sum, batch) => sum + batch.n, done: (sum) => sum })
 * const batch = { outputs: new Float32Array(4), width: 2, targets: new Int32Array(2), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(seen)([batch, batch]), { _tag: 'Right', right: 4 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric = <S>({
  name,
  init,
  step,
  done,
  targets = 'any',
  least = 1
}: MetricRows & {
  readonly name: string
  readonly init: S
  readonly step: (state: S, batch: MetricBatch) => S
  readonly done: (state: S) => number
}): Metric => ({ _tag: 'Metric', name, f: opaque(name, metricState({ init, step, done })), targets, least, made: null })

/**
 * A batch's value averaged over samples, that is weighted by batch size (fastai's `AverageMetric`); NaN without
 * samples.
 *
 * @example
 * import { averageMetric, evaluateMetric } from 'graft-vision'
 *
 * const largest = averageMetric('largest', ({ outputs }) => Math.max(...outputs))
 * const of = (...outputs: ReadonlyArray<number>) =>
 *   ({ outputs: new Float32Array(outputs), width: 1, targets: new Int32Array(outputs.length), n: outputs.length })
 * assert.deepStrictEqual(evaluateMetric(largest)([of(1, 4, 2), of(8)]), { _tag: 'Right', right: 5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const averageMetric = (
  name: string,
  f: (batch: MetricBatch) => number,
  { targets = 'any', least = 1 }: MetricRows = {}
): Metric => ({ _tag: 'Metric', name, f: opaque(name, averageState(f)), targets, least, made: null })

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/**
 * Equality: graft's metrics are equal when function and options are, user-defined ones when names and functions are.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqMetric: Eq.Eq<Metric> = /*#__PURE__*/ Eq.fromEquals((a, b) =>
  a.made !== null && b.made !== null ? eqValue<MetricWord>().equals(a.made, b.made) : eqValue<Metric>().equals(a, b)
)

/**
 * Shows the function with its options, or the name of a user-defined metric.
 *
 * @category instances
 * @since 0.1.0
 */
export const showMetric: Show<Metric> = {
  show: ({ name, made }) =>
    made === null
      ? `metric(${showValue(name)})`
      : Object.keys(made.options).length === 0
        ? made.word
        : `${made.word}(${showValue(made.options)})`
}
