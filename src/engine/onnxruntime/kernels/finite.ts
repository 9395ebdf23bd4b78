import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { form, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'

/** Integers and booleans are always finite: `x = x` gives true in their shape. */
const test = (emit: (g: Graph, x: Ref) => Ref, ofIntegers: (g: Graph, allTrue: Ref) => Ref): Kernel =>
  kernel<'x'>(({ x }) =>
    form({ shape: x.shape, dtype: 'bool' }, (g, i) =>
      x.dtype === 'float32' ? emit(g, i.x) : ofIntegers(g, arithmetic(g).equal(i.x, i.x))
    )
  )

const not = (g: Graph, x: Ref): Ref => g.op('Not', [x], x.shape)

export const isNaN = (g: Graph, x: Ref): Ref => g.op('IsNaN', [x], x.shape, { dtype: 'bool' })

export const isInfinite = (g: Graph, x: Ref): Ref => g.op('IsInf', [x], x.shape, { dtype: 'bool' })

// an infinite or NaN value minus itself is not zero
const isFinite = (g: Graph, x: Ref): Ref => arithmetic(g).equal(arithmetic(g).sub(x, x), g.scalar(0))

export const finite: Kernels = {
  IsFinite: test(isFinite, (_, all) => all),
  IsInf: test(isInfinite, not),
  IsNan: test(isNaN, not)
}
