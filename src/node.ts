/**
 * graft in Node: engines, files and pictures, the runner.
 *
 * @since 0.1.0
 */
export * from './engine/index.js'
export * from './io/index.js'
export * from './learn/index.js'
