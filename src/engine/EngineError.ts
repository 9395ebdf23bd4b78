import { explained, type Explained } from '../Explained.js'

/**
 * Errors of an engine: it is unavailable here (`EngineUnavailable`), or it failed while computing (`EngineFailure`).
 * `path` is the engine's name, or the layer, array or optimiser at fault.
 *
 * @category errors
 * @since 0.1.0
 */
export type EngineError = Explained<'EngineUnavailable'> | Explained<'EngineFailure'>

/**
 * Makes the error for an engine that cannot be used here, with the remedy.
 *
 * @example
 * import { Engine } from 'graft-vision/node'
 *
 * const error = Engine.engineUnavailable('tensorflow', '@tensorflow/tfjs-node', 'not installed', 'npm install it')
 * assert.strictEqual(error._tag, 'EngineUnavailable')
 *
 * @category engines
 * @since 0.1.0
 */
export const engineUnavailable = explained('EngineUnavailable')

/**
 * Makes the error for an engine that failed while computing.
 *
 * @example
 * import { Engine } from 'graft-vision/node'
 *
 * assert.strictEqual(Engine.engineFailure('cpu', 'a loss', 'an exception', 'look at the shapes')._tag, 'EngineFailure')
 *
 * @category engines
 * @since 0.1.0
 */
export const engineFailure = explained('EngineFailure')
