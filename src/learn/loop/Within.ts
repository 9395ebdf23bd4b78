import type { Smoothed } from '../../recipe/index.js'
import type { Averaged } from './averaging.js'
import type { Watched } from './watched.js'

/** The position within a training step of a recipe. */
export interface Within {
  readonly epoch: number
  /** Index of the next batch in the epoch's order. */
  readonly batch: number
  /** Training batches since the step began; an epoch that ended early trained fewer than it has. */
  readonly trained: number
  /** Steps of the optimiser since the step began. */
  readonly updates: number
  readonly smoothed: Smoothed
  readonly watched: Watched
  /** The averaged parameters of a step with `ema` or `swa`; null: none yet. */
  readonly average: Averaged | null
}
