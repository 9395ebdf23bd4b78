/**
 * `iouPerClass`: intersection over union of each class.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { metricOf, metricRecord } from './MetricRecord.js'
import { overlapState } from './overlapState.js'

export const iouOfClassRecord = /*#__PURE__*/ metricRecord({
  word: 'iouOfClass',
  name: ({ code }) => `iou_${code}`,
  options: { codes: { _tag: 'Names', default: null }, code: { _tag: 'Name', default: null } },
  targets: 'classes',
  measures: 'intersection over union of the pixels of one class of `codes`',
  computed: ({ codes, code }) => overlapState(codes.length, (ious) => ious[codes.indexOf(code)] ?? NaN)
})

/**
 * Intersection over union |A ∩ B| / |A ∪ B| of one class of `codes` over all pixels, named `iou_` and the class; NaN for
 * a class that neither occurs nor is predicted.
 *
 * @example
 * import { evaluateMetric, iouOfClass } from 'graft-vision'
 *
 * const pixels = { outputs: new Float32Array([1, 0, 0, 1]), width: 2, targets: new Int32Array([0, 0]), n: 2 }
 * const sky = iouOfClass({ codes: ['sky', 'road'], code: 'sky' })
 * assert.deepStrictEqual(evaluateMetric(sky)([pixels]), { _tag: 'Right', right: 0.5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const iouOfClass = (options: { readonly codes: ReadonlyArray<string>; readonly code: string }): Metric =>
  metricOf(iouOfClassRecord, options)

/**
 * `iouOfClass` of each class.
 *
 * @example
 * import { evaluateMetric, iouPerClass } from 'graft-vision'
 *
 * const pixels = { outputs: new Float32Array([1, 0, 0, 1]), width: 2, targets: new Int32Array([0, 0]), n: 2 }
 * const [sky, road] = iouPerClass(['sky', 'road']).map((m) => evaluateMetric(m)([pixels]))
 * assert.deepStrictEqual([sky, road], [{ _tag: 'Right', right: 0.5 }, { _tag: 'Right', right: 0 }])
 *
 * @category metrics
 * @since 0.1.0
 */
export const iouPerClass = (codes: ReadonlyArray<string>): ReadonlyArray<Metric> =>
  codes.map((code) => iouOfClass({ codes, code }))
