import { arithmetic } from '../graph/arithmetic.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'
import { sizeOf } from '../graph/shapes.js'
import { cast } from './logic.js'

export const diagonal: Kernels = {
  /**
   * A column followed by as many zeros per entry as there are rows; read with rows one element shorter, it is the
   * diagonal matrix.
   */
  Diag: kernel<'x'>(({ x }) => {
    const count = sizeOf(x.shape)
    return form({ ...x, shape: [...x.shape, ...x.shape] }, (g, i) => {
      const numbers = x.dtype === 'bool' ? 'int32' : x.dtype
      const column = g.reshape(cast(g, i.x, numbers), [count, 1])
      const wide = g.op('Pad', [column, g.int64s([0, 0, 0, count]), g.scalar(0, numbers)], [count, count + 1])
      const entries = arithmetic(g).slice(g.reshape(wide, [count * (count + 1)]), [0], [count * count])
      return cast(g, entries, x.dtype)
    })
  })
}
