import type { WatcherKind } from './WatcherKind.js'
import { watching } from './Watching.js'
import { patient, type Patience, type Tracked, trackedOptions, waited } from './tracking.js'

/**
 * Lowers the learning rates when the monitored quantity stops improving.
 *
 * @category events
 * @since 0.1.0
 */
export interface ReduceLrOnPlateau extends Tracked {
  readonly _tag: 'ReduceLrOnPlateau'
  readonly minDelta: number
  readonly patience: number
  /** The factor of the learning rates, in (0, 1). */
  readonly factor: number
  /** Rates at or below this are not lowered. */
  readonly minLr: number
}

/**
 * Multiplies every group's learning rate by `factor` (default 0.2) after more than `patience` (default 0) consecutive
 * epochs in which `monitor` (default `valid_loss`) did not improve by more than `minDelta` (default 0), then starts
 * counting again. Stops once the last group's rate is at or below `minLr` (default 1e-3). fastai's
 * `ReduceLROnPlateauCallback`.
 *
 * @example
 * import { Recipe, reduceLrOnPlateau } from 'graft-vision'
 *
 * const recipe = Recipe.until(reduceLrOnPlateau({ patience: 2, minLr: 1e-6 }))(Recipe.fit(30, 1e-3))
 * assert.strictEqual(recipe[0]?._tag, 'Fit')
 *
 * @category events
 * @since 0.1.0
 */
export const reduceLrOnPlateau = (options: Partial<Omit<ReduceLrOnPlateau, '_tag'>> = {}): ReduceLrOnPlateau => ({
  _tag: 'ReduceLrOnPlateau',
  ...reduceLrOnPlateauKind.defaults,
  ...options
})

export const reduceLrOnPlateauKind: WatcherKind<ReduceLrOnPlateau> = {
  name: 'reduceLrOnPlateau',
  defaults: { monitor: 'valid_loss', mode: 'auto', minDelta: 0, patience: 0, factor: 0.2, minLr: 1e-3 },
  options: {
    ...trackedOptions,
    minDelta: { _tag: 'Real', min: 0, max: Infinity, open: false },
    patience: { _tag: 'Whole', min: 0 },
    factor: { _tag: 'Real', min: 0, max: 1, open: true },
    minLr: { _tag: 'Real', min: 0, max: Infinity, open: false }
  },
  watching: (w) =>
    watching<Patience>({
      start: patient,
      monitor: w.monitor,
      onEpoch: (state, seen) => {
        const next = waited(w, state, seen)
        return next.wait > w.patience && seen.lr !== null && seen.lr > w.minLr
          ? [{ ...next, wait: 0 }, [{ _tag: 'ScaleRates', factor: w.factor }]]
          : [next, []]
      },
      onEnd: () => []
    })
}
