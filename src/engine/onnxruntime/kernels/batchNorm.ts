import { arithmetic, columnSums } from '../arithmetic.js'
import type { Graph, Ref } from '../Graph.js'
import { float32, kernel, sizeOf, type Kernels } from '../Kernel.js'

// A vector of C channels against rows of C floats is slow for small C; spread over a whole image it is not.
const WIDE = 1024

/** A tensor seen as rows wide enough to be quick, and channel vectors spread to fit them. */
const wide = (g: Graph, shape: ReadonlyArray<number>) => {
  const channels = shape.at(-1)!
  const pixels = sizeOf(shape.slice(1, -1))
  const fold = channels < WIDE ? pixels : 1
  const view = [sizeOf(shape) / (fold * channels), fold * channels]
  return {
    tensor: (x: Ref): Ref => g.reshape(x, view),
    vector: (v: Ref): Ref =>
      fold === 1
        ? g.reshape(v, [1, channels])
        : g.reshape(g.op('Expand', [g.reshape(v, [1, channels]), g.int64s([fold, channels])], [fold, channels]), [
            1,
            fold * channels
          ])
  }
}

const channelMeans = (g: Graph, x: Ref, channels: number): Ref => {
  const count = sizeOf(x.shape) / channels
  const sums = columnSums(g, g.reshape(x, [count, channels]))
  return arithmetic(g).mul(sums, g.scalar(1 / count))
}

/** `1 / sqrt(variance + eps)`, a row of channels. */
const inverseDeviation = (g: Graph, variance: Ref, eps: number): Ref => {
  const { add, sqrt, reciprocal } = arithmetic(g)
  return reciprocal(sqrt(add(g.reshape(variance, [1, sizeOf(variance.shape)]), g.scalar(eps))))
}

interface Epsilon {
  readonly eps: number
}

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
        const { tensor, vector } = wide(g, x.shape)
        const mean = channelMeans(g, i.x, channels)
        const centred = sub(tensor(i.x), vector(mean))
        const variance = channelMeans(g, square(centred), channels)
        const factor = mul(inverseDeviation(g, variance, eps), g.reshape(i.gamma, [1, channels]))
        const y = add(mul(centred, vector(factor)), vector(i.beta))
        return [g.reshape(y, x.shape), g.reshape(mean, [channels]), g.reshape(variance, [channels])]
      }
    }
  }),
  GraftBatchNormTrainGrad: kernel<'dy' | 'x' | 'gamma' | 'mean' | 'variance', Epsilon>(({ x }, { eps }) => {
    const channels = x.shape.at(-1)!
    return {
      outputs: [float32(x.shape), float32([channels]), float32([channels])],
      emit: (g, i) => {
        const { add, sub, mul, neg } = arithmetic(g)
        const { tensor, vector } = wide(g, x.shape)
        const centred = sub(tensor(i.x), vector(i.mean))
        const dy = tensor(i.dy)
        const meanDy = channelMeans(g, dy, channels)
        const meanProduct = channelMeans(g, mul(dy, centred), channels)
        const inverse = inverseDeviation(g, i.variance, eps)
        const factor = mul(inverse, g.reshape(i.gamma, [1, channels]))
        const slope = neg(mul(meanProduct, mul(inverse, inverse)))
        const inner = add(sub(dy, vector(meanDy)), mul(centred, vector(slope)))
        const count = g.scalar(sizeOf(x.shape) / channels)
        return [
          g.reshape(mul(inner, vector(factor)), x.shape),
          g.reshape(mul(mul(meanProduct, inverse), count), [channels]),
          g.reshape(mul(meanDy, count), [channels])
        ]
      }
    }
  })
}
