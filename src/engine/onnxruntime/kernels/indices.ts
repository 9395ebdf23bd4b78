import type { Tensor } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { sizeOf } from '../graph/shapes.js'
import type { Signature } from '../recording/Trace.js'

/** What tfjs's own checks of shapes look at in a tensor. */
export const likeTensor = ({ shape, dtype }: Signature): Tensor =>
  ({ shape: [...shape], dtype, rank: shape.length, size: sizeOf(shape) }) as unknown as Tensor

export const BEYOND_ANY_TENSOR = 2 ** 31 - 1

/** ONNX counts negative indices from the end, tfjs refuses them: here they are beyond every end, and fail as those do. */
export const neverNegative = (g: Graph, indices: Ref): Ref => {
  const isNegative = g.op('Less', [indices, g.scalar(0, 'int32')], indices.shape, { dtype: 'bool' })
  return arithmetic(g).where(isNegative, g.scalar(BEYOND_ANY_TENSOR, 'int32'), indices)
}

/** A matrix of one index a row, as positions in a list of what `outer` counts. */
export const flatIndices = (g: Graph, indices: Ref, outer: ReadonlyArray<number>): Ref => {
  const [count, depth] = [indices.shape[0]!, indices.shape[1]!]
  const strides = Int32Array.from(outer, (_, i) => sizeOf(outer.slice(i + 1)))
  const weights = g.table(`strides ${outer.join()}`, [depth, 1], () => strides)
  return neverNegative(g, g.reshape(g.op('MatMul', [indices, weights], [count, 1]), [count]))
}
