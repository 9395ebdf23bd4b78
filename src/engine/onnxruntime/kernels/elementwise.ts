import { arithmetic } from '../graph/arithmetic.js'
import { addSums } from '../graph/centredSum.js'
import { pixelMatrix, type Laid } from '../graph/Layout.js'
import { broadcast, broadcasts, sameShape } from '../graph/shapes.js'
import { float, type Attributes, type Graph, type Ref } from '../graph/Graph.js'
import { elementwiseForm, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import type { GraphType } from '../recording/Trace.js'

const FLOAT: ReadonlyArray<GraphType> = ['float32']
const NUMBER: ReadonlyArray<GraphType> = ['float32', 'int32']

const unary = <A = object>(types: ReadonlyArray<GraphType>, emit: (g: Graph, x: Ref, attributes: A) => Ref): Kernel =>
  kernel<'x', A>(({ x }, attributes) =>
    types.includes(x.dtype) ? elementwiseForm(x, (g, i) => emit(g, i.x, attributes)) : undefined
  )

const plain = (type: string, types = FLOAT, attributes: Attributes = {}): Kernel =>
  unary(types, (g, x) => g.elementwise(type, [x], { attributes }))

const binary = (types: ReadonlyArray<GraphType>, emit: (g: Graph, a: Ref, b: Ref) => Ref): Kernel =>
  kernel<'a' | 'b'>(({ a, b }) =>
    a.dtype === b.dtype && types.includes(a.dtype) && broadcasts(a.shape, b.shape)
      ? elementwiseForm({ shape: broadcast(a.shape, b.shape), dtype: a.dtype }, (g, i) => emit(g, i.a, i.b))
      : undefined
  )

const pair = (type: string, types = NUMBER): Kernel => binary(types, (g, a, b) => arithmetic(g).binary(type)(a, b))

const clip = (g: Graph, x: Ref, least: number, most: number): Ref =>
  g.elementwise('Clip', [x, g.scalar(least, x.dtype), g.scalar(most, x.dtype)])

// log(1 + x) as x·log(u)/(u-1) with u = 1 + x rounded, which compensates the rounding of u (Kahan)
const log1p = (g: Graph, x: Ref): Ref => {
  const { add, sub, mul, div, log, equal, where } = arithmetic(g)
  const u = add(x, g.scalar(1))
  const kept = sub(u, g.scalar(1))
  const corrected = div(mul(log(u), x), kept)
  return where(equal(kept, x), log(u), where(equal(kept, g.scalar(0)), x, corrected))
}

// 1 where x > 0; many times faster than Greater and Where. Scaling by 3.4e38 lifts all but the smallest denormals above
// 1
export const positive = (g: Graph, x: Ref): Ref =>
  g.elementwise('HardSigmoid', [x], { attributes: { alpha: float(3.4e38), beta: float(0) } })

// The gradient of ReLU needs ReLU's input only for its sign. The output, which is kept for the next layer anyway, gives
// the same answer, so that the input need not be kept.
const step = (g: Graph, x: Ref, slope: number): Ref => {
  const { add, mul } = arithmetic(g)
  return slope === 0
    ? positive(g, g.knownElementwise('Relu', [x]) ?? x)
    : add(mul(positive(g, x), g.scalar(1 - slope)), g.scalar(slope))
}

// 0 for NaN in tfjs, NaN in ONNX Runtime
const sign = (g: Graph, x: Ref): Ref => {
  const signs = g.elementwise('Sign', [x])
  const isNumber = arithmetic(g).equal(x, x)
  return x.dtype === 'float32' ? arithmetic(g).where(isNumber, signs, g.scalar(0)) : signs
}

export const prelu = (g: Graph, x: Ref, slope: Ref): Ref => {
  const { add, mul, relu, min } = arithmetic(g)
  return add(relu(x), mul(min(x, g.scalar(0)), slope))
}

export const leakyRelu = (g: Graph, x: Ref, alpha: number): Ref =>
  g.elementwise('LeakyRelu', [x], { attributes: { alpha: float(alpha) } })

export const relu6 = (g: Graph, x: Ref): Ref => clip(g, x, 0, 6)

/** 1 where a ReLU6's output is neither 0 nor 6. */
const insideRelu6 = (g: Graph, y: Ref): Ref => {
  const { mul, sub } = arithmetic(g)
  return positive(g, mul(y, sub(g.scalar(6), y)))
}

/** graft's kernels return lists. */
const listed =
  (kernel: Kernel): Kernel =>
  (inputs, attributes) => {
    const form = kernel(inputs, attributes)
    return form && { ...form, list: true }
  }

/** `x`, if the mask would only zero what is already zero. */
const unmasked = (g: Graph, x: Laid, mask: Laid): Laid | undefined =>
  x.maskedBy !== undefined &&
  sameShape(x.shape, mask.shape) &&
  positive(g, pixelMatrix(g, x.maskedBy)).name === mask.ref.name
    ? x
    : undefined

/** A kernel of two tensors that first uses what is known about them. */
const knowing =
  (kernel: Kernel, of: (g: Graph, a: Laid, b: Laid) => Laid | undefined): Kernel =>
  (inputs, attributes) => {
    const form = kernel(inputs, attributes)
    if (form === undefined) return undefined
    return {
      ...form,
      emit: (g, i) => {
        const found = of(g, i['a']!, i['b']!)
        return found === undefined ? form.emit(g, i) : [found]
      }
    }
  }

const relu: Kernel = (inputs, attributes) => {
  const form = plain('Relu')(inputs, attributes)
  return form && { ...form, emit: (g, i) => form.emit(g, i).map((y) => ({ ...y, reluOf: i['x']! })) }
}

export const elementwise: Kernels = {
  Abs: plain('Abs', NUMBER),
  Acos: plain('Acos'),
  Add: knowing(pair('Add'), addSums),
  Asin: plain('Asin'),
  Atan: plain('Atan'),
  Ceil: plain('Ceil'),
  ClipByValue: unary<{ clipValueMin: number; clipValueMax: number }>(FLOAT, (g, x, a) =>
    clip(g, x, a.clipValueMin, a.clipValueMax)
  ),
  Cos: plain('Cos'),
  Elu: plain('Elu'),
  EluGrad: kernel<'dy' | 'y'>(({ dy }) =>
    elementwiseForm(dy, (g, i) => {
      const { add, mul, min } = arithmetic(g)
      return mul(i.dy, add(min(i.y, g.scalar(0)), g.scalar(1)))
    })
  ),
  Erf: plain('Erf'),
  Exp: plain('Exp'),
  Floor: plain('Floor'),
  GraftRelu6: listed(unary(FLOAT, relu6)),
  GraftRelu6Grad: listed(
    kernel<'dy' | 'y'>(({ dy }) => elementwiseForm(dy, (g, { dy: d, y }) => arithmetic(g).mul(d, insideRelu6(g, y))))
  ),
  LeakyRelu: unary<{ alpha: number }>(FLOAT, (g, x, { alpha }) => leakyRelu(g, x, alpha)),
  Log: plain('Log'),
  Log1p: unary(FLOAT, log1p),
  Maximum: pair('Max'),
  Minimum: pair('Min'),
  Multiply: knowing(pair('Mul'), (g, a, b) => unmasked(g, a, b) ?? unmasked(g, b, a)),
  Neg: plain('Neg', NUMBER),
  Pow: pair('Pow'),
  Prelu: kernel<'x' | 'alpha'>(({ x, alpha }) =>
    x.dtype === 'float32' && broadcasts(x.shape, alpha.shape)
      ? elementwiseForm({ ...x, shape: broadcast(x.shape, alpha.shape) }, (g, i) => prelu(g, i.x, i.alpha))
      : undefined
  ),
  RealDiv: pair('Div', FLOAT),
  Reciprocal: plain('Reciprocal'),
  Relu: relu,
  Relu6: unary(FLOAT, relu6),
  Round: plain('Round'),
  Rsqrt: unary(FLOAT, (g, x) => arithmetic(g).reciprocal(arithmetic(g).sqrt(x))),
  Selu: plain('Selu'),
  Sigmoid: plain('Sigmoid'),
  Sign: unary(NUMBER, sign),
  Sin: plain('Sin'),
  Softplus: plain('Softplus'),
  Sqrt: plain('Sqrt'),
  Square: unary(NUMBER, (g, x) => arithmetic(g).square(x)),
  SquaredDifference: binary(NUMBER, (g, a, b) => arithmetic(g).square(arithmetic(g).sub(a, b))),
  Step: unary<{ alpha: number }>(FLOAT, (g, x, { alpha }) => step(g, x, alpha)),
  Sub: pair('Sub'),
  Tanh: plain('Tanh')
}
