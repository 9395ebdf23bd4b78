/**
 * The interpreter of plans: forward, losses, optimiser steps over any tfjs backend. It knows the plan and tensors; it
 * refuses to know epochs, files and how the backend computes.
 *
 * @since 0.1.0
 */
export * from './Program.js'
export { runNetwork, type Arrays, type Mode } from './forward.js'
export { lossPerSample, meanLoss } from './losses.js'
export { optimiserStep, stateNames, hyperTensor, isDecoupled, type ParameterHyper } from './optimise.js'
export { engineShape, toEngine, toTorch } from './layout.js'
