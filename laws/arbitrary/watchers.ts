import * as fc from 'fast-check'
import {
  type NamedWatcher,
  type Watcher,
  watcherKinds,
  watcherNamed,
  type WatcherOption
} from '../../src/recipe/index.js'

/** Names that a recipe may give to files. */
export const fileNames: fc.Arbitrary<string> = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}$/)

const values = (option: WatcherOption): fc.Arbitrary<string | number> => {
  switch (option._tag) {
    case 'Name':
      // what any learner with a validation set and an accuracy measures
      return fc.constantFrom('valid_loss', 'train_loss', 'accuracy')
    case 'FileName':
      return fileNames
    case 'OneOf':
      return fc.constantFrom(...option.values)
    case 'Whole':
      return fc.integer({ min: option.min, max: option.min + 3 })
    case 'Real':
      // mostly the lower end: rates are small, and one that is never above minLr is never lowered
      return fc.constantFrom(...(option.open ? [] : [0, 0, 0]), 1, 3).map((n) => option.min + n / 10)
  }
}

const ofKind = (tag: NamedWatcher['_tag']): fc.Arbitrary<Watcher> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries<WatcherOption>(watcherKinds[tag].options).map(([name, option]) => [name, values(option)])
      ),
      { requiredKeys: [] }
    )
    .map((options) => watcherNamed(tag, options))

/**
 * Watchers of every kind that is data, without mistakes.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { checkRecipe, Recipe } from 'graft-vision'
 * import * as fc from 'fast-check'
 *
 * const fit = Recipe.fit(1, 1e-3)
 * fc.assert(fc.property(arbitrary.watchers, (w) => checkRecipe(Recipe.until(w)(fit)).length === 0), { seed: 1 })
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const watchers: fc.Arbitrary<Watcher> = fc.oneof(
  ...(Object.keys(watcherKinds) as ReadonlyArray<NamedWatcher['_tag']>).map(ofKind)
)
