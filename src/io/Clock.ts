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
 * @category capabilities
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
 * @category environment
 * @since 0.1.0
 */
export interface HasClock {
  readonly clock: Clock
}

/**
 * This machine's clock.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * assert.ok(Io.nodeClock.now() > 0)
 *
 * @category capabilities
 * @since 0.1.0
 */
export const nodeClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => () => new Promise((resolve) => setTimeout(resolve, milliseconds))
}
