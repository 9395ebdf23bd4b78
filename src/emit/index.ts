/**
 * Export of plans to other formats: folds that return a file's content and run nothing. This room knows what each layer
 * means outside of graft; it must not depend on tensors or files.
 *
 * @since 0.1.0
 */
export { type ExportError, exportError } from './ExportError.js'
export { type OnnxOptions, toOnnx } from './toOnnx.js'
