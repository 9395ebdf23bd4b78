/**
 * Trained models behind HTTP: requests, their batches in worker threads, responses, and a page. This room knows paths,
 * statuses and queues; how images are predicted is up to `learn`.
 *
 * @since 0.1.0
 */
export { listen, type Listening, type ListenOptions } from './listening.js'
export { serveHandler, type ServeHandler } from './serveHandler.js'
export { type RequestEntry, type ServeOptions } from './ServeOptions.js'
export { type LivePage, livePage } from './live.js'
export { type ServeError } from './ServeError.js'
