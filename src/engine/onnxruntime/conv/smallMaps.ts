import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from '../../../format/bytes/onnx.js'
import { ints } from '../graph/Graph.js'
import { pixelsOf, type Size } from '../graph/Layout.js'
import { tapsOf } from '../graph/Window.js'
import { bytesOfRows, type Convolution, type Machine, type Work } from './Convolution.js'
import { costOf, costs, tableFor } from './costs.js'
import { type Matrix, type WholeMaps, winograd2, winograd4, wholeMaps } from './winograd.js'

/**
 * A model that graft did not compile (its own export) with its 3x3 convolutions over small maps by Winograd, where that
 * is quicker than ONNX Runtime's own: in batches of many images. All it adds are public operators; what depends on the weights alone, ONNX Runtime
 * computes when it loads the model. A batch norm behind such a convolution becomes part of the weights.
 */

/** Of ONNX Runtime's own convolution: a direct one, of images that it puts in blocks and back. */
export const ownWork = (c: Convolution): Work => {
  const [channels, pixels] = [c.channels + c.filters, pixelsOf(c.window.output)]
  return {
    flops: 2 * tapsOf(c.window) * pixels * c.images * c.channels * c.filters,
    bytes: bytesOfRows(c, pixels, channels)
  }
}

/** Costs depend on the number of images, which a model leaves open. */
const IMAGES = 32

/**
 * From how many images on Winograd is worth its larger weights, which each run reads: resnet18 at 128 px with AVX2 takes
 * 1.45 times as long by Winograd for one image, as long for 8, and 0.86 times for 32.
 */
export const manyImages = 16

/**
 * Channels in a block with AVX-512. There ONNX Runtime's own convolutions are about as quick at any size, though the
 * table of costs says otherwise: the same network took 1.15 times as long by Winograd for 8 images, 0.94 to 1.07 times
 * for 32 and 0.98 times for 64.
 */
const AVX512 = 16

interface Candidate {
  readonly node: OnnxNode
  readonly weights: OnnxTensor
  readonly convolution: Convolution
}

const spatial = (shape: ReadonlyArray<number | string> | undefined): Size | undefined => {
  const [, , height, width] = shape ?? []
  return typeof height === 'number' && typeof width === 'number' ? [height, width] : undefined
}

const everyIs = (attribute: OnnxAttribute | undefined, value: number): boolean =>
  attribute?._tag === 'ints' && attribute.value.every((each) => each === value)

/** Same padding and stride 1, so that a map keeps its size: the only ones that are looked at. */
const candidateOf = (model: OnnxModel, node: OnnxNode): Candidate | undefined => {
  const { kernel_shape, strides, pads, dilations, group } = node.attributes
  const weights = model.initializers.find(({ name }) => name === node.inputs[1])
  const size = spatial(model.values?.find(({ name }) => name === node.outputs[0])?.shape)
  const plain = [
    [kernel_shape, 3],
    [strides, 1],
    [pads, 1],
    [dilations, 1]
  ] as const
  if (node.op !== 'Conv' || weights === undefined || size === undefined) return undefined
  if (!plain.every(([attribute, value]) => everyIs(attribute, value)) || group?._tag !== 'int' || group.value !== 1)
    return undefined
  const [filters, channels] = weights.shape as readonly [number, number]
  const window = {
    input: size,
    output: size,
    size: [3, 3],
    stride: [1, 1],
    dilation: [1, 1],
    pad: [1, 1]
  } as const
  const convolution = {
    window,
    images: IMAGES,
    channels,
    filters,
    input: [IMAGES, ...size, channels],
    output: [IMAGES, ...size, filters]
  }
  return { node, weights, convolution }
}

/** The constants of the quicker of both tilings; undefined where ONNX Runtime's own convolution is quicker yet. */
const chosen = ({ convolution: c }: Candidate, machine: Machine, tables: typeof costs): WholeMaps | undefined => {
  const table = tableFor(tables, machine)
  const own = costOf(table.public.forward, ownWork(c))
  const able = [winograd2, winograd4].flatMap((form, i) => {
    const whole = form.applies(c, 'forward', machine) ? wholeMaps(i === 0 ? 2 : 4, c.window) : undefined
    const cost = costOf(table[form.name].forward, form.work(c, 'forward'))
    return whole === undefined || cost >= own ? [] : [{ whole, cost }]
  })
  return able.length === 0 ? undefined : able.reduce((a, b) => (b.cost < a.cost ? b : a)).whole
}

const floats = (name: string, matrix: Matrix): OnnxTensor => ({
  name,
  type: 'float32',
  shape: [matrix.length, matrix[0]!.length],
  bytes: new Uint8Array(Float32Array.from(matrix.flat()).buffer)
})

const integers = (name: string, values: ReadonlyArray<number>): OnnxTensor => ({
  name,
  type: 'int64',
  shape: [values.length],
  bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
})

