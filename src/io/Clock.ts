/**
 * `Clock`: the time as a capability.
 *
 * @since 0.1.0
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'

/**
 * Operations of a clock.
 *
 * @since 0.1.0
 */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: IO<number>
  readonly sleep: (milliseconds: number) => Task<void>
}

/**
 * Requires a clock.
 *
 * @category model
 * @since 0.1.0
 */
export interface HasClock {
  readonly clock: Clock
}

/**
 * This machine's clock.
 *
 * @example
 * import { nodeClock } from 'graft-vision/node'
 *
 * assert.ok(nodeClock.now() > 0)
 *
 * @since 0.1.0
 */
export const nodeClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => () => new Promise((resolve) => setTimeout(resolve, milliseconds))
}
