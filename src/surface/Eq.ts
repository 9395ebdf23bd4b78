/**
 * Structural equality: an instance of fp-ts's `Eq` for every type of value.
 *
 * @since 0.1.0
 */
// instances
export { eqLauncher as launcher } from '../emit/launch/index.js'
export { eqGraftError as graftError } from '../GraftError.js'
export { eqTransform as transform } from '../data/transforms/Transform.js'
export { eqBatchView as batchView, eqDataSpec as dataSpec, eqHoldout as holdout } from '../data/index.js'
export { eqNormalise as normalise, eqSource as source, eqTask as task } from '../data/index.js'
export { eqInterpretation as interpretation, eqMetric as metric } from '../interpret/index.js'
export { eqArch as arch, eqBatchNormPolicy as batchNormPolicy, eqBody as body, eqCut as cut } from '../model/index.js'
export { eqFreeze as freeze, eqHead as head, eqInit as init, eqLayer as layer } from '../model/index.js'
export { eqModel as model, eqSplit as split, eqWeights as weights } from '../model/index.js'
export { eqPlan as plan } from '../plan/index.js'
export { eqRecipe as recipe, eqStep as step } from '../recipe/Recipe.js'
export { eqSchedule as schedule } from '../recipe/Schedule.js'
export { eqEvent as event, eqLoss as loss, eqOptimiser as optimiser, eqRates as rates } from '../recipe/index.js'
export { eqRow as row, eqVerdict as verdict, eqWatcher as watcher } from '../recipe/index.js'
