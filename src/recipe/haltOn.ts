/**
 * `haltOn`: stopping a run with an `AbortSignal`.
 *
 * @since 0.1.0
 */
import type { Handler } from './Event.js'

/**
 * A handler that halts the run at the end of the batch during which the signal was aborted (for example by Ctrl-C). The
 * trained parameters are kept, a checkpoint is written if the run has one, and the run can be resumed bit for bit.
 * `withNodeEnv` takes the signal itself.
 *
 * @example
 * import { haltOn } from 'graft-vision'
 *
 * const controller = new AbortController()
 * const counters = { epoch: 0, epochs: 1, batch: 0, iteration: 0 }
 * const ended = { _tag: 'BatchEnd', train: true, loss: 1, smoothedLoss: 1, lrs: [1e-3], mom: 0.9, ...counters } as const
 * const handler = haltOn(controller.signal)
 * assert.strictEqual(handler(ended)(), 'continue')
 * controller.abort()
 * assert.strictEqual(handler(ended)(), 'halt')
 *
 * @category events
 * @since 0.1.0
 */
export const haltOn =
  (signal: { readonly aborted: boolean }): Handler =>
  (event) =>
  () =>
    signal.aborted && event._tag === 'BatchEnd' ? 'halt' : 'continue'
