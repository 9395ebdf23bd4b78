import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from '../../../format/bytes/onnx.js'
import { int, ints } from '../graph/Graph.js'
import { pixelsOf, type Size } from '../graph/Layout.js'
import { tapsOf } from '../graph/Window.js'
import { bytesOfRows, type Convolution, type Machine, type Work } from './Convolution.js'
import { costOf, costs, tableFor } from './costs.js'
import { imageShapes, modelRows } from './modelRows.js'
import { modelWriter, type ModelWriter } from './modelWriter.js'
import { tiledMaps, type TiledMaps } from './tiledMaps.js'
import { winograd2, winograd4 } from './winograd.js'

/**
 * Rewrites an exported model for batches of many images: 3x3 convolutions over small feature maps use Winograd's
 * algorithm where it is faster than ONNX Runtime's own convolution. Only standard ONNX operators are added. ONNX
 * Runtime computes what depends only on the weights when it loads the model. A batch norm after such a convolution is
 * folded into its weights.
 */

/** The work of ONNX Runtime's own convolution: direct, with images converted to blocks and back. */
export const ownWork = (c: Convolution): Work => {
  const [channels, pixels] = [c.channels + c.filters, pixelsOf(c.window.output)]
  return {
    flops: 2 * tapsOf(c.window) * pixels * c.images * c.channels * c.filters,
    bytes: bytesOfRows(c, pixels, channels)
  }
}

/** The number of images for which costs are compared; the model's batch size is dynamic. */
const IMAGES = 32

/**
 * The number of images from which Winograd outweighs its larger weights, which every run reads. resnet18 at 128 px with
 * AVX2 takes, relative to direct convolution, 1.45 times as long for one image, the same for 8, and 0.86 times for 32.
 */
export const manyImages = 16

/** Pixels of the largest feature maps to consider, by block size: those for which Winograd was measured. */
const largestMap = ({ block }: Machine): number => (block === 16 ? 28 * 28 : 8 * 8)

/** Milliseconds for every GB of images converted to rows of pixels and back. */
const PER_GBYTE_TURNED = 57

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

/** Only same padding with stride 1, so that the feature map keeps its size. */
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

const turning = (c: Convolution): number =>
  (PER_GBYTE_TURNED * 2 * bytesOfRows(c, pixelsOf(c.window.output), c.channels + c.filters)) / 1e9

/** Maximum number of transformed weights: while building a session, ONNX Runtime holds several copies of them. */
const LARGEST_WEIGHTS = 1 << 22

/** The faster of both tilings; undefined if ONNX Runtime's own convolution is faster. */
const chosen = ({ convolution: c }: Candidate, machine: Machine, tables: typeof costs): TiledMaps | undefined => {
  if (pixelsOf(c.window.output) > largestMap(machine)) return undefined
  const table = tableFor(tables, machine)
  const own = costOf(table.public.forward, ownWork(c))
  const able = ([2, 4] as const).flatMap((m) => {
    const form = m === 2 ? winograd2 : winograd4
    const cost = costOf(table[form.name].forward, form.work(c, 'forward')) + turning(c)
    const fits = (m + 2) ** 2 * c.channels * c.filters <= LARGEST_WEIGHTS
    return fits && form.applies(c, 'forward', machine) && cost < own ? [{ m, cost }] : []
  })
  if (able.length === 0) return undefined
  return tiledMaps(able.reduce((a, b) => (b.cost < a.cost ? b : a)).m, c.window)
}

/** The scale and shift of a batch norm per channel: two names, of shape `[channels]`. */
const channelMap = (w: ModelWriter, { inputs, attributes: { epsilon } }: OnnxNode) => {
  const [, scale, shift, mean, variance] = inputs as readonly [string, string, string, string, string]
  const eps = w.scalar(epsilon?._tag === 'float' ? epsilon.value : 1e-5)
  const factor = w.node('Div', [scale, w.node('Sqrt', [w.node('Add', [variance, eps])])])
  return { factor, shift: w.node('Sub', [shift, w.node('Mul', [mean, factor])]) }
}

