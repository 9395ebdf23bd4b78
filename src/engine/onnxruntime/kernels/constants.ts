import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, form, kernel, type Kernels } from '../recording/Kernel.js'
import type { GraphType } from '../recording/Trace.js'
import { cast } from './logic.js'

type Number = 'float32' | 'int32'

/** The limit is half a step beyond the last entry, so that rounding does not change the number of entries. */
const progression = (g: Graph, start: number, step: number, length: number, dtype: Number): Ref => {
  const limit = dtype === 'int32' ? start + length * step : start + (length - 0.5) * step
  return g.op('Range', [g.scalar(start, dtype), g.scalar(limit, dtype), g.scalar(step, dtype)], [length])
}

/** Kernels that create tensors from numbers alone. */
export const constants: Kernels = {
  Fill: kernel<never, { shape: Array<number>; value: number | string; dtype?: GraphType }>((_, attributes) => {
    const { value, shape, dtype = 'float32' } = attributes
    if (typeof value === 'string' || !['float32', 'int32', 'bool'].includes(dtype)) return undefined
    return form({ shape, dtype }, (g) =>
      cast(
        g,
        g.op('Expand', [g.scalar(Number(value), dtype === 'int32' ? dtype : 'float32'), g.int64s(shape)], shape),
        dtype
      )
    )
  }),
  LinSpace: kernel<never, { start: number; stop: number; num: number }>((_, { start, stop, num }) =>
    form(float32([num]), (g) => {
      const { add, mul } = arithmetic(g)
      if (num === 1) return g.op('Expand', [g.scalar(start), g.int64s([1])], [1])
      return add(mul(progression(g, 0, 1, num, 'float32'), g.scalar((stop - start) / (num - 1))), g.scalar(start))
    })
  ),
  Range: kernel<never, { start: number; stop: number; step: number; dtype?: GraphType }>(
    (_, { start, stop, step: given, dtype = 'float32' }) => {
      // a step of 1 is the default, so its sign follows from the limits
      const step = given === 1 && stop < start ? -1 : given
      const length = Math.max(0, Math.ceil((stop - start) / step))
      const isWhole = dtype !== 'int32' || [start, step].every(Number.isInteger)
      if (dtype === 'bool' || !isWhole) return undefined
      return form({ shape: [length], dtype }, (g) => progression(g, start, step, length, dtype))
    }
  )
}
