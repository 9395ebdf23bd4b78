/**
 * `StoredTensor`: a tensor as a file has it.
 *
 * @since 0.1.0
 */
import type { Dtype, TensorArray } from './dtype.js'

/**
 * Values with their type and shape, the last side innermost.
 *
 * @category model
 * @since 0.1.0
 */
export interface StoredTensor {
  readonly dtype: Dtype
  readonly shape: ReadonlyArray<number>
  readonly data: TensorArray
}

/** Elements of a shape, or null where they are more than any file holds. */
export const elements = (shape: ReadonlyArray<number>): number | null => {
  // a side of 0 must not hide an overflow of the others
  const product = shape.reduce((n, side) => n * Math.max(side, 1), 1)
  return !Number.isSafeInteger(product) ? null : shape.includes(0) ? 0 : product
}
