import { arithmetic } from '../arithmetic.js'
import { elementwiseForm, kernel, type Kernels } from '../Kernel.js'

export const norm: Kernels = {
  FusedBatchNorm: kernel<'x' | 'mean' | 'variance', { varianceEpsilon?: number }, 'offset' | 'scale'>(
    ({ x, mean, variance, offset, scale }, { varianceEpsilon = 0.001 }) => {
      const perChannel = [mean, variance, offset, scale].every(
        (s) => s === undefined || (s.shape.length === 1 && s.shape[0] === x.shape.at(-1) && s.dtype === 'float32')
      )
      if (!perChannel || x.dtype !== 'float32') return undefined
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
