/**
 * A plan in other languages: readings that give a file's content instead of running anything. It knows what a layer
 * means to a reader that is not graft; it refuses to know tensors that compute, and files on a disk.
 *
 * @since 0.1.0
 */
export { type ExportError, exportError } from './ExportError.js'
export { type OnnxOptions, toOnnx } from './toOnnx.js'
