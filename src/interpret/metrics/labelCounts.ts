/**
 * Labels that are predicted, and their scores: what the metrics of multi-label tasks are made of.
 *
 * @since 0.1.0
 */
import { activate } from '../activation.js'
import type { MetricBatch } from '../Metric.js'

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
export interface Counts {
  readonly both: number
  readonly predicted: number
  readonly actual: number
}

/** The predicted labels, row by row. */
export const above = ({ outputs, width }: MetricBatch, thresh: number, sigmoid: boolean): ReadonlyArray<boolean> =>
  Array.from(activate(sigmoid ? 'sigmoid' : 'identity', width)(outputs), (p) => p > thresh)

export const countsIn = (
  predicted: ReadonlyArray<boolean>,
  { targets }: MetricBatch,
  at: ReadonlyArray<number>
): Counts => ({
  both: at.filter((i) => predicted[i]! && targets[i] === 1).length,
  predicted: at.filter((i) => predicted[i]!).length,
  actual: at.filter((i) => targets[i] === 1).length
})

/** The options of `Threshold`, with a default threshold. */
export const thresholdOptions = <const T extends number>(thresh: T) =>
  ({ thresh: { _tag: 'Real', min: -Infinity, default: thresh }, sigmoid: { _tag: 'Flag', default: true } }) as const

/** F-β of a precision and a recall. */
export const scoreOf = (precision: number, recall: number, beta: number, eps: number): number =>
  ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + eps)

export const range = (from: number, count: number, step: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => from + i * step)

export const meanOf = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length
