import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, form, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import { inFloat64 } from './float64.js'
import { cast } from './logic.js'
import { multiplies, productShape, type Transposes } from './matmul.js'

const mapped = <A, B>(inputs: Readonly<Record<string, A>>, f: (a: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, a]) => [name, f(a)]))

/** Functions that always return floats. */
const asFloats =
  (kernel: Kernel): Kernel =>
  (inputs, attributes) => {
    const form = kernel(
      mapped(inputs, ({ shape }) => ({ shape, dtype: 'float32' })),
      attributes
    )
    return (
      form && {
        ...form,
        emit: (g, inputs) =>
          form.emit(
            g,
            mapped(inputs, (x) => ({ ...x, ref: cast(g, x.ref, 'float32') }))
          )
      }
    )
  }

type OnIntegers = (g: Graph, x: Ref, attributes: Readonly<Record<string, number>>) => Ref

const whole = (g: Graph, value: number | undefined): Ref => g.scalar(Math.trunc(value ?? 0), 'int32')

const clip = (g: Graph, x: Ref, least: Ref, most: Ref): Ref => g.op('Clip', [x, least, most], x.shape)

/** Functions that return integers for integers. */
const onIntegers: Readonly<Record<string, OnIntegers>> = {
  ClipByValue: (g, x, a) => clip(g, x, whole(g, a['clipValueMin']), whole(g, a['clipValueMax'])),
  Relu: (g, x) => arithmetic(g).relu(x),
  Relu6: (g, x) => clip(g, x, whole(g, 0), whole(g, 6)),
  Round: (_, x) => x,
  Step: (g, x, a) => {
    const isPositive = g.op('Greater', [x, whole(g, 0)], x.shape, { dtype: 'bool' })
    return arithmetic(g).where(isPositive, whole(g, 1), whole(g, a['alpha']))
  }
}

const orElse = (emit: OnIntegers, otherwise: Kernel): Kernel => {
  const integers = kernel<'x', Readonly<Record<string, number>>>(({ x }, attributes) =>
    form(x, (g, i) => emit(g, i.x, attributes))
  )
  return (inputs, attributes) => (inputs['x']?.dtype === 'int32' ? integers : otherwise)(inputs, attributes)
}

const exp = (ofFloats: Kernel): Kernel => {
  const ofIntegers = kernel<'x'>(({ x }) =>
    form(float32(x.shape), (g, i) => cast(g, arithmetic(g).exp(inFloat64(g, i.x)), 'float32'))
  )
  return (inputs, attributes) => (inputs['x']?.dtype === 'int32' ? ofIntegers : ofFloats)(inputs, attributes)
}

// FusedMatMul needs floats, so integers are transposed first
const product = (g: Graph, a: Ref, b: Ref, { transposeA, transposeB }: Transposes): Ref => {
  const { matMul, transpose } = arithmetic(g)
  const turned = (x: Ref, turn: boolean): Ref => {
    const axes = x.shape.map((_, axis) => axis)
    return turn ? transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).toReversed()]) : x
  }
  return matMul(turned(a, transposeA), turned(b, transposeB))
}

const matMul = (ofFloats: Kernel): Kernel => {
  const ofIntegers = kernel<'a' | 'b', Transposes>(({ a, b }, attributes) =>
    a.dtype === b.dtype && multiplies(a, b, attributes)
      ? form({ shape: productShape(a.shape, b.shape, attributes), dtype: 'int32' }, (g, i) =>
          product(g, i.a, i.b, attributes)
        )
      : undefined
  )
  return (inputs, attributes) => (inputs['a']?.dtype === 'int32' ? ofIntegers : ofFloats)(inputs, attributes)
}

export const withIntegers = (kernels: Kernels): Kernels => ({
  ...Object.fromEntries(
    ['LeakyRelu', 'Mean', 'Prelu', 'ResizeBilinear'].map((name) => [name, asFloats(kernels[name]!)])
  ),
  ...Object.fromEntries(Object.entries(onIntegers).map(([name, emit]) => [name, orElse(emit, kernels[name]!)])),
  BatchMatMul: matMul(kernels['BatchMatMul']!),
  Exp: exp(kernels['Exp']!)
})
