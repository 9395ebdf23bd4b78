import { backend_util } from '@tensorflow/tfjs-core'
import { arithmetic } from '../graph/arithmetic.js'
import { int, string, type Graph, type Ref } from '../graph/Graph.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'
import { sizeOf } from '../graph/shapes.js'
import type { Signature } from '../recording/Trace.js'
import { flatIndices, likeTensor } from './indices.js'

/** Slices of a tensor by position: the tensor as a matrix with one slice per row. */
interface Slices {
  /** Numbers in an index. */
  readonly depth: number
  readonly updates: number
  readonly rows: number
  readonly columns: number
  readonly outer: ReadonlyArray<number>
}

const slicesOf = (updates: Signature, indices: Signature, shape: ReadonlyArray<number>): Slices => {
  const info = backend_util.calculateShapes(likeTensor(updates), likeTensor(indices), [...shape])
  const { sliceRank, numUpdates, sliceSize, outputSize } = info
  return {
    depth: sliceRank,
    updates: numUpdates,
    rows: outputSize / sliceSize,
    columns: sliceSize,
    outer: shape.slice(0, sliceRank)
  }
}

type Reduction = 'none' | 'add'

/** Writes rows in the order of the updates: of equal indices the last one wins, or all are added. */
const scattered = (g: Graph, onto: Ref, rows: Ref, updates: Ref, how: Reduction): Ref => {
  const wide = g.op('Expand', [g.reshape(rows, [updates.shape[0]!, 1]), g.int64s(updates.shape)], updates.shape)
  const attributes = { axis: int(0), reduction: string(how) }
  return g.op('ScatterElements', [onto, wide, updates], onto.shape, { attributes })
}

const placed = (g: Graph, onto: Ref, indices: Ref, updates: Ref, s: Slices, how: Reduction): Ref => {
  const rows = flatIndices(g, g.reshape(indices, [s.updates, s.depth]), s.outer)
  return scattered(g, g.reshape(onto, [s.rows, s.columns]), rows, g.reshape(updates, [s.updates, s.columns]), how)
}

const filled = (g: Graph, value: Ref, shape: ReadonlyArray<number>): Ref =>
  g.op(
    'Expand',
    [
      g.reshape(
        value,
        shape.map(() => 1)
      ),
      g.int64s(shape)
    ],
    shape
  )

/** The sum of the rows of each segment; rows without a segment go to an additional row, which is dropped. */
const segmentSum = (g: Graph, x: Ref, segments: Ref, count: number): Ref => {
  const { where, slice } = arithmetic(g)
  const columns = sizeOf(x.shape.slice(1))
  const test = (type: string, bound: number): Ref =>
    g.op(type, [segments, g.scalar(bound, 'int32')], segments.shape, { dtype: 'bool' })
  const inside = g.op('And', [test('GreaterOrEqual', 0), test('Less', count)], segments.shape)
  const rows = where(inside, segments, g.scalar(count, 'int32'))
  const onto = filled(g, g.scalar(0, x.dtype), [count + 1, columns])
  return slice(scattered(g, onto, rows, g.reshape(x, [x.shape[0]!, columns]), 'add'), [0, 0], [count, columns])
}

export const scatter: Kernels = {
  ScatterNd: kernel<'indices' | 'updates', { shape: Array<number> }>(({ indices, updates }, { shape }) => {
    const s = slicesOf(updates, indices, shape)
    return updates.dtype === 'bool'
      ? undefined
      : form({ shape, dtype: updates.dtype }, (g, i) =>
          placed(g, filled(g, g.scalar(0, updates.dtype), shape), i.indices, i.updates, s, 'add')
        )
  }),
  SparseToDense: kernel<'sparseIndices' | 'sparseValues' | 'defaultValue', { outputShape: Array<number> }>(
    ({ sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
      const s = slicesOf(sparseValues, sparseIndices, outputShape)
      if (sparseValues.dtype !== defaultValue.dtype) return undefined
      return form({ shape: outputShape, dtype: sparseValues.dtype }, (g, i) => {
        const isOne = sizeOf(sparseValues.shape) === 1
        const values = isOne ? filled(g, i.sparseValues, [s.updates, s.columns]) : i.sparseValues
        return placed(g, filled(g, i.defaultValue, outputShape), i.sparseIndices, values, s, 'none')
      })
    }
  ),
  TensorScatterUpdate: kernel<'tensor' | 'indices' | 'updates'>(({ tensor, indices, updates }) => {
    const s = slicesOf(updates, indices, tensor.shape)
    return tensor.dtype === updates.dtype
      ? form(tensor, (g, i) => placed(g, i.tensor, i.indices, i.updates, s, 'none'))
      : undefined
  }),
  UnsortedSegmentSum: kernel<'x' | 'segmentIds', { numSegments: number }>(({ x, segmentIds }, { numSegments }) =>
    x.dtype === 'float32' && segmentIds.shape.length === 1 && segmentIds.shape[0] === x.shape[0]
      ? form({ ...x, shape: [numSegments, ...x.shape.slice(1)] }, (g, i) =>
          segmentSum(g, i.x, i.segmentIds, numSegments)
        )
      : undefined
  )
}
