import type { Smoothed } from '../../recipe/index.js'
import type { Watched } from './watched.js'

/** The position within a training step of a recipe. */
export interface Within {
  readonly epoch: number
  /** Index of the next batch in the epoch's order. */
  readonly batch: number
  /** Training batches since the step began; an epoch that ended early trained fewer than it has. */
  readonly trained: number
  readonly smoothed: Smoothed
  readonly watched: Watched
}
