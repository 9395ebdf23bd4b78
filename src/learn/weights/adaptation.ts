/** Adaptation of a file's tensors to another shape. */
import { type StoredTensor, toFloat32 } from '../../format/index.js'
import { join, parametersOf, type Shape, sizeOf } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'

/** An array of a state dict with its shape. */
export interface StateTensor {
  readonly shape: Shape
  readonly data: Float32Array
}

/** A file's tensors as float32. */
export const stateTensors = (tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StateTensor> =>
  new Map([...tensors].map(([key, tensor]) => [key, { shape: tensor.shape, data: toFloat32(tensor) }]))

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i])

/** The network's first convolution. */
export interface FirstConvolution {
  readonly path: string
  readonly weight: string
  readonly shape: Shape
}

/** The first layer with parameters, if it is a convolution over all its channels. */
export const firstConvolution = (plan: Plan): FirstConvolution | null => {
  const first = plan.layers.find(({ layer }) => parametersOf(layer).length > 0)
  if (first?.layer._tag !== 'Conv2d' || first.layer.groups !== 1) return null
  const weight = join(first.path, 'weight')
  const parameter = plan.parameters.find(({ path }) => path === weight)
  return parameter === undefined ? null : { path: first.path, weight, shape: parameter.shape }
}

/** Whether a tensor is a convolution's weight with another number of input channels. */
export const takesOtherChannels = (
  { shape }: FirstConvolution,
  found: Pick<StateTensor, 'shape'> | undefined
): boolean => {
  if (found?.shape.length !== 4) return false
  const [out, channels, ...kernel] = found.shape
  return channels !== shape[1] && channels !== 0 && sameShape([out!, ...kernel], [shape[0]!, ...shape.slice(2)])
}

/**
 * Adapts a convolution's weight `[out, from, h, w]` to `to` input channels by timm's rule (`adapt_input_conv`): one
 * channel is the sum of all, so a grey image gives the same result as three equal channels; several repeat the channels
 * in turn, scaled by from/to.
 */
const forChannels = ({ shape, data }: StateTensor, to: number): StateTensor => {
  const [out, from, ...kernel] = shape as readonly [number, number, number, number]
  const area = sizeOf(kernel)
  const result = new Float32Array(out * to * area)
  for (let o = 0; o < out; o++)
    for (let i = 0; i < area; i++) {
      const at = (c: number): number => data[(o * from + c) * area + i]!
      const sum = (): number => Array.from({ length: from }, (_, c) => at(c)).reduce((a, b) => a + b, 0)
      for (let c = 0; c < to; c++) result[(o * to + c) * area + i] = to === 1 ? sum() : (at(c % from) * from) / to
    }
  return { shape: [out, to, ...kernel], data: result }
}

/** A linear layer's weight as a convolution over the layer's whole input, or a factor per channel as `[c, 1, 1]`. */
const isFlat = (found: Shape, shape: Shape): boolean =>
  (found.length === 4 && sameShape([found[0]!, sizeOf(found.slice(1))], shape)) ||
  (found.length === 1 && sameShape([...found, 1, 1], shape))

/** Whether a tensor can be adapted to a shape: unchanged, flattened, or for other input channels. */
export const takes = (found: Shape, shape: Shape, first: FirstConvolution | null): boolean =>
  sameShape(found, shape) || isFlat(found, shape) || (first !== null && takesOtherChannels(first, { shape: found }))

/** Adapts a tensor to a shape. */
export const adapted = (found: StateTensor, shape: Shape): StateTensor =>
  sameShape(found.shape, shape)
    ? found
    : isFlat(found.shape, shape)
      ? { shape, data: found.data }
      : forChannels(found, shape[1]!)
