import type { Tensor } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { sizeOf } from '../graph/shapes.js'
import type { Signature } from '../recording/Trace.js'

/** The part of a tensor that tfjs's shape checks read. */
export const likeTensor = ({ shape, dtype }: Signature): Tensor =>
  ({ shape: [...shape], dtype, rank: shape.length, size: sizeOf(shape) }) as unknown as Tensor

export const BEYOND_ANY_TENSOR = 2 ** 31 - 1

/**
 * ONNX counts negative indices from the end, tfjs rejects them; they are mapped beyond the end, where they fail too.
 */
export const neverNegative = (g: Graph, indices: Ref): Ref => {
  const isNegative = g.op('Less', [indices, g.scalar(0, 'int32')], indices.shape, { dtype: 'bool' })
  return arithmetic(g).where(isNegative, g.scalar(BEYOND_ANY_TENSOR, 'int32'), indices)
}

/** Converts a matrix of one index per row to positions in the flattened `outer` axes. */
export const flatIndices = (g: Graph, indices: Ref, outer: ReadonlyArray<number>): Ref => {
  const [count, depth] = [indices.shape[0]!, indices.shape[1]!]
  const strides = Int32Array.from(outer, (_, i) => sizeOf(outer.slice(i + 1)))
  const weights = g.table(`strides ${outer.join()}`, [depth, 1], () => strides)
  return neverNegative(g, g.reshape(g.op('MatMul', [indices, weights], [count, 1]), [count]))
}