/** Rows of pixels → transformed tiles, `[products, tiles·images, channels]`. */
const ofInput = (w: ModelWriter, maps: TiledMaps, rows: string, channels: number): string => {
  const shape = [maps.filter.length, -1, channels]
  if (maps._tag === 'WholeMaps') return w.reshape(w.node('MatMul', [w.matrix(maps.input), rows]), shape)
  const padded = w.node('Pad', [rows, w.integers([0, 0, 1, 0])])
  const gathered = w.node('Gather', [padded, w.integers(maps.gather)], { axis: int(0) })
  const places = w.reshape(gathered, [maps.input[0]!.length, -1])
  return w.reshape(w.node('MatMul', [w.matrix(maps.input), places]), shape)
}

/** Products `[products, tiles·images, filters]` → rows of pixels. */
const toOutput = (w: ModelWriter, maps: TiledMaps, products: string): string => {
  const back = w.node('MatMul', [w.matrix(maps.output), w.reshape(products, [maps.output[0]!.length, -1])])
  if (maps._tag === 'WholeMaps') return back
  const places = w.reshape(back, [maps.output.length * maps.tiles, -1])
  return w.node('Gather', [places, w.integers(maps.place)], { axis: int(0) })
}

/** The convolution and the batch norm after it, if there is one, from rows of pixels to rows of pixels. */
const byWinograd = (
  w: ModelWriter,
  { node, convolution: c }: Candidate,
  maps: TiledMaps,
  norm: OnnxNode | undefined,
  rows: string
): string => {
  const [, weights, bias] = node.inputs as readonly [string, string, string?]
  const map = norm === undefined ? undefined : channelMap(w, norm)
  const pixels = pixelsOf(c.window.output)
  const turned = w.node('Transpose', [weights], { perm: ints([2, 3, 1, 0]) })
  const scaled = map === undefined ? turned : w.node('Mul', [turned, map.factor])
  const u = w.reshape(w.node('MatMul', [w.matrix(maps.filter), w.reshape(scaled, [9, c.channels * c.filters])]), [
    maps.filter.length,
    c.channels,
    c.filters
  ])
  const y = toOutput(w, maps, w.node('MatMul', [ofInput(w, maps, rows, c.channels), u]))
  const biased = bias === undefined ? undefined : map === undefined ? bias : w.node('Mul', [bias, map.factor])
  const added = [biased, map?.shift].filter((each) => each !== undefined)
  if (added.length === 0) return y
  const byChannel = w.reshape(y, [pixels, -1, c.filters])
  return w.reshape(w.node('Add', [byChannel, added.reduce((a, b) => w.node('Add', [a, b]))]), [pixels, -1])
}

/** The model with Winograd for small feature maps; unchanged if that gains nothing. */
export const withSmallMaps = (model: OnnxModel, machine: Machine, tables = costs): OnnxModel => {
  const readers = (name: string) => model.nodes.filter(({ inputs }) => inputs.includes(name))
  const forms = new Map(
    model.nodes.flatMap((node) => {
      const candidate = candidateOf(model, node)
      const maps = candidate && chosen(candidate, machine, tables)
      if (candidate === undefined || maps === undefined) return []
      const next = readers(node.outputs[0]!)
      const norm = next.length === 1 && next[0]!.op === 'BatchNormalization' ? next[0] : undefined
      return [[node, { candidate, maps, norm }] as const]
    })
  )
  if (forms.size === 0) return model
  const folded = new Set([...forms.values()].map(({ norm }) => norm))
  const w = modelWriter('winograd')
  const rows = modelRows(w, imageShapes(model))
  for (const node of model.nodes) {
    const form = forms.get(node)
    if (form !== undefined) {
      const { candidate, maps, norm } = form
      const { channels, filters, window } = candidate.convolution
      const x = rows.rowsOf(node.inputs[0]!, [channels, ...window.input])
      const y = byWinograd(w, candidate, maps, norm, x)
      rows.give((norm ?? node).outputs[0]!, y, [filters, ...window.output])
    } else if (!folded.has(node)) rows.place(node)
  }
  model.outputs.forEach(({ name }) => rows.pay(name))
  const { nodes, constants } = w.written()
  const written = new Set(nodes.flatMap(({ outputs }) => outputs))
  return {
    ...model,
    nodes,
    initializers: [...model.initializers, ...constants],
    values: (model.values ?? []).filter(({ name }) => written.has(name))
  }
}
