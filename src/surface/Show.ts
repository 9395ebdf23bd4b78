/**
 * Display as source code: an instance of fp-ts's `Show` for every type of value.
 *
 * @since 0.1.0
 */
// instances
export { showLauncher as launcher } from '../emit/launch/index.js'
export { showGraftError as graftError } from '../GraftError.js'
export { showTransform as transform } from '../data/transforms/Transform.js'
export { showBatchView as batchView, showDataSpec as dataSpec, showHoldout as holdout } from '../data/index.js'
export { showNormalise as normalise, showSource as source, showTask as task } from '../data/index.js'
export { showInterpretation as interpretation, showMetric as metric } from '../interpret/index.js'
export { showArch as arch, showBatchNormPolicy as batchNormPolicy, showBody as body } from '../model/index.js'
export { showCut as cut, showFreeze as freeze, showHead as head, showInit as init } from '../model/index.js'
export { showLayer as layer, showModel as model, showSplit as split, showWeights as weights } from '../model/index.js'
export { showCacheObstacle as cacheObstacle } from '../plan/index.js'
export { showRecipe as recipe, showStep as step } from '../recipe/Recipe.js'
export { showSchedule as schedule } from '../recipe/Schedule.js'
export { showEvent as event, showLoss as loss, showOptimiser as optimiser } from '../recipe/index.js'
export { showRates as rates, showRow as row, showVerdict as verdict, showWatcher as watcher } from '../recipe/index.js'
