import type { WatcherKind } from './WatcherKind.js'
import { watching } from './Watching.js'
import { improves, measuredBy, type Tracked, trackedOptions } from './tracking.js'

/**
 * Saves the model as it gets better, and ends with the best.
 *
 * @since 0.1.0
 */
export interface SaveBest extends Tracked {
  readonly _tag: 'SaveBest'
  /** After each improvement, or after each epoch, whose number is then part of the name. */
  readonly every: 'improvement' | 'epoch'
  readonly name: string
}

/**
 * Saves the learner whenever `monitor` (default `valid_loss`) is better than ever, under `name` (default `bestmodel`), and
 * puts the best parameters and buffers back when the step ends. With `every: 'epoch'` it saves `<name>_<epoch>` after
 * every epoch and puts nothing back. fastai's `SaveModelCallback`.
 *
 * @example
 * import { earlyStopping, Recipe, saveBest } from 'graft-vision'
 *
 * const recipe = Recipe.until(earlyStopping({ patience: 3 }), saveBest())(Recipe.fit(30, 1e-3))
 * assert.strictEqual(recipe.length, 1)
 *
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
