/**
 * Pattern matching on tagged unions: each fold takes one function for each variant.
 *
 * @since 0.1.0
 */
// folds
export { foldLauncher as launcher } from '../emit/launch/index.js'
export { foldGraftError as graftError } from '../GraftError.js'
export { fold as transform } from '../data/transforms/Transform.js'
export { foldBatchView as batchView, foldHoldout as holdout, foldNormalise as normalise } from '../data/index.js'
export { foldSource as source, foldTask as task } from '../data/index.js'
export { foldCut as cut, foldFreeze as freeze, foldHead as head, foldInit as init } from '../model/index.js'
export { foldLayer as layer, foldSplit as split, foldWeights as weights } from '../model/index.js'
export { foldCacheObstacle as cacheObstacle, foldPlan as plan } from '../plan/index.js'
export { foldStep as step } from '../recipe/Recipe.js'
export { foldSchedule as schedule } from '../recipe/Schedule.js'
export { foldEvent as event, foldLoss as loss, foldOptimiser as optimiser } from '../recipe/index.js'
export { foldWatcher as watcher } from '../recipe/index.js'
