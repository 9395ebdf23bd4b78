import { backend_util, util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'
import { sizeOf } from '../graph/shapes.js'
import { BEYOND_ANY_TENSOR, flatIndices, likeTensor, neverNegative } from './indices.js'

/**
 * Gathers from every image of a batch with its own indices: all rows form one list, and indices are offset by image.
 */
const perBatch = (g: Graph, x: Ref, indices: Ref): Ref => {
  const { add, gather, transpose, where } = arithmetic(g)
  const [batch, outer, length, inner] = x.shape as readonly [number, number, number, number]
  const starts = g.table(`starts ${length}`, [batch, 1], () => Int32Array.from({ length: batch }, (_, b) => b * length))
  const rows = g.reshape(transpose(x, [0, 2, 1, 3]), [batch * length, outer, inner])
  // an index beyond its image would read from the next one
  const isBelow = g.op('Less', [indices, g.scalar(length, 'int32')], indices.shape, { dtype: 'bool' })
  const own = where(isBelow, neverNegative(g, indices), g.scalar(BEYOND_ANY_TENSOR, 'int32'))
  const found = gather(rows, add(own, starts), 0)
  return transpose(found, [0, 2, 1, 3])
}

export const gather: Kernels = {
  GatherNd: kernel<'params' | 'indices'>(({ params, indices }) => {
    const [shape, count, columns] = backend_util.prepareAndValidate(likeTensor(params), likeTensor(indices))
    const depth = indices.shape.at(-1)!
    return form({ shape, dtype: params.dtype }, (g, i) => {
      const rows = flatIndices(g, g.reshape(i.indices, [count, depth]), params.shape.slice(0, depth))
      return arithmetic(g).gather(g.reshape(i.params, [sizeOf(params.shape) / columns, columns]), rows, 0)
    })
  }),
  GatherV2: kernel<'x' | 'indices', { axis: number; batchDims?: number }>(({ x, indices }, attributes) => {
    const axis = util.parseAxisParam(attributes.axis, [...x.shape])[0]!
    if (indices.dtype !== 'int32') return undefined
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      likeTensor(x),
      likeTensor(indices),
      axis,
      attributes.batchDims ?? 0
    )
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = info
    return form({ shape: outputShape, dtype: x.dtype }, (g, i) =>
      batchSize === 1
        ? arithmetic(g).gather(i.x, neverNegative(g, i.indices), axis)
        : perBatch(
            g,
            g.reshape(i.x, [batchSize, outerSize, dimSize, sliceSize]),
            g.reshape(i.indices, [batchSize, sizeOf(indices.shape) / batchSize])
          )
    )
  })
}
