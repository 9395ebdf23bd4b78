/**
 * Comparing a monitored quantity with the best so far, as fastai's `TrackerCallback` does.
 */
import type { WatcherOption } from './WatcherKind.js'
import type { EpochSeen } from './Watching.js'

/**
 * Whether a quantity should fall or rise. `auto`: one whose name holds `loss` or `error` should fall, any other rise.
 *
 * @since 0.1.0
 */
export type TrackingMode = 'auto' | 'min' | 'max'

/** What a watcher follows. */
export interface Tracked {
  /** `valid_loss`, `train_loss`, or the name of a metric of the learner. */
  readonly monitor: string
  readonly mode: TrackingMode
}

/** Options of every watcher that follows a quantity. */
export const trackedOptions: { readonly [K in keyof Tracked]: WatcherOption } = {
  monitor: { _tag: 'Name' },
  mode: { _tag: 'OneOf', values: ['auto', 'min', 'max'] }
}

const falls = ({ monitor, mode }: Tracked): boolean =>
  mode === 'min' || (mode === 'auto' && (monitor.includes('loss') || monitor.includes('error')))

/** What was measured; null: nothing was. */
export const measuredBy = ({ monitor }: Tracked, { values }: EpochSeen): number | null => values[monitor] ?? null

/**
 * Whether `value` is better than `best` by more than `minDelta`. Any finite number is better than none; NaN and infinity
 * never are.
 */
export const improves = (tracked: Tracked, best: number | null, value: number, minDelta = 0): boolean =>
  Number.isFinite(value) && (best === null || (falls(tracked) ? value + minDelta < best : value - minDelta > best))

/** Epochs without an improvement, and the best value so far. */
export type Patience = { readonly best: number | null; readonly wait: number }

export const patient: Patience = { best: null, wait: 0 }

/** The next count: back to 0 with an improvement, as it was where nothing was measured. */
export const waited = (tracked: Tracked & { readonly minDelta: number }, now: Patience, seen: EpochSeen): Patience => {
  const value = measuredBy(tracked, seen)
  if (value === null) return now
  return improves(tracked, now.best, value, tracked.minDelta)
    ? { best: value, wait: 0 }
    : { ...now, wait: now.wait + 1 }
}
