import { explained, type Explained } from '../Explained.js'

/**
 * What can go wrong with an engine: it cannot be had here (`EngineUnavailable`), or it failed at work
 * (`EngineFailure`). `path` is the engine's name, or that of the layer, array or optimiser at fault.
 *
 * @category model
 * @since 0.1.0
 */
export type EngineError = Explained<'EngineUnavailable'> | Explained<'EngineFailure'>

/**
 * An engine that cannot be used here, and the remedy.
 *
 * @example
 * import { engineUnavailable } from 'graft-vision/node'
 *
 * const error = engineUnavailable('tensorflow', '@tensorflow/tfjs-node', 'not installed', 'npm install it')
 * assert.strictEqual(error._tag, 'EngineUnavailable')
 *
 * @category constructors
 * @since 0.1.0
 */
export const engineUnavailable = explained('EngineUnavailable')

/**
 * An engine that failed while it computed.
 *
 * @example
 * import { engineFailure } from 'graft-vision/node'
 *
 * assert.strictEqual(engineFailure('cpu', 'a loss', 'an exception', 'look at the shapes')._tag, 'EngineFailure')
 *
 * @category constructors
 * @since 0.1.0
 */
export const engineFailure = explained('EngineFailure')
