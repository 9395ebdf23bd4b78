/**
 * `Watcher`: a rule that watches the training steps of a recipe and may end them, lower their rates or keep the best
 * model. Watchers are part of the recipe and their state is part of a checkpoint, so a resumed run decides as an
 * uninterrupted one.
 *
 * @category events
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { opaque, type Opaque } from '../Opaque.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import { type RecipeError, recipeError } from './RecipeError.js'
import { type EarlyStopping, earlyStoppingKind } from './watchers/earlyStopping.js'
import { type ReduceLrOnPlateau, reduceLrOnPlateauKind } from './watchers/reduceLrOnPlateau.js'
import { type SaveBest, saveBestKind } from './watchers/saveBest.js'
import { type TerminateOnNaN, terminateOnNaNKind } from './watchers/terminateOnNaN.js'
import { allows, expectedOf, type WatcherKind, type WatcherOption } from './watchers/WatcherKind.js'
import type { Watching } from './watchers/Watching.js'

/**
 * A user-defined watcher with a name. Its functions cannot be written to a file, so a recipe that contains one has no
 * JSON form.
 *
 * @category events
 * @since 0.1.0
 */
export interface CustomWatcher {
  readonly _tag: 'CustomWatcher'
  readonly watching: Opaque<string, Watching>
}

export type Watcher = EarlyStopping | SaveBest | ReduceLrOnPlateau | TerminateOnNaN | CustomWatcher

/**
 * A user-defined watcher: an initial JSON state, and functions that return the next state and requests after each epoch
 * and at the end of the step. Two watchers are equal when their names and functions are.
 *
 * @example
 * import { customWatcher, Recipe } from 'graft-vision'
 *
 * const halving = customWatcher('halving', {
 *   start: 0,
 *   monitor: null,
 *   onEpoch: (epochs, _) => [Number(epochs) + 1, [{ _tag: 'ScaleRates', factor: 0.5 }]],
 *   onEnd: () => []
 * })
 * assert.strictEqual(Recipe.until(halving)(Recipe.fit(3, 1e-3)).length, 1)
 *
 * @category events
 * @since 0.1.0
 */
export const customWatcher = (name: string, watching: Watching): Watcher => ({
  _tag: 'CustomWatcher',
  watching: opaque(name, watching)
})

/**
 * Folds a watcher: one function for each case.
 *
 * @example
 * import { Fold, saveBest } from 'graft-vision'
 *
 * const name = Fold.watcher({
 *   EarlyStopping: () => null, SaveBest: ({ name }) => name, ReduceLrOnPlateau: () => null, TerminateOnNaN: () => null,
 *   CustomWatcher: () => null
 * })
 * assert.strictEqual(name(saveBest()), 'bestmodel')
 *
 * @category folds
 * @since 0.1.0
 */
export const foldWatcher = /*#__PURE__*/ foldUnion<Watcher>()

/**
 * The watchers that are plain data: all but user-defined ones.
 *
 * @category events
 * @since 0.1.0
 */
export type NamedWatcher = Exclude<Watcher, CustomWatcher>

type ByTag = { readonly [T in NamedWatcher['_tag']]: Extract<NamedWatcher, { readonly _tag: T }> }

/**
 * Every kind of named watcher.
 *
 * @since 0.1.0
 */
export const watcherKinds: { readonly [T in keyof ByTag]: WatcherKind<ByTag[T]> } = {
  EarlyStopping: earlyStoppingKind,
  SaveBest: saveBestKind,
  ReduceLrOnPlateau: reduceLrOnPlateauKind,
  TerminateOnNaN: terminateOnNaNKind
}

const atWork = <T extends keyof ByTag>(w: ByTag[T]): Watching => watcherKinds[w._tag].watching(w)

/**
 * A watcher's functions and initial state.
 *
 * @internal
 */
export const watchingOf = (w: Watcher): Watching => (w._tag === 'CustomWatcher' ? w.watching.run : atWork(w))

const optionsOf = ({ _tag, ...options }: NamedWatcher): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(options)

/**
 * The watcher of a kind with the given options and defaults for the others. The options must be those of the kind.
 *
 * @internal
 */
export const watcherNamed = (tag: NamedWatcher['_tag'], options: Readonly<Record<string, unknown>>): NamedWatcher =>
  ({ _tag: tag, ...watcherKinds[tag].defaults, ...options }) as NamedWatcher

/**
 * Every invalid option of a watcher.
 *
 * @internal
 */
export const checkWatcher = (w: Watcher, path: string): ReadonlyArray<RecipeError> => {
  if (w._tag === 'CustomWatcher') return []
  const options: Readonly<Record<string, WatcherOption>> = watcherKinds[w._tag].options
  return optionsOf(w).flatMap(([name, value]) => {
    const option = options[name]
    return option === undefined || allows(option, value)
      ? []
      : [recipeError(`${path}.${name}`, expectedOf(option), showValue(value), `give ${name} ${expectedOf(option)}`)]
  })
}

/**
 * Equality of watchers.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqWatcher: Eq<Watcher> = eqValue()

/**
 * The options that differ from the defaults.
 *
 * @internal
 */
export const chosenOptions = (w: NamedWatcher): Readonly<Record<string, unknown>> => {
  const defaults: Readonly<Record<string, unknown>> = { ...watcherKinds[w._tag].defaults }
  return Object.fromEntries(optionsOf(w).filter(([name, value]) => value !== defaults[name]))
}

/**
 * Shows a watcher as source code: `earlyStopping({ patience: 2 })`.
 *
 * @category instances
 * @since 0.1.0
 */
export const showWatcher: Show<Watcher> = {
  show: (w) => {
    if (w._tag === 'CustomWatcher') return showValue(w.watching)
    const chosen = chosenOptions(w)
    return `${watcherKinds[w._tag].name}(${Object.keys(chosen).length === 0 ? '' : showValue(chosen)})`
  }
}
