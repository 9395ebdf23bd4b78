/**
 * graft: vision transfer learning as values. This entry contains the values and everything computed from them alone; it
 * reads no file, starts nothing and loads no native library. What runs is in `graft-vision/node`.
 *
 * @since 0.1.0
 */
export * from './arch/index.js'
export * from './data/index.js'
export * from './data/pixel/index.js'
export * from './emit/index.js'
export * from './Explained.js'
export * from './format/index.js'
export * from './GraftError.js'
export * from './interpret/draw/index.js'
export * from './interpret/index.js'
export * from './model/index.js'
export * from './Opaque.js'
export * from './plan/index.js'
export * from './recipe/index.js'
export * from './Seed.js'
export * from './Value.js'
export * from './version.js'
