/**
 * `StoredTensor`: a tensor as stored in a file.
 *
 * @since 0.1.0
 */
import type { Dtype, TensorArray } from './dtype.js'

/**
 * Values with their type and shape, in row-major order.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface StoredTensor {
  readonly dtype: Dtype
  readonly shape: ReadonlyArray<number>
  readonly data: TensorArray
}

/** Number of elements of a shape, or null if it is beyond any file. */
export const elements = (shape: ReadonlyArray<number>): number | null => {
  // a side of 0 must not hide an overflow of the others
  const product = shape.reduce((n, side) => n * Math.max(side, 1), 1)
  return !Number.isSafeInteger(product) ? null : shape.includes(0) ? 0 : product
}
