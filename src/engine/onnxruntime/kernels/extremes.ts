import { arithmetic } from '../graph/arithmetic.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'
import { form, forms, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import { isNaN } from './finite.js'
import { cast } from './logic.js'
import type { Signature } from '../recording/Trace.js'
import { axesOf, reduced, reduction, withAxes } from './reduce.js'

type Extreme = 'Max' | 'Min'

/** ONNX Runtime ignores NaN, tfjs returns it, so a mask of NaNs is reduced as well. */
const extreme = (which: Extreme): Kernel =>
  reduction(['float32', 'int32'], (g, x, axes) => {
    const found = withAxes(`Reduce${which}`)(g, x, axes)
    if (x.dtype === 'int32') return found
    const anyNaN = withAxes('ReduceMax')(g, cast(g, isNaN(g, x), 'int32'), axes)
    return arithmetic(g).where(cast(g, anyNaN, 'bool'), g.scalar(NaN), found)
  })

/** Here tfjs ignores NaN and ONNX Runtime does not, so NaN is replaced by a value that is never chosen. */
const position = (which: Extreme): Kernel =>
  kernel<'x', { axis: number | Array<number> }>(({ x }, { axis }) => {
    const axes = axesOf(axis, x.shape)
    const shape = reduced(x.shape, axes, false)
    if (axes.length !== 1) return undefined
    const attributes = { axis: int(axes[0]!), keepdims: int(0) }
    const comparable = (g: Graph, ref: Ref): Ref =>
      x.dtype === 'float32'
        ? arithmetic(g).where(isNaN(g, ref), g.scalar(which === 'Max' ? -Infinity : Infinity), ref)
        : cast(g, ref, 'int32')
    return form({ shape, dtype: 'int32' }, (g, i) =>
      cast(g, g.op(`Arg${which}`, [comparable(g, i.x)], shape, { attributes, dtype: 'int64' }), 'int32')
    )
  })

/** For booleans: `all` is the minimum, `any` the maximum. */
const quantifier = (which: Extreme): Kernel =>
  reduction(['bool'], (g, x, axes) => cast(g, withAxes(`Reduce${which}`)(g, cast(g, x, 'int32'), axes), 'bool'))

// tfjs returns the first of equal values first, sorted or not
const topK: Kernel = kernel<'x', { k: number }>(({ x }, { k }) => {
  const shape = x.shape.with(-1, k)
  if (x.dtype === 'bool') return undefined
  const outputs: ReadonlyArray<Signature> = [
    { shape, dtype: x.dtype },
    { shape, dtype: 'int32' }
  ]
  return forms(outputs, (g, i) => {
    const attributes = { axis: int(-1), sorted: int(1) }
    const [values, positions] = g.split('TopK', [i.x, g.int64s([k])], [shape, shape], attributes, [x.dtype, 'int64'])
    return [values!, cast(g, positions!, 'int32')]
  })
})

export const extremes: Kernels = {
  All: quantifier('Min'),
  Any: quantifier('Max'),
  ArgMax: position('Max'),
  ArgMin: position('Min'),
  Max: extreme('Max'),
  Min: extreme('Min'),
  TopK: topK
}
