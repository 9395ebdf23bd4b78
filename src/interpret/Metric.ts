/**
 * `Metric`: a number computed over a validation set, batch by batch, from raw outputs and targets. A metric consists of
 * an initial state, an update for each batch, and a result; the type of its state is hidden.
 *
 * @category metrics
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as Eq from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../Opaque.js'
import { eqValue, showValue } from '../Value.js'
import { type InterpretError, interpretationError } from './InterpretError.js'

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
   * width]` with a 0 or 1 for each class, or numbers.
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
 * The targets of a metric: a class index per row, a 0 or 1 for each class, numbers, or anything.
 *
 * @category metrics
 * @since 0.1.0
 */
export type MetricTargets = 'classes' | 'labels' | 'numbers' | 'any'

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
  /** Null: a user-defined metric, or `iouPerClass`, neither of which can be written to JSON. */
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
}): Metric => {
  const at = (state: S): MetricState => ({
    step: (batch) => at(step(state, batch)),
    done: () => done(state)
  })
  return { _tag: 'Metric', name, f: opaque(name, at(init)), targets, least, made: null }
}

/** Records which function made a metric, so that it can be written to JSON. */
export const madeBy =
  (word: string, options: MetricWord['options'] = {}) =>
  (m: Metric): Metric => ({ ...m, made: { word, options } })

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
export const averageMetric = (name: string, f: (batch: MetricBatch) => number, rows: MetricRows = {}): Metric =>
  metric({
    ...rows,
    name,
    init: { sum: 0, n: 0 },
    step: (s, batch) => ({ sum: s.sum + f(batch) * batch.n, n: s.n + batch.n }),
    done: (s) => s.sum / s.n
  })

/** A number computed from all rows at once, for metrics that cannot be combined from batches. */
export const epochMetric = (name: string, f: (rows: MetricBatch) => number, rows: MetricRows = {}): Metric =>
  metric<ReadonlyArray<MetricBatch>>({
    ...rows,
    name,
    init: [],
    step: (all, batch) => [...all, batch],
    done: (all) => (all.length === 0 ? NaN : f(joined(all)))
  })

const joined = (all: ReadonlyArray<MetricBatch>): MetricBatch => ({
  outputs: Float32Array.from(all.flatMap(({ outputs }) => [...outputs])),
  targets: Float32Array.from(all.flatMap(({ targets }) => [...targets])),
  width: all[0]!.width,
  n: all.reduce((sum, { n }) => sum + n, 0)
})

// -------------------------------------------------------------------------------------
// evaluating
// -------------------------------------------------------------------------------------

/** Number of targets of a batch; null: any number. */
const targetCount = ({ targets }: Metric, { n, width }: MetricBatch): number | null =>
  targets === 'any' ? null : targets === 'classes' ? n : n * width

const misfit = (m: Metric, batch: MetricBatch): InterpretError | null => {
  const { outputs, targets, width, n } = batch
  if (outputs.length !== n * width)
    return interpretationError('outputs', `${n * width}, ${width} a row`, `${outputs.length}`, 'give whole rows')
  if (width < m.least)
    return interpretationError(m.name, `rows of at least ${m.least} outputs`, `${width}`, 'use another metric')
  const count = targetCount(m, batch)
  return count === null || count === targets.length
    ? null
    : interpretationError('targets', `${count} for ${m.name}`, `${targets.length}`, 'give those of the outputs')
}

/**
 * Computes a metric over batches in order. Errors: arrays that do not match each other or the metric, and a
 * user-defined metric that throws.
 *
 * @example
 * import { accuracy, evaluateMetric } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0.1, 0.9, 0.8, 0.2]), width: 2, targets: new Int32Array([1, 1]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(accuracy)([batch]), { _tag: 'Right', right: 0.5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const evaluateMetric =
  (m: Metric) =>
  (batches: Iterable<MetricBatch>): E.Either<InterpretError, number> => {
    const all = [...batches]
    const [wrong] = all.flatMap((batch) => misfit(m, batch) ?? [])
    return wrong === undefined
      ? E.tryCatch(
          () => all.reduce((state, batch) => state.step(batch), m.f.run).done(),
          (e) => interpretationError(`metric ${m.name}`, 'a metric that does not throw', String(e), 'mend the metric')
        )
      : E.left(wrong)
  }

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
