/**
 * `History`: what training recorded; a value that grows with events (fastai's Recorder, without its side effects).
 *
 * @since 0.1.0
 */
import type { Row } from './Event.js'

export interface History {
  /** Smoothed training loss after each training batch, over all fits. */
  readonly losses: ReadonlyArray<number>
  /** The last group's rate, and the momentum, at each training batch. */
  readonly lrs: ReadonlyArray<number>
  readonly moms: ReadonlyArray<number>
  readonly rows: ReadonlyArray<Row>
}

/** @since 0.1.0 */
export const emptyHistory: History = { losses: [], lrs: [], moms: [], rows: [] }

/** The debiased exponential average of training losses: a ← βa + (1−β)l, shown a/(1−βⁿ), β = 0.98. */
export interface Smoothed {
  readonly average: number
  readonly count: number
}

/** @since 0.1.0 */
export const noLosses: Smoothed = { average: 0, count: 0 }

/** fastai's `SmoothenValue` constant. @since 0.1.0 */
export const smoothing = 0.98

/** @since 0.1.0 */
export const addLoss =
  (loss: number, beta = smoothing) =>
  (s: Smoothed): Smoothed => ({ average: beta * s.average + (1 - beta) * loss, count: s.count + 1 })

/**
 * The average shown.
 *
 * @example
 * import { addLoss, noLosses, smoothedLoss } from 'graft-vision'
 *
 * assert.ok(Math.abs(smoothedLoss()(addLoss(0.7)(noLosses)) - 0.7) < 1e-12)
 *
 * @since 0.1.0
 */
export const smoothedLoss =
  (beta = smoothing) =>
  (s: Smoothed): number =>
    s.count === 0 ? NaN : s.average / (1 - beta ** s.count)
