import { arithmetic } from '../graph/arithmetic.js'
import { broadcast, broadcasts } from '../graph/shapes.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, form, imageForm, kernel, type Kernels } from '../recording/Kernel.js'
import { images, pixelwise, plain, plainly, type Laid } from '../graph/Layout.js'
import type { Signature } from '../recording/Trace.js'
import { leakyRelu, prelu, relu6 } from './elementwise.js'

export interface Transposes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Bias and activation of the fused kernels. */
export interface Ending {
  readonly activation?: string
  readonly leakyreluAlpha?: number
}

const ACTIVATIONS: ReadonlyArray<string> = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu']

export const isKnown = ({ activation = 'linear' }: Ending): boolean => ACTIVATIONS.includes(activation)

const activated = (g: Graph, x: Ref, slopes: Ref | undefined, ending: Ending): Ref => {
  switch (ending.activation) {
    case 'relu':
      return arithmetic(g).relu(x)
    case 'relu6':
      return relu6(g, x)
    case 'elu':
      return g.elementwise('Elu', [x])
    case 'sigmoid':
      return g.elementwise('Sigmoid', [x])
    case 'leakyrelu':
      return leakyRelu(g, x, ending.leakyreluAlpha ?? 0.2)
    case 'prelu':
      return prelu(g, x, slopes!)
    default:
      return x
  }
}

interface Endings {
  readonly bias?: Laid | undefined
  readonly preluActivationWeights?: Laid | undefined
}

/** Adds the bias and applies the activation in the layout of `y`. */
export const ended = (g: Graph, y: Laid, { bias, preluActivationWeights: slopes }: Endings, ending: Ending): Laid => {
  const operands = { y, ...(bias && { bias }), ...(slopes && { slopes }) }
  const finish = (refs: Readonly<Record<string, Ref>>): Ref => {
    const x = refs['bias'] === undefined ? refs['y']! : arithmetic(g).add(refs['y']!, refs['bias'])
    return activated(g, x, refs['slopes'], ending)
  }
  const refs = pixelwise(g, operands, y.shape)
  if (refs !== undefined) return images(g, finish(refs), y.shape)
  return plainly(finish(Object.fromEntries(Object.entries(operands).map(([name, x]) => [name, plain(g, x)]))))
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

/** Whether the shapes, whatever the types, are valid for a product. */
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
      ? imageForm(float32(productShape(a.shape, b.shape, attributes)), (g, i) =>
          ended(g, plainly(product(g, plain(g, i.a), plain(g, i.b), attributes)), i, attributes)
        )
      : undefined
  )
}
