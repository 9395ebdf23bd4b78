/**
 * The namespaces of `graft-vision/node`. Each lists what is public of the rooms it draws on, and holds nothing of its
 * own.
 *
 * @since 0.1.0
 */
export * as Engine from './Engine.js'
export * as Io from './Io.js'
