/** Comparison of a monitored quantity with its best value so far, as in fastai's `TrackerCallback`. */
import type { WatcherOption } from './WatcherKind.js'
import type { EpochSeen } from './Watching.js'

/**
 * Whether lower or higher is better. `auto`: lower if the name contains `loss` or `error`, otherwise higher.
 *
 * @category events
 * @since 0.1.0
 */
export type TrackingMode = 'auto' | 'min' | 'max'

/** What a watcher monitors. */
export interface Tracked {
  /** `valid_loss`, `train_loss`, or the name of one of the learner's metrics. */
  readonly monitor: string
  readonly mode: TrackingMode
}

/** Options of every watcher that monitors a quantity. */
export const trackedOptions: { readonly [K in keyof Tracked]: WatcherOption } = {
  monitor: { _tag: 'Name' },
  mode: { _tag: 'OneOf', values: ['auto', 'min', 'max'] }
}

const falls = ({ monitor, mode }: Tracked): boolean =>
  mode === 'min' || (mode === 'auto' && (monitor.includes('loss') || monitor.includes('error')))

/** The monitored value; null: not measured. */
export const measuredBy = ({ monitor }: Tracked, { values }: EpochSeen): number | null => values[monitor] ?? null

/**
 * Returns whether `value` is better than `best` by more than `minDelta`. Any finite number is better than null; NaN and
 * infinities never are.
 */
export const improves = (tracked: Tracked, best: number | null, value: number, minDelta = 0): boolean =>
  Number.isFinite(value) && (best === null || (falls(tracked) ? value + minDelta < best : value - minDelta > best))

/** The number of epochs without an improvement, and the best value so far. */
export type Patience = { readonly best: number | null; readonly wait: number }

export const patient: Patience = { best: null, wait: 0 }

/** The next count: 0 after an improvement, unchanged if nothing was measured. */
export const waited = (tracked: Tracked & { readonly minDelta: number }, now: Patience, seen: EpochSeen): Patience => {
  const value = measuredBy(tracked, seen)
  if (value === null) return now
  return improves(tracked, now.best, value, tracked.minDelta)
    ? { best: value, wait: 0 }
    : { ...now, wait: now.wait + 1 }
}
