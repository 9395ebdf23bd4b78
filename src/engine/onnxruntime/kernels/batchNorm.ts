import { arithmetic, columnSums } from '../arithmetic.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, kernel, type Kernels } from '../Kernel.js'
import { images, pixelMatrix, pixelRow, plain, plainly, type Laid } from '../Layout.js'
import { sizeOf } from '../shapes.js'

/** A tensor as rows over which channel vectors spread, and the way back. */
interface Rows {
  readonly of: (x: Laid) => Ref
  readonly vector: (v: Ref) => Ref
  readonly back: (x: Ref) => Laid
}

/** Images as the matrix of their pixels, whose long rows are quick; all else as rows of channels. */
const rowsFor = (g: Graph, shape: ReadonlyArray<number>): Rows => {
  const channels = shape.at(-1)!
  return shape.length === 4
    ? {
        of: (x) => pixelMatrix(g, x),
        vector: (v) => pixelRow(g, plainly(g.reshape(v, [channels])), shape)!,
        back: (x) => images(g, x, shape)
      }
    : {
        of: (x) => g.reshape(plain(g, x), [sizeOf(shape) / channels, channels]),
        vector: (v) => g.reshape(v, [1, channels]),
        back: (x) => plainly(g.reshape(x, shape))
      }
}

// A network has hundreds of these means, and building a session takes time for each node: up to so many rows are added
// and divided by one product, which adds them one after the other. More are added by `columnSums`, in two levels.
const FEW = 32

/** The rows of a matrix, added and divided by `count`, as `[1, columns]`. */
const sumOver = (g: Graph, x: Ref, count: number): Ref => {
  const { matMul, mul } = arithmetic(g)
  const [height, share] = [x.shape[0]!, 1 / count]
  if (height > FEW) return mul(columnSums(g, x), g.scalar(share))
  const shares = g.table(`shares ${share}`, [1, height], () => new Float32Array(height).fill(share))
  return matMul(shares, x)
}

/** The means `[1, channels]` over all rows of channels. */
const channelMeans = (g: Graph, x: Ref, channels: number): Ref => {
  const sums = g.reshape(columnSums(g, x), [x.shape[1]! / channels, channels])
  return sumOver(g, sums, sizeOf(x.shape) / channels)
}

/** `1 / sqrt(variance + eps)`, a row of channels. */
const inverseDeviation = (g: Graph, variance: Ref, eps: number): Ref => {
  const { add, sqrt, reciprocal } = arithmetic(g)
  return reciprocal(sqrt(add(g.reshape(variance, [1, sizeOf(variance.shape)]), g.scalar(eps))))
}

interface Epsilon {
  readonly eps: number
}

const asVector = (g: Graph, row: Ref): Laid => plainly(g.reshape(row, [row.shape[1]!]))

/**
 * Two passes: the variance is the mean of the squared distances from the mean, so that nothing cancels when the mean
 * is much larger than the deviation. The gradient is that of Ioffe and Szegedy (2015), section 3:
 * `dx = gamma·r·(dy - mean(dy) - x̂·mean(dy·x̂))` with `r = 1/sqrt(variance + eps)` and `x̂ = (x - mean)·r`.
 */
export const batchNorm: Kernels = {
  GraftBatchNormTrain: kernel<'x' | 'gamma' | 'beta', Epsilon>(({ x }, { eps }) => {
    const channels = x.shape.at(-1)!
    return {
      outputs: [float32(x.shape), float32([channels]), float32([channels])],
      emit: (g, i) => {
        const { add, sub, mul, square } = arithmetic(g)
        const { of, vector, back } = rowsFor(g, x.shape)
        const row = (v: Laid): Ref => g.reshape(plain(g, v), [1, channels])
        const rows = of(i.x)
        const mean = channelMeans(g, rows, channels)
        const centred = sub(rows, vector(mean))
        const variance = channelMeans(g, square(centred), channels)
        const factor = mul(inverseDeviation(g, variance, eps), row(i.gamma))
        const y = add(mul(centred, vector(factor)), vector(row(i.beta)))
        return [back(y), asVector(g, mean), asVector(g, variance)]
      }
    }
  }),
  GraftBatchNormTrainGrad: kernel<'dy' | 'x' | 'gamma' | 'mean' | 'variance', Epsilon>(({ x }, { eps }) => {
    const channels = x.shape.at(-1)!
    return {
      outputs: [float32(x.shape), float32([channels]), float32([channels])],
      emit: (g, i) => {
        const { add, sub, mul, neg } = arithmetic(g)
        const { of, vector, back } = rowsFor(g, x.shape)
        const row = (v: Laid): Ref => g.reshape(plain(g, v), [1, channels])
        const centred = sub(of(i.x), vector(row(i.mean)))
        const dy = of(i.dy)
        const meanDy = channelMeans(g, dy, channels)
        const meanProduct = channelMeans(g, mul(dy, centred), channels)
        const inverse = inverseDeviation(g, plain(g, i.variance), eps)
        const factor = mul(inverse, row(i.gamma))
        const slope = neg(mul(meanProduct, mul(inverse, inverse)))
        const inner = add(sub(dy, vector(meanDy)), mul(centred, vector(slope)))
        const count = g.scalar(sizeOf(x.shape) / channels)
        return [
          back(mul(inner, vector(factor))),
          asVector(g, mul(mul(meanProduct, inverse), count)),
          asVector(g, mul(meanDy, count))
        ]
      }
    }
  })
}
