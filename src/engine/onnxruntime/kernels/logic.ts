import type { DataType } from '@tensorflow/tfjs-core'
import { onnxTypes } from '../../../format/bytes/onnx.js'
import { arithmetic } from '../graph/arithmetic.js'
import { broadcast, broadcasts } from '../graph/shapes.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'
import { elementwiseForm, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'
import { sameShape } from '../graph/shapes.js'
import type { GraphType } from '../recording/Trace.js'

const NUMBER: ReadonlyArray<GraphType> = ['float32', 'int32']
const BOOL: ReadonlyArray<GraphType> = ['bool']

const not = (g: Graph, x: Ref): Ref => g.elementwise('Not', [x])

const test = (type: string, types: ReadonlyArray<GraphType>, negated = false): Kernel =>
  kernel<'a' | 'b'>(({ a, b }) => {
    const shape = broadcast(a.shape, b.shape)
    return a.dtype === b.dtype && types.includes(a.dtype) && broadcasts(a.shape, b.shape)
      ? elementwiseForm({ shape, dtype: 'bool' }, (g, i) => {
          const result = g.op(type, [i.a, i.b], broadcast(i.a.shape, i.b.shape), { dtype: 'bool' })
          return negated ? not(g, result) : result
        })
      : undefined
  })

export const cast = (g: Graph, x: Ref, dtype: GraphType): Ref =>
  x.dtype === dtype ? x : g.elementwise('Cast', [x], { dtype, attributes: { to: int(onnxTypes[dtype]) } })

const isGraphType = (dtype: DataType): dtype is GraphType => ['float32', 'int32', 'bool'].includes(dtype)

// ONNX Runtime's Where supports only numbers
const chosen = (g: Graph, condition: Ref, t: Ref, e: Ref): Ref => {
  const { where } = arithmetic(g)
  if (t.dtype !== 'bool') return where(condition, t, e)
  return cast(g, where(condition, cast(g, t, 'int32'), cast(g, e, 'int32')), 'bool')
}

export const logic: Kernels = {
  Cast: kernel<'x', { dtype: DataType }>(({ x }, { dtype }) =>
    isGraphType(dtype) && dtype !== x.dtype
      ? elementwiseForm({ shape: x.shape, dtype }, (g, i) => cast(g, i.x, dtype))
      : undefined
  ),
  Equal: test('Equal', [...NUMBER, ...BOOL]),
  Greater: test('Greater', NUMBER),
  GreaterEqual: test('GreaterOrEqual', NUMBER),
  Less: test('Less', NUMBER),
  LessEqual: test('LessOrEqual', NUMBER),
  LogicalAnd: test('And', BOOL),
  LogicalNot: kernel<'x'>(({ x }) => (x.dtype === 'bool' ? elementwiseForm(x, (g, i) => not(g, i.x)) : undefined)),
  LogicalOr: test('Or', BOOL),
  NotEqual: test('Equal', [...NUMBER, ...BOOL], true),
  Select: kernel<'condition' | 't' | 'e'>(({ condition, t, e }) =>
    condition.dtype === 'bool' && t.dtype === e.dtype && sameShape(condition.shape, t.shape)
      ? elementwiseForm(t, (g, i) => chosen(g, i.condition, i.t, i.e))
      : undefined
  )
}
