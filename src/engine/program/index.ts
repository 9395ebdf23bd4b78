/**
 * The interpreter of plans: forward pass, losses and optimiser steps on any tfjs backend. This room knows plans and
 * tensors; it must not depend on the training loop, files or the implementation of a backend.
 *
 * @since 0.1.0
 */
export { compile, enoughRows, type Program } from './Program.js'
export { compileInference, type Evaluation, type Inference } from './Inference.js'
export { readyInference } from './readyInference.js'
export { compileGradCam, hasHeatmaps, type GradCam, type Heatmaps } from './gradCam.js'
export {
  type Accumulated,
  freshOptimiser,
  initialState,
  type OptimiserState,
  settled,
  type StateDict
} from './StateDict.js'
export type { EngineBatch } from './EngineBatch.js'
export type { StepInput, StepOptions } from './Training.js'
export type { Arrays } from './Arrays.js'
export { runNetwork, type Mode } from './forward.js'
export { lossPerSample, meanLoss } from './losses.js'
export type { ParameterHyper } from '../optimisers/index.js'
export { optimiserStep, stateNames } from './optimise.js'
export { engineShape, toEngine, toTorch } from './layout.js'
