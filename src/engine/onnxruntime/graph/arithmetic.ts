import { float, int, ints, MICROSOFT, type Graph, type Ref } from './Graph.js'
import { broadcast, sameShape, sizeOf } from './shapes.js'

/** Arithmetic operators over whole tensors. */
export const arithmetic = (g: Graph) => {
  const binary =
    (type: string) =>
    (a: Ref, b: Ref): Ref =>
      sameShape(a.shape, b.shape) ? g.elementwise(type, [a, b]) : g.op(type, [a, b], broadcast(a.shape, b.shape))
  const unary =
    (type: string) =>
    (x: Ref): Ref =>
      g.elementwise(type, [x])
  return {
    binary,
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    max: binary('Max'),
    min: binary('Min'),
    exp: unary('Exp'),
    log: unary('Log'),
    neg: unary('Neg'),
    sqrt: unary('Sqrt'),
    relu: unary('Relu'),
    reciprocal: unary('Reciprocal'),
    square: (x: Ref): Ref => g.elementwise('Mul', [x, x]),
    equal: (a: Ref, b: Ref): Ref => g.op('Equal', [a, b], broadcast(a.shape, b.shape), { dtype: 'bool' }),
    where: (condition: Ref, a: Ref, b: Ref): Ref =>
      g.op('Where', [condition, a, b], broadcast(condition.shape, broadcast(a.shape, b.shape)), { dtype: a.dtype }),
    transpose: (x: Ref, perm: ReadonlyArray<number>): Ref =>
      g.op(
        'Transpose',
        [x],
        perm.map((p) => x.shape[p]!),
        { attributes: { perm: ints(perm) } }
      ),
    gather: (x: Ref, indices: Ref, axis: number): Ref =>
      g.op('Gather', [x, indices], [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], {
        attributes: { axis: int(axis) }
      }),
    concat: (xs: ReadonlyArray<Ref>, axis: number): Ref => {
      const [first] = xs
      const length = xs.reduce((n, x) => n + x.shape[axis]!, 0)
      if (xs.length === 1) return first!
      return g.op('Concat', xs, first!.shape.with(axis, length), { attributes: { axis: int(axis) } })
    },
    slice: (x: Ref, begin: ReadonlyArray<number>, size: ReadonlyArray<number>): Ref => {
      const end = begin.map((b, i) => b + size[i]!)
      return g.op('Slice', [x, g.int64s(begin), g.int64s(end)], size)
    },
    matMul: (a: Ref, b: Ref, transposes: { readonly a?: boolean; readonly b?: boolean } = {}): Ref => {
      const [transA, transB] = [transposes.a === true, transposes.b === true]
      const rows = a.shape.at(transA ? -1 : -2)!
      const columns = b.shape.at(transB ? -2 : -1)!
      const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns]
      if (!transA && !transB) return g.op('MatMul', [a, b], shape)
      const attributes = { transA: int(transA ? 1 : 0), transB: int(transB ? 1 : 0), alpha: float(1) }
      return g.op('FusedMatMul', [a, b], shape, { attributes, domain: MICROSOFT })
    }
  }
}

/** `x` as rows of its last axis. */
export const rows = (g: Graph, x: Ref): Ref => {
  const columns = x.shape.at(-1) ?? 1
  return g.reshape(x, [sizeOf(x.shape) / columns, columns])
}

// a product with ones is several times faster than ReduceSum over rows if the rows are wide enough
const WIDE = 1024

const widthOf = (count: number, columns: number): number => {
  for (let fold = 1; fold < count; fold++) if (count % fold === 0 && fold * columns >= WIDE) return fold
  return 1
}

/** The sums of a matrix's columns, `[1, columns]`. */
export const columnSums = (g: Graph, x: Ref): Ref => {
  const [count, columns] = [x.shape[0]!, x.shape[1]!]
  const { matMul } = arithmetic(g)
  const sum = (m: Ref): Ref => {
    const n = m.shape[0]!
    return n === 1
      ? m
      : matMul(
          g.table('ones', [1, n], () => new Float32Array(n).fill(1)),
          m
        )
  }
  const fold = widthOf(count, columns)
  return sum(g.reshape(sum(g.reshape(x, [count / fold, fold * columns])), [fold, columns]))
}
