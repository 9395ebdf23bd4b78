/**
 * The check: model × input × task → Plan, or every mistake. It elaborates heads, infers shapes, resolves groups and
 * freezes, and reads the result: cost, summary, rates. It refuses to know tensors, files and JSON.
 *
 * @since 0.1.0
 */
export * from './archSummary.js'
export * from './bodyAndHead.js'
export * from './cost.js'
export { bodyNetwork } from './cutting.js'
export { createHead, linearHead } from './elaboration.js'
export * from './features.js'
export * from './foldPlan.js'
export * from './Plan.js'
export type { PlanFor } from './PlanFor.js'
export * from './rates.js'
export * from './summary.js'
export * from './training.js'
export type { PlanError } from './PlanError.js'
export { resolveFreeze } from './grouping.js'
