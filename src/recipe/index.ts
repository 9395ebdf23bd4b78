/**
 * How a model is trained: schedules, learning rates per group, steps and their monoid, optimisers, losses, and the
 * events of a run. This room must not depend on tensor values, batches or files.
 *
 * @since 0.1.0
 */
export * from './Event.js'
export * from './haltOn.js'
export * from './History.js'
export * from './Loss.js'
export { classWeightsIn, withClassWeights } from './losses/withClassWeights.js'
export * from './LrFind.js'
export * from './Optimiser.js'
export * from './Phase.js'
export * from './Rates.js'
export * from './RecipeError.js'
export * from './RunRow.js'
export * as Recipe from './Recipe.js'
export * as Schedule from './Schedule.js'
export { accumulate } from './accumulate.js'
export { ema, swa } from './averaged.js'
export type { Averaging, Ema, Swa } from './Averaging.js'
export { progressiveResizing } from './progressiveResizing.js'
export { fineTune, type FineTuneOptions } from './schedules/fineTune.js'
export { fitFlatCos, type FlatCosOptions } from './schedules/fitFlatCos.js'
export { fitSgdr, type SgdrOptions } from './schedules/fitSgdr.js'
export { fitWarmupCosine, type WarmupCosineOptions } from './schedules/fitWarmupCosine.js'
export { gradualUnfreezing } from './schedules/gradualUnfreezing.js'
export {
  checkWatcher,
  chosenOptions,
  type CustomWatcher,
  customWatcher,
  eqWatcher,
  foldWatcher,
  type NamedWatcher,
  showWatcher,
  type Watcher,
  watcherKinds,
  watcherNamed,
  watchingOf
} from './Watcher.js'
export { type EarlyStopping, earlyStopping } from './watchers/earlyStopping.js'
export { type ReduceLrOnPlateau, reduceLrOnPlateau } from './watchers/reduceLrOnPlateau.js'
export { type SaveBest, saveBest } from './watchers/saveBest.js'
export { type TerminateOnNaN, terminateOnNaN } from './watchers/terminateOnNaN.js'
export { type TrackingMode } from './watchers/tracking.js'
export { type WatcherOption } from './watchers/WatcherKind.js'
export { type Asked, type EpochSeen, type Request, type Watching } from './watchers/Watching.js'
