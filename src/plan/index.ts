/**
 * Planning: model × input × task → Plan, or all mistakes. This room builds heads, infers shapes, resolves groups and
 * freezes, and computes cost, summary and learning rates from the result. It must not depend on tensors, files or JSON.
 *
 * @since 0.1.0
 */
export * from './archSummary.js'
export * from './bodyAndHead.js'
export * from './cost.js'
export { bodyNetwork } from './cutting.js'
export { createHead, linearHead } from './elaboration.js'
export { type CacheObstacle, foldCacheObstacle, showCacheObstacle } from './CacheObstacle.js'
export * from './embeddingPlan.js'
export * from './featureCache.js'
export * from './features.js'
export * from './foldPlan.js'
export * from './Plan.js'
export type { PlanFor } from './PlanFor.js'
export * from './rates.js'
export { refrozen } from './refrozen.js'
export * from './summary.js'
export * from './training.js'
export type { PlanError } from './PlanError.js'
export { resolveFreeze } from './grouping.js'
export { positionMatrix } from './positions.js'
export { attentionMask, relativePositions, type Windows, windowsOf } from './windows.js'
