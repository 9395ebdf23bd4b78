import type { WatcherKind } from './WatcherKind.js'
import { watching } from './Watching.js'
import { patient, type Patience, type Tracked, trackedOptions, waited } from './tracking.js'

/**
 * Ends a training step when the monitored quantity stops improving.
 *
 * @category events
 * @since 0.1.0
 */
export interface EarlyStopping extends Tracked {
  readonly _tag: 'EarlyStopping'
  /** A change must exceed this to count as an improvement. */
  readonly minDelta: number
  /** Number of epochs without an improvement to tolerate. */
  readonly patience: number
}

/**
 * Ends the training step after more than `patience` (default 0) consecutive epochs in which `monitor` (default
 * `valid_loss`) did not improve by more than `minDelta` (default 0). The recipe continues with its next step. fastai's
 * `EarlyStoppingCallback`.
 *
 * @example
 * import { earlyStopping, Recipe, Show } from 'graft-vision'
 *
 * const recipe = Recipe.until(earlyStopping({ monitor: 'accuracy', patience: 2 }))(Recipe.fitOneCycle(20, 1e-3))
 * assert.ok(Show.recipe.show(recipe).includes("monitor: 'accuracy'"))
 *
 * @category events
 * @since 0.1.0
 */
export const earlyStopping = (options: Partial<Omit<EarlyStopping, '_tag'>> = {}): EarlyStopping => ({
  _tag: 'EarlyStopping',
  ...earlyStoppingKind.defaults,
  ...options
})

export const earlyStoppingKind: WatcherKind<EarlyStopping> = {
  name: 'earlyStopping',
  defaults: { monitor: 'valid_loss', mode: 'auto', minDelta: 0, patience: 0 },
  options: {
    ...trackedOptions,
    minDelta: { _tag: 'Real', min: 0, max: Infinity, open: false },
    patience: { _tag: 'Whole', min: 0 }
  },
  watching: (w) =>
    watching<Patience>({
      start: patient,
      monitor: w.monitor,
      onEpoch: (state, seen) => {
        const next = waited(w, state, seen)
        return [next, next.wait > w.patience ? [{ _tag: 'EndStep' }] : []]
      },
      onEnd: () => []
    })
}
