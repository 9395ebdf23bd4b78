import { util } from '@tensorflow/tfjs-core'
import { columnSums } from '../graph/arithmetic.js'
import { int, ints, type Attributes, type Graph, type Ref } from '../graph/Graph.js'
import { form, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import { sizeOf } from '../graph/shapes.js'
import { pixelMatrix, plainly, type Laid } from '../graph/Layout.js'
import type { GraphType } from '../recording/Trace.js'

type Axes = number | Array<number> | undefined

interface Reduction {
  readonly axis?: Axes
  readonly reductionIndices?: Axes
  readonly keepDims?: boolean
}

const FLOAT: ReadonlyArray<GraphType> = ['float32']
const NUMBER: ReadonlyArray<GraphType> = ['float32', 'int32']

export const axesOf = (axis: Axes, shape: ReadonlyArray<number>): ReadonlyArray<number> =>
  util.parseAxisParam(axis ?? shape.map((_, i) => i), [...shape])

export const reduced = (
  shape: ReadonlyArray<number>,
  axes: ReadonlyArray<number>,
  keep: boolean
): ReadonlyArray<number> => shape.flatMap((d, i) => (axes.includes(i) ? (keep ? [1] : []) : [d]))

type EmitReduction = (g: Graph, x: Ref, axes: ReadonlyArray<number>) => Ref

const KEEP: Attributes = { keepdims: int(1) }

const areAxes = (axes: ReadonlyArray<number>, expected: ReadonlyArray<number>): boolean =>
  axes.length === expected.length && expected.every((axis) => axes.includes(axis))

/** Reductions over pixels, or over pixels and images, computed over the rows of a matrix. */
const ofImages = (g: Graph, x: Laid, axes: ReadonlyArray<number>, emit: EmitReduction): Ref | undefined => {
  if (x.layout === 'plain') return undefined
  const rows = pixelMatrix(g, x)
  if (areAxes(axes, [1, 2])) return emit(g, rows, [0])
  const channels = x.shape[3]!
  return areAxes(axes, [0, 1, 2]) ? emit(g, g.reshape(rows, [sizeOf(x.shape) / channels, channels]), [0]) : undefined
}

/** Reduced axes are kept with size 1 during the computation; the declared shape drops them. */
export const reduction = (types: ReadonlyArray<GraphType>, emit: EmitReduction): Kernel =>
  kernel<'x', Reduction>(({ x }, { axis, reductionIndices, keepDims }) => {
    const axes = axesOf(axis ?? reductionIndices, x.shape)
    const output = { shape: reduced(x.shape, axes, keepDims === true), dtype: x.dtype }
    if (!types.includes(x.dtype)) return undefined
    return form<{ readonly x: Ref }>(
      output,
      (g, i) => g.reshape(axes.length === 0 ? i.x : emit(g, i.x, axes), output.shape),
      (g, i) => {
        const rows = ofImages(g, i.x, axes, emit)
        return rows === undefined ? undefined : plainly(g.reshape(rows, output.shape))
      }
    )
  })

export const withAxes =
  (type: string): EmitReduction =>
  (g, x, axes) =>
    g.op(type, [x], reduced(x.shape, axes, true), { attributes: { ...KEEP, axes: ints(axes) } })

const areLeading = (axes: ReadonlyArray<number>, shape: ReadonlyArray<number>): boolean =>
  axes.length < shape.length && axes.every((a, i) => a === i)

const sum: EmitReduction = (g, x, axes) => {
  if (x.dtype === 'float32' && areLeading(axes, x.shape)) {
    const rest = sizeOf(x.shape.slice(axes.length))
    return columnSums(g, g.reshape(x, [sizeOf(x.shape) / rest, rest]))
  }
  return g.op('ReduceSum', [x, g.int64s(axes)], reduced(x.shape, axes, true), { attributes: KEEP })
}

const softmax: Kernel = kernel<'logits', { dim: number }>(({ logits }, { dim }) => {
  const axis = dim === -1 ? logits.shape.length - 1 : dim
  return logits.dtype === 'float32'
    ? form(logits, (g, i) => g.op('Softmax', [i.logits], logits.shape, { attributes: { axis: int(axis) } }))
    : undefined
})

export const reduce: Kernels = {
  Cumsum: kernel<'x', { axis: number; exclusive: boolean; reverse: boolean }>(({ x }, { axis, exclusive, reverse }) => {
    const attributes = { exclusive: int(exclusive ? 1 : 0), reverse: int(reverse ? 1 : 0) }
    return x.dtype === 'bool'
      ? undefined
      : form(x, (g, i) => g.op('CumSum', [i.x, g.scalar(axis, 'int32')], x.shape, { attributes }))
  }),
  Mean: reduction(FLOAT, (g, x, axes) =>
    areLeading(axes, x.shape)
      ? g.op(
          'Mul',
          [sum(g, x, axes), g.scalar(1 / sizeOf(axes.map((a) => x.shape[a]!)))],
          [1, sizeOf(x.shape.slice(axes.length))]
        )
      : withAxes('ReduceMean')(g, x, axes)
  ),
  Prod: reduction(NUMBER, withAxes('ReduceProd')),
  Softmax: softmax,
  Sum: reduction(NUMBER, sum)
}
