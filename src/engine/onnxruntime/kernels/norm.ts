import { arithmetic } from '../graph/arithmetic.js'
import { elementwiseForm, kernel, type Kernels } from '../recording/Kernel.js'
import { sameShape } from '../graph/shapes.js'
import type { Signature } from '../recording/Trace.js'

/** Usually channels; tfjs also accepts whole images, which are repeated over a batch. */
const isRepeated = ({ shape, dtype }: Signature, over: Signature): boolean => {
  const size = shape.slice(shape.findIndex((d) => d !== 1))
  return dtype === 'float32' && sameShape(size, over.shape.slice(over.shape.length - size.length))
}

export const norm: Kernels = {
  FusedBatchNorm: kernel<'x' | 'mean' | 'variance', { varianceEpsilon?: number }, 'offset' | 'scale'>(
    ({ x, mean, variance, offset, scale }, { varianceEpsilon = 0.001 }) => {
      const known = [mean, variance, offset, scale].every((s) => s === undefined || isRepeated(s, x))
      if (!known || x.dtype !== 'float32') return undefined
      return elementwiseForm(x, (g, i) => {
        const { add, sub, mul, sqrt, reciprocal } = arithmetic(g)
        const inverse = reciprocal(sqrt(add(i.variance, g.scalar(varianceEpsilon))))
        const factor = i.scale === undefined ? inverse : mul(inverse, i.scale)
        const y = mul(sub(i.x, i.mean), factor)
        return i.offset === undefined ? y : add(y, i.offset)
      })
    }
  )
}
