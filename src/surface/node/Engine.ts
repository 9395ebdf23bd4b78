/**
 * Running plans on an engine: programs for training and prediction, their state, and differentiable tensor operations
 * that TensorFlow.js lacks.
 *
 * @since 0.1.0
 */
// engines
export { type Engine, engineFailure, type EngineFetching, type EngineStats } from '../../engine/index.js'
export { engineUnavailable, type LoadedModel, type Recorded, type Replay } from '../../engine/index.js'

// programs
export { type Arrays, compile, compileGradCam, compileInference, type EngineBatch } from '../../engine/index.js'
export { type Evaluation, type GradCam, hasHeatmaps, type Heatmaps, type Inference } from '../../engine/index.js'
export { type ParameterHyper, type Program, readyInference, type StepInput } from '../../engine/index.js'
export type { StepOptions } from '../../engine/index.js'

// state
export { freshOptimiser, initialState, type OptimiserState, type StateDict, stateNames } from '../../engine/index.js'

// tensors
export { batchNormTrain, type BatchNormTrained, convolve, type Convolved, engineShape } from '../../engine/index.js'
export { lossPerSample, meanLoss, type Mode, optimiserStep, runNetwork, toEngine, toTorch } from '../../engine/index.js'
