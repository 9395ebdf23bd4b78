/**
 * Engines: everything that computes with tensors. This room knows TensorFlow.js, its backends and native libraries, and
 * exchanges typed arrays with the others. It must not depend on files, the training loop or the command line.
 *
 * @since 0.1.0
 */
export { acquireEngine, type EngineOptions } from './acquireEngine.js'
export { costsId, ownCosts, type ConvCosts, type EngineCosts } from './ConvCosts.js'
export {
  engineNames,
  type Engine,
  type EngineFetching,
  type EngineName,
  type EngineStats,
  type LoadedModel,
  type Recorded,
  type Replay
} from './Engine.js'
export { engineFailure, engineUnavailable, type EngineError } from './EngineError.js'
export { batchNormTrain, type BatchNormTrained } from './fusedBatchNorm.js'
export { convolve, type Convolved } from './fusedConv.js'
export { listEngines, type EngineReport } from './listEngines.js'
export * from './program/index.js'
export { physicalCores } from './threads.js'
export { tuneEngine, tunedCostsFile, type Tuned, type TuneOptions } from './tuneEngine.js'
