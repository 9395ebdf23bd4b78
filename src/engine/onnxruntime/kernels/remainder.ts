import { arithmetic } from '../graph/arithmetic.js'
import { broadcast, broadcasts } from '../graph/shapes.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'
import { form, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import type { GraphType } from '../recording/Trace.js'
import { inFloat64 } from './float64.js'
import { cast } from './logic.js'

type Emit = (g: Graph, a: Ref, b: Ref) => Ref

const binary = (dtype: GraphType | undefined, emit: Emit): Kernel =>
  kernel<'a' | 'b'>(({ a, b }) => {
    const shape = broadcast(a.shape, b.shape)
    if (a.dtype !== b.dtype || a.dtype === 'bool' || !broadcasts(a.shape, b.shape)) return undefined
    return form({ shape, dtype: dtype ?? a.dtype }, (g, i) =>
      stored(g, i.b, emit(g, inFloat64(g, i.a), inFloat64(g, i.b)), dtype ?? a.dtype)
    )
  })

/** A division's result as tfjs stores it: for integers, division by zero gives zero. */
const stored = (g: Graph, divisor: Ref, result: Ref, dtype: GraphType): Ref => {
  const { equal, where } = arithmetic(g)
  const none = equal(divisor, g.scalar(0, divisor.dtype === 'int32' ? 'int32' : 'float32'))
  return dtype === 'int32' ? cast(g, where(none, inFloat64(g, g.scalar(0)), result), dtype) : cast(g, result, dtype)
}

const floorDiv: Emit = (g, a, b) => {
  const quotient = arithmetic(g).div(a, b)
  return g.op('Floor', [quotient], quotient.shape)
}

/** The remainder with the sign of the divisor. */
const mod: Emit = (g, a, b) => {
  const { add, where } = arithmetic(g)
  const truncated = (x: Ref): Ref => g.op('Mod', [x, b], broadcast(x.shape, b.shape), { attributes: { fmod: int(1) } })
  const isNegative = (x: Ref): Ref => g.op('Less', [x, inFloat64(g, g.scalar(0))], x.shape, { dtype: 'bool' })
  const rest = truncated(a)
  const differ = g.op('Xor', [isNegative(a), isNegative(b)], rest.shape, { dtype: 'bool' })
  return where(differ, truncated(add(rest, b)), rest)
}

export const remainder: Kernels = {
  FloorDiv: binary('int32', floorDiv),
  Mod: binary(undefined, mod)
}
