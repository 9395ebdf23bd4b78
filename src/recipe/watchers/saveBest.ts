import type { WatcherKind } from './WatcherKind.js'
import { watching } from './Watching.js'
import { improves, measuredBy, type Tracked, trackedOptions } from './tracking.js'

/**
 * Saves the best model so far, and restores it at the end.
 *
 * @category events
 * @since 0.1.0
 */
export interface SaveBest extends Tracked {
  readonly _tag: 'SaveBest'
  /** When to save: after each improvement, or after each epoch, under a name with the epoch's number. */
  readonly every: 'improvement' | 'epoch'
  readonly name: string
}

/**
 * Saves the learner as `name` (default `bestmodel`) whenever `monitor` (default `valid_loss`) reaches a new best, and
 * restores the best parameters and buffers when the step ends. With `every: 'epoch'` it saves `<name>_<epoch>` after
 * every epoch and restores nothing. fastai's `SaveModelCallback`.
 *
 * @example
 * import { earlyStopping, Recipe, saveBest } from 'graft-vision'
 *
 * const recipe = Recipe.until(earlyStopping({ patience: 3 }), saveBest())(Recipe.fit(30, 1e-3))
 * assert.strictEqual(recipe.length, 1)
 *
 * @category events
 * @since 0.1.0
 */
export const saveBest = (options: Partial<Omit<SaveBest, '_tag'>> = {}): SaveBest => ({
  _tag: 'SaveBest',
  ...saveBestKind.defaults,
  ...options
})

export const saveBestKind: WatcherKind<SaveBest> = {
  name: 'saveBest',
  defaults: { monitor: 'valid_loss', mode: 'auto', every: 'improvement', name: 'bestmodel' },
  options: {
    ...trackedOptions,
    every: { _tag: 'OneOf', values: ['improvement', 'epoch'] },
    name: { _tag: 'FileName' }
  },
  watching: (w) =>
    w.every === 'epoch'
      ? watching<null>({
          start: null,
          monitor: null,
          onEpoch: (_, { epoch }) => [null, [{ _tag: 'SaveModel', name: `${w.name}_${epoch}` }]],
          onEnd: () => []
        })
      : watching<number | null>({
          start: null,
          monitor: w.monitor,
          onEpoch: (best, seen) => {
            const [value, { name }] = [measuredBy(w, seen), w]
            if (value === null || !improves(w, best, value)) return [best, []]
            return [
              value,
              [
                { _tag: 'Keep', name },
                { _tag: 'SaveModel', name }
              ]
            ]
          },
          onEnd: (best) => (best === null ? [] : [{ _tag: 'Restore', name: w.name }])
        })
}
