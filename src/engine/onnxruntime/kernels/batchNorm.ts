import { arithmetic } from '../graph/arithmetic.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { float32, kernel, type Kernels } from '../recording/Kernel.js'
import { images, plain, plainly, type Laid } from '../graph/Layout.js'
import { sizeOf } from '../graph/shapes.js'
import { channelMeans, rowsFor, statistics } from '../graph/statistics.js'

/** `1 / sqrt(variance + eps)`, one value per channel. */
const inverseDeviation = (g: Graph, variance: Ref, eps: number): Ref => {
  const { add, sqrt, reciprocal } = arithmetic(g)
  return reciprocal(sqrt(add(g.reshape(variance, [1, sizeOf(variance.shape)]), g.scalar(eps))))
}

interface Epsilon {
  readonly eps: number
}

const asVector = (g: Graph, row: Ref): Laid => plainly(g.reshape(row, [row.shape[1]!]))

/** A tensor from the rows of `rowsFor`. */
const fromRows = (g: Graph, rows: Ref, shape: ReadonlyArray<number>): Laid =>
  shape.length === 4 ? images(g, rows, shape) : plainly(g.reshape(rows, shape))

/** `x` minus `mean`; reuses the centred values of the statistics if `mean` is theirs, as in training. */
const centredBy = (g: Graph, x: Laid, mean: Ref): { readonly centred: Ref; readonly isOwn: boolean } => {
  const own = statistics(g, x)
  if (own.mean.name === mean.name) return { centred: own.centred, isOwn: true }
  const { of, vector } = rowsFor(g, x.shape)
  return { centred: arithmetic(g).sub(of(x), vector(mean)), isOwn: false }
}

/** The means over all pixels of a gradient, and of its products with the centred input. */
const gradientMeans = (g: Graph, { maxima }: Laid, dy: Ref, centred: Ref, channels: number) => {
  const { mul } = arithmetic(g)
  if (maxima?.centred.name !== centred.name)
    return { meanDy: channelMeans(g, dy, channels), meanProduct: channelMeans(g, mul(dy, centred), channels) }
  const { gradient, maximum, signs } = maxima
  const share = g.scalar(sizeOf(gradient.shape) / sizeOf(dy.shape))
  const products = channelMeans(g, mul(gradient, maximum), channels)
  return {
    meanDy: mul(channelMeans(g, gradient, channels), share),
    meanProduct: mul(mul(products, signs), share)
  }
}

/**
 * The gradient is that of Ioffe and Szegedy (2015), section 3:
 * `dx = gamma·r·(dy - mean(dy) - x̂·mean(dy·x̂))` with `r = 1/sqrt(variance + eps)` and `x̂ = (x - mean)·r`.
 */
export const batchNorm: Kernels = {
  GraftBatchNormTrain: kernel<'x' | 'gamma' | 'beta', Epsilon>(({ x }, { eps }) => {
    const channels = x.shape.at(-1)!
    return {
      outputs: [float32(x.shape), float32([channels]), float32([channels])],
      emit: (g, i) => {
        const { add, mul } = arithmetic(g)
        const { vector } = rowsFor(g, x.shape)
        const row = (v: Laid): Ref => g.reshape(plain(g, v), [1, channels])
        const { mean, variance, centred } = statistics(g, i.x)
        const factor = mul(inverseDeviation(g, variance, eps), row(i.gamma))
        const shift = row(i.beta)
        const y = fromRows(g, add(mul(centred, vector(factor)), vector(shift)), x.shape)
        return [
          y.layout === 'pixels' ? { ...y, map: { centred, factor, shift } } : y,
          asVector(g, mean),
          asVector(g, variance)
        ]
      }
    }
  }),
  GraftBatchNormTrainGrad: kernel<'dy' | 'x' | 'gamma' | 'mean' | 'variance', Epsilon>(({ x }, { eps }) => {
    const channels = x.shape.at(-1)!
    return {
      outputs: [float32(x.shape), float32([channels]), float32([channels])],
      emit: (g, i) => {
        const { add, sub, mul, neg } = arithmetic(g)
        const { of, vector } = rowsFor(g, x.shape)
        const row = (v: Laid): Ref => g.reshape(plain(g, v), [1, channels])
        const { centred, isOwn } = centredBy(g, i.x, row(i.mean))
        const dy = of(i.dy)
        const { meanDy, meanProduct } = gradientMeans(g, i.dy, dy, centred, channels)
        const inverse = inverseDeviation(g, plain(g, i.variance), eps)
        const factor = mul(inverse, row(i.gamma))
        const slope = neg(mul(meanProduct, mul(inverse, inverse)))
        const inner = add(sub(dy, vector(meanDy)), mul(centred, vector(slope)))
        const count = g.scalar(sizeOf(x.shape) / channels)
        const dx = fromRows(g, mul(inner, vector(factor)), x.shape)
        const sum = () => ({
          of: i.x,
          main: mul(dy, vector(factor)),
          slope: mul(factor, slope),
          shift: neg(mul(factor, meanDy))
        })
        return [
          isOwn && x.shape.length === 4 ? { ...dx, sum: sum() } : dx,
          asVector(g, mul(mul(meanProduct, inverse), count)),
          asVector(g, mul(meanDy, count))
        ]
      }
    }
  })
}
