/**
 * `evaluateMetric`: computes a metric over batches.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { showValue } from '../Value.js'
import { type InterpretError, interpretationError } from './InterpretError.js'
import type { Metric, MetricBatch } from './Metric.js'
import { wrongOptionsOf } from './metrics/metricRecords.js'

/** Number of targets of a batch; null: any number. */
const targetCount = ({ targets }: Metric, { n, width }: MetricBatch): number | null =>
  targets === 'any' ? null : targets === 'classes' ? n : n * width

const misfit = (m: Metric, batch: MetricBatch): InterpretError | null => {
  const { outputs, targets, width, n } = batch
  if (outputs.length !== n * width)
    return interpretationError('outputs', `${n * width}, ${width} a row`, `${outputs.length}`, 'pass complete rows')
  if (width < m.least)
    return interpretationError(m.name, `rows of at least ${m.least} outputs`, `${width}`, 'use another metric')
  const [option] = wrongOptionsOf(m)
  if (option !== undefined)
    return interpretationError(
      `${m.name}.${option.option}`,
      option.expected,
      showValue(option.found),
      'pass another value'
    )
  const count = targetCount(m, batch)
  return count === null || count === targets.length
    ? null
    : interpretationError('targets', `${count} for ${m.name}`, `${targets.length}`, 'pass one for each output')
}

/**
 * Computes a metric over batches in order. Errors: arrays that do not match each other or the metric, an
 * option out of its bounds, and a user-defined metric that throws.
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
          (e) => interpretationError(`metric ${m.name}`, 'a metric that does not throw', String(e), 'fix the metric')
        )
      : E.left(wrong)
  }