interface Part {
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly constants: ReadonlyArray<OnnxTensor>
}

/** Nodes whose names begin with `at`, and their constants. */
const writer = (at: string) => {
  const nodes: Array<OnnxNode> = []
  const constants: Array<OnnxTensor> = []
  const node = (
    op: string,
    inputs: ReadonlyArray<string>,
    attributes: OnnxNode['attributes'] = {},
    to?: string
  ): string => {
    const name = to ?? `${at}/winograd/${nodes.length}`
    nodes.push({ op, domain: '', inputs, outputs: [name], attributes })
    return name
  }
  const constant = (tensor: (name: string) => OnnxTensor): string => {
    const made = tensor(`${at}/constant/${constants.length}`)
    constants.push(made)
    return made.name
  }
  return {
    node,
    matrix: (values: Matrix) => constant((name) => floats(name, values)),
    reshape: (x: string, shape: ReadonlyArray<number>) =>
      node('Reshape', [x, constant((name) => integers(name, shape))]),
    scalar: (value: number) => constant((name) => ({ ...floats(name, [[value]]), shape: [] })),
    part: (): Part => ({ nodes, constants })
  }
}

/** What a batch norm multiplies each channel with, and adds: two names, of `[channels]`. */
const channelMap = (w: ReturnType<typeof writer>, { inputs, attributes: { epsilon } }: OnnxNode) => {
  const [, scale, shift, mean, variance] = inputs as readonly [string, string, string, string, string]
  const eps = w.scalar(epsilon?._tag === 'float' ? epsilon.value : 1e-5)
  const factor = w.node('Div', [scale, w.node('Sqrt', [w.node('Add', [variance, eps])])])
  return { factor, shift: w.node('Sub', [shift, w.node('Mul', [mean, factor])]) }
}

/** The convolution, and the batch norm behind it if there is one, as nodes that end in the name of what they replace. */
const byWinograd = ({ node, convolution: c }: Candidate, whole: WholeMaps, norm: OnnxNode | undefined): Part => {
  const [x, weights, bias] = node.inputs as readonly [string, string, string?]
  const [result] = (norm ?? node).outputs as readonly [string]
  const w = writer(node.outputs[0]!)
  const map = norm === undefined ? undefined : channelMap(w, norm)
  const [products, [height, width]] = [whole.filter.length, c.window.output]
  const turned = w.node('Transpose', [weights], { perm: ints([2, 3, 1, 0]) })
  const scaled = map === undefined ? turned : w.node('Mul', [turned, map.factor])
  const u = w.reshape(w.node('MatMul', [w.matrix(whole.filter), w.reshape(scaled, [9, c.channels * c.filters])]), [
    products,
    c.channels,
    c.filters
  ])
  const rows = w.reshape(w.node('Transpose', [x], { perm: ints([2, 3, 0, 1]) }), [height * width, -1])
  const v = w.reshape(w.node('MatMul', [w.matrix(whole.input), rows]), [products, -1, c.channels])
  const all = w.reshape(w.node('MatMul', [v, u]), [whole.input.length, -1])
  const y = w.reshape(w.node('MatMul', [w.matrix(whole.output), all]), [height, width, -1, c.filters])
  const biased = bias === undefined ? undefined : map === undefined ? bias : w.node('Mul', [bias, map.factor])
  const added = [biased, map?.shift].reduce<string>(
    (sum, each) => (each === undefined ? sum : w.node('Add', [sum, each])),
    y
  )
  w.node('Transpose', [added], { perm: ints([2, 3, 0, 1]) }, result)
  return w.part()
}

/** The model with small maps by Winograd; itself where that gains nothing. */
export const withSmallMaps = (model: OnnxModel, machine: Machine, tables = costs): OnnxModel => {
  if (machine.block === AVX512) return model
  const readers = (name: string) => model.nodes.filter(({ inputs }) => inputs.includes(name))
  const parts = new Map<OnnxNode, Part>()
  for (const node of model.nodes) {
    const candidate = candidateOf(model, node)
    const whole = candidate && chosen(candidate, machine, tables)
    if (candidate === undefined || whole === undefined) continue
    const next = readers(node.outputs[0]!)
    const norm = next.length === 1 && next[0]!.op === 'BatchNormalization' ? next[0] : undefined
    parts.set(node, byWinograd(candidate, whole, norm))
    if (norm !== undefined) parts.set(norm, { nodes: [], constants: [] })
  }
  if (parts.size === 0) return model
  const gone = new Set([...parts.keys()].flatMap(({ outputs }) => outputs))
  return {
    ...model,
    nodes: model.nodes.flatMap((node) => parts.get(node)?.nodes ?? [node]),
    initializers: [...model.initializers, ...[...parts.values()].flatMap(({ constants }) => constants)],
    values: (model.values ?? []).filter(({ name }) => !gone.has(name))
  }
}
