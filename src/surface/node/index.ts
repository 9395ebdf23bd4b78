/**
 * The namespaces of `graft-vision/node`. Each lists public names of the rooms and defines nothing itself.
 *
 * @since 0.1.0
 */
export * as Engine from './Engine.js'
export * as Io from './Io.js'
