import { arithmetic } from '../graph/arithmetic.js'
import { broadcast, broadcasts } from '../graph/shapes.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { form, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import { isInfinite } from './finite.js'
import { inFloat64 } from './float64.js'
import { cast } from './logic.js'

const unary = (emit: (g: Graph, x: Ref) => Ref): Kernel =>
  kernel<'x'>(({ x }) => (x.dtype === 'float32' ? form(x, (g, i) => emit(g, i.x)) : undefined))

const plain = (type: string): Kernel => unary((g, x) => g.op(type, [x], x.shape))

// exp(x) - 1 = tanh(x/2)·(exp(x) + 1), without cancellation
const expm1 = (g: Graph, x: Ref): Ref => {
  const { add, mul, exp } = arithmetic(g)
  const tanh = g.op('Tanh', [mul(x, g.scalar(0.5))], x.shape)
  return mul(tanh, add(exp(x), g.scalar(1)))
}

// near its poles the tangent multiplies the error of sine and cosine; in float64 the result is still exact in float32
const tan = (g: Graph, x: Ref): Ref => {
  const wide = inFloat64(g, x)
  const quotient = arithmetic(g).div(g.op('Sin', [wide], x.shape), g.op('Cos', [wide], x.shape))
  return cast(g, quotient, 'float32')
}

const less = (g: Graph, a: Ref, b: Ref): Ref => g.op('Less', [a, b], broadcast(a.shape, b.shape), { dtype: 'bool' })

/** The angle of the point `(x, y)`: that of the slope, plus half a turn where `x` is negative. */
const atan2 = (g: Graph, y: Ref, x: Ref): Ref => {
  const { add, div, equal, where } = arithmetic(g)
  const shape = broadcast(y.shape, x.shape)
  const zero = g.scalar(0)
  // infinite in both coordinates: on a diagonal, by the signs
  const diagonal = g.op('And', [isInfinite(g, y), isInfinite(g, x)], shape, { dtype: 'bool' })
  const towards = (a: Ref): Ref => where(diagonal, g.op('Sign', [a], a.shape), a)
  // adding zero removes minus zero
  const slope = div(towards(y), add(towards(x), zero))
  const angle = g.op('Atan', [slope], shape)
  const half = where(less(g, y, zero), g.scalar(-Math.PI), g.scalar(Math.PI))
  const turned = where(less(g, x, zero), add(angle, half), angle)
  const isOrigin = g.op('And', [equal(y, zero), equal(x, zero)], shape, { dtype: 'bool' })
  return where(isOrigin, zero, turned)
}

export const transcendental: Kernels = {
  Acosh: plain('Acosh'),
  Asinh: plain('Asinh'),
  Atan2: kernel<'a' | 'b'>(({ a, b }) =>
    a.dtype === 'float32' && b.dtype === 'float32' && broadcasts(a.shape, b.shape)
      ? form({ ...a, shape: broadcast(a.shape, b.shape) }, (g, i) => atan2(g, i.a, i.b))
      : undefined
  ),
  Atanh: plain('Atanh'),
  Cosh: plain('Cosh'),
  Expm1: unary(expm1),
  Sinh: plain('Sinh'),
  Tan: unary(tan)
}
