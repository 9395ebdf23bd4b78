import { type Explained, explained } from '../Explained.js'

/**
 * An error that prevents a plan from being exported: an array that its network needs is missing or has another size.
 * `path` is the array's.
 *
 * @category errors
 * @since 0.1.0
 */
export type ExportError = Explained<'ExportError'>

/**
 * Makes an `ExportError`.
 *
 * @example
 * import { exportError } from './index.js'
 *
 * assert.strictEqual(exportError('fc.bias', '10 values', 'none', 'pass a whole state dict')._tag, 'ExportError')
 *
 * @since 0.1.0
 */
export const exportError = explained('ExportError')
