/**
 * `History`: what training recorded, updated by events (fastai's Recorder, as a pure value).
 *
 * @category events
 * @since 0.1.0
 */
import type { Row } from './Event.js'

export interface History {
  /** Smoothed training loss after each training batch, over all fits. */
  readonly losses: ReadonlyArray<number>
  /** Learning rate of the last group at each training batch; `moms` holds the momentum. */
  readonly lrs: ReadonlyArray<number>
  readonly moms: ReadonlyArray<number>
  readonly rows: ReadonlyArray<Row>
}

/**
 * An empty history.
 *
 * @category events
 * @since 0.1.0
 */
export const emptyHistory: History = { losses: [], lrs: [], moms: [], rows: [] }

/**
 * A debiased exponential average of training losses: a ← βa + (1−β)l, reported as a/(1−βⁿ), β = 0.98.
 *
 * @since 0.1.0
 */
export interface Smoothed {
  readonly average: number
  readonly count: number
}

/**
 * The average before the first loss; reported as NaN.
 *
 * @since 0.1.0
 */
export const noLosses: Smoothed = { average: 0, count: 0 }

/**
 * β of the average, as in fastai's `SmoothenValue`.
 *
 * @since 0.1.0
 */
export const smoothing = 0.98

/**
 * Adds a loss to the average: a ← βa + (1−β)l; β defaults to `smoothing`.
 *
 * @example
 * import { addLoss, noLosses } from './index.js'
 *
 * assert.deepStrictEqual(addLoss(2, 0.5)(addLoss(4, 0.5)(noLosses)), { average: 2, count: 2 })
 *
 * @since 0.1.0
 */
export const addLoss =
  (loss: number, beta = smoothing) =>
  (s: Smoothed): Smoothed => ({ average: beta * s.average + (1 - beta) * loss, count: s.count + 1 })

/**
 * The debiased average: a/(1−βⁿ), NaN before the first loss. β must be the one given to `addLoss`.
 *
 * @example
 * import { addLoss, noLosses, smoothedLoss } from './index.js'
 *
 * assert.ok(Math.abs(smoothedLoss()(addLoss(0.7)(noLosses)) - 0.7) < 1e-12)
 *
 * @since 0.1.0
 */
export const smoothedLoss =
  (beta = smoothing) =>
  (s: Smoothed): number =>
    s.count === 0 ? NaN : s.average / (1 - beta ** s.count)
