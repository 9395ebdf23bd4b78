import { arithmetic, broadcast, broadcasts } from '../arithmetic.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, form, kernel, type Kernels } from '../Kernel.js'
import type { Signature } from '../Trace.js'
import { leakyRelu, prelu, relu6 } from './elementwise.js'

export interface Transposes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** What the fused kernels do with their result. */
export interface Ending {
  readonly activation?: string
  readonly leakyreluAlpha?: number
}

const ACTIVATIONS: ReadonlyArray<string> = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu']

export const isKnown = ({ activation = 'linear' }: Ending): boolean => ACTIVATIONS.includes(activation)

export const ended = (
  g: Graph,
  y: Ref,
  bias: Ref | undefined,
  slopes: Ref | undefined,
  { activation = 'linear', leakyreluAlpha = 0.2 }: Ending
): Ref => {
  const x = bias === undefined ? y : arithmetic(g).add(y, bias)
  switch (activation) {
    case 'relu':
      return arithmetic(g).relu(x)
    case 'relu6':
      return relu6(g, x)
    case 'elu':
      return g.op('Elu', [x], x.shape)
    case 'sigmoid':
      return g.op('Sigmoid', [x], x.shape)
    case 'leakyrelu':
      return leakyRelu(g, x, leakyreluAlpha)
    case 'prelu':
      return prelu(g, x, slopes!)
    default:
      return x
  }
}

const product = (g: Graph, a: Ref, b: Ref, { transposeA, transposeB }: Transposes): Ref =>
  arithmetic(g).matMul(a, b, { a: transposeA, b: transposeB })

export const productShape = (
  a: ReadonlyArray<number>,
  b: ReadonlyArray<number>,
  { transposeA, transposeB }: Transposes
): ReadonlyArray<number> => [
  ...broadcast(a.slice(0, -2), b.slice(0, -2)),
  a.at(transposeA ? -1 : -2)!,
  b.at(transposeB ? -2 : -1)!
]

const areFloats = (a: Signature, b: Signature): boolean => a.dtype === 'float32' && b.dtype === 'float32'

/** The shapes, whatever the types, are those of a product. */
export const multiplies = (a: Signature, b: Signature, { transposeA, transposeB }: Transposes): boolean =>
  Math.min(a.shape.length, b.shape.length) >= 2 &&
  a.shape.at(transposeA ? -2 : -1) === b.shape.at(transposeB ? -1 : -2) &&
  broadcasts(a.shape.slice(0, -2), b.shape.slice(0, -2))

export const matmul: Kernels = {
  BatchMatMul: kernel<'a' | 'b', Transposes>(({ a, b }, attributes) =>
    areFloats(a, b) && multiplies(a, b, attributes)
      ? form(float32(productShape(a.shape, b.shape, attributes)), (g, i) => product(g, i.a, i.b, attributes))
      : undefined
  ),
  _FusedMatMul: kernel<'a' | 'b', Transposes & Ending, 'bias' | 'preluActivationWeights'>(({ a, b }, attributes) =>
    areFloats(a, b) && multiplies(a, b, attributes) && isKnown(attributes)
      ? form(float32(productShape(a.shape, b.shape, attributes)), (g, i) =>
          ended(g, product(g, i.a, i.b, attributes), i.bias, i.preluActivationWeights, attributes)
        )
      : undefined
  )
}
