import type { Smoothed } from '../../recipe/index.js'
import type { Watched } from './watched.js'

/** How far a training step of a recipe has come. */
export interface Within {
  readonly epoch: number
  /** Where in the epoch's order of batches the next one stands. */
  readonly batch: number
  /** Training batches made since the step began: an epoch ended early leaves some of its own out. */
  readonly trained: number
  readonly smoothed: Smoothed
  readonly watched: Watched
}
