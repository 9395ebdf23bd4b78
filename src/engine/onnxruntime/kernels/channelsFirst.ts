import { arithmetic } from '../graph/arithmetic.js'
import type { Graph } from '../graph/Graph.js'
import type { Kernel, Kernels } from '../recording/Kernel.js'
import { plain, plainly, type Laid } from '../graph/Layout.js'
import type { Signature } from '../recording/Trace.js'

const IMAGES = { toLast: [0, 2, 3, 1], toFirst: [0, 3, 1, 2] }
const SLOPES = [1, 2, 0]

const permuted = <A>(list: ReadonlyArray<A>, perm: ReadonlyArray<number>): ReadonlyArray<A> => perm.map((p) => list[p]!)

/** The permutation of an input's axes to NHWC; undefined for an input that is not an image. */
const orderOf = (name: string, { length: rank }: ReadonlyArray<number>): ReadonlyArray<number> | undefined => {
  if (name === 'x' || name === 'dy') return IMAGES.toLast
  return name === 'preluActivationWeights' && rank === 3 ? SLOPES : undefined
}

const mapped = <A, B>(inputs: Readonly<Record<string, A>>, f: (name: string, a: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, a]) => [name, f(name, a)]))

const attributesToLast = ({ pad, inputShape, ...rest }: Readonly<Record<string, unknown>>) => ({
  ...rest,
  dataFormat: 'NHWC',
  pad: Array.isArray(pad) ? permuted<unknown>(pad, IMAGES.toLast) : pad,
  ...(Array.isArray(inputShape) ? { inputShape: permuted<unknown>(inputShape, IMAGES.toLast) } : {})
})

const turned = (g: Graph, x: Laid, order: ReadonlyArray<number>): Laid =>
  plainly(arithmetic(g).transpose(plain(g, x), order))

const givesImages = (name: string): boolean => name !== 'Conv2DBackpropFilter'

/** Extends a kernel for NHWC images to NCHW, by transposing inputs and result. */
const channelsFirst =
  (name: string, kernel: Kernel): Kernel =>
  (inputs, attributes) => {
    if (attributes['dataFormat'] !== 'NCHW') return kernel(inputs, attributes)
    const signatures = mapped(inputs, (input, s): Signature => {
      const order = orderOf(input, s.shape)
      return order === undefined ? s : { ...s, shape: permuted(s.shape, order) }
    })
    const form = kernel(signatures, attributesToLast(attributes))
    if (form === undefined) return undefined
    const last = (g: Graph, inputs: Readonly<Record<string, Laid>>): Readonly<Record<string, Laid>> =>
      mapped(inputs, (input, x) => {
        const order = orderOf(input, x.shape)
        return order === undefined ? x : turned(g, x, order)
      })
    if (!givesImages(name)) return { ...form, emit: (g, inputs) => form.emit(g, last(g, inputs)) }
    return {
      outputs: form.outputs.map((s) => ({ ...s, shape: permuted(s.shape, IMAGES.toFirst) })),
      emit: (g, inputs) => form.emit(g, last(g, inputs)).map((y) => turned(g, y, IMAGES.toFirst))
    }
  }

export const withChannelsFirst = (kernels: Kernels): Kernels =>
  Object.fromEntries(
    ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'FusedConv2D'].map((name) => [
      name,
      channelsFirst(name, kernels[name]!)
    ])
  )
