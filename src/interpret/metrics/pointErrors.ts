/**
 * Distances of points from their targets, in pixels, from which the metrics of points are computed.
 *
 * @since 0.1.0
 */
import type { MetricBatch } from '../Metric.js'

/** The distance of a point from its target, and the longer side of the bounding box of its image's points. */
export interface PointError {
  readonly distance: number
  readonly extent: number
}

const spanOf = (values: ReadonlyArray<number>): number => Math.max(...values) - Math.min(...values)

/** The errors of all points of a batch, without missing ones. */
export const pointErrors = ({ outputs, targets, width, n }: MetricBatch): ReadonlyArray<PointError> =>
  Array.from({ length: n }, (_, i) => i * width).flatMap((from) => {
    const places = Array.from({ length: width / 2 }, (_, k) => from + 2 * k)
    const known = places.filter((at) => Number.isFinite(targets[at]!) && Number.isFinite(targets[at + 1]!))
    const extent = Math.max(spanOf(known.map((at) => targets[at]!)), spanOf(known.map((at) => targets[at + 1]!)))
    return known.map((at) => ({
      distance: Math.hypot(outputs[at]! - targets[at]!, outputs[at + 1]! - targets[at + 1]!),
      extent
    }))
  })
