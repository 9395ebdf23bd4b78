import { arithmetic } from '../graph/arithmetic.js'
import { int, type Graph, type Ref } from '../graph/Graph.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'

interface Scan {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

// sequential multiplication, because in another order a product may overflow
const LONGEST = 512

const products = (g: Graph, x: Ref, { axis, exclusive, reverse }: Scan): Ref => {
  const count = x.shape[axis]!
  const slice = x.shape.with(axis, 1)
  const ones = Array.from({ length: count }, () => 1)
  const one = g.op('Expand', [g.scalar(1, x.dtype), g.int64s(slice)], slice)
  if (count === 1) return exclusive ? one : x
  const shapes = ones.map(() => slice)
  const parts = g.split('Split', [x, g.int64s(ones)], shapes, { axis: int(axis) })
  const running: Array<Ref> = exclusive ? [one] : []
  for (const part of reverse ? parts.toReversed() : parts) {
    const last = running.at(-1)
    running.push(last === undefined ? part : arithmetic(g).mul(last, part))
  }
  const kept = running.slice(0, count)
  return arithmetic(g).concat(reverse ? kept.toReversed() : kept, axis)
}

export const scan: Kernels = {
  Cumprod: kernel<'x', Scan>(({ x }, attributes) =>
    x.dtype === 'bool' || x.shape[attributes.axis]! > LONGEST
      ? undefined
      : form(x, (g, i) => products(g, i.x, attributes))
  )
}
