/**
 * ONNX export: a plan's network for inference, as a graph of standard operators.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { classesOf, type Decoding, type Resize, type Stats } from '../data/index.js'
import type { OnnxModel, OnnxValueInfo } from '../format/bytes/onnx.js'
import { channelAxis, sizeOf } from '../model/index.js'
import { foldPlan, type Plan } from '../plan/index.js'
import type { OutputActivation } from '../recipe/index.js'
import { version } from '../version.js'
import { type ExportError, exportError } from './ExportError.js'
import { type Attributes, int, type OnnxGraph, onnxGraph } from './OnnxGraph.js'
import { onnxLayer } from './onnxLayer.js'
import { preprocess } from './onnxPreprocessing.js'

/**
 * What an exported model does with the network's outputs, and what its metadata say about the input.
 *
 * @category plans
 * @since 0.1.0
 */
export interface OnnxOptions {
  /** Activation of the outputs. Default: `identity`, the raw outputs. */
  readonly activation?: OutputActivation
  /** Mean and standard deviation of pixels divided by 255, recorded in the metadata; the graph does not normalise. */
  readonly stats?: Stats
  /** How images are resized; recorded in the metadata. */
  readonly resize?: Resize
  /** How image files are decoded; recorded in the metadata. */
  readonly decoding?: Decoding
  /**
   * `inGraph`: the input is 8-bit pixels, `images` of `[batch, height, width, 3]`, of any size; the graph scales, crops
   * or pads and normalises them as graft does. `stats` and `resize` are required. Default `outside`.
   */
  readonly preprocessing?: 'outside' | 'inGraph'
  /** Divides raw outputs before the activation, if there is one; recorded in the metadata. Default 1. */
  readonly temperature?: number
  /** When a network answers "none of these"; recorded in the metadata. */
  readonly abstain?: { readonly by: string; readonly threshold: number }
}

const images = 'images'
const input = 'input'
const output = 'output'

const endings: Readonly<Record<OutputActivation, readonly [op: string, attributes: Attributes]>> = {
  identity: ['Identity', {}],
  exp: ['Exp', {}],
  sigmoid: ['Sigmoid', {}],
  softmax: ['Softmax', { axis: int(1) }]
}

interface Body {
  readonly result: string
  readonly values: ReadonlyArray<OnnxValueInfo>
}

/** Adds the network; returns the name of its output, and of each layer's output. */
const body = (plan: Plan, graph: OnnxGraph): Body => {
  const values = new Map<string, OnnxValueInfo>()
  const write = foldPlan<(x: string) => string>({
    leaf: (leaf) => (x) => {
      const name = onnxLayer(graph, leaf, x)
      if (name !== input) values.set(name, { name, type: 'float32', shape: ['batch', ...leaf.output] })
      return name
    },
    sequential: (parts) => (x) => parts.reduce((value, part) => part(value), x),
    sum:
      (branches, { path }) =>
      (x) =>
        branches.map((branch) => branch(x)).reduce((a, b) => graph.node(path, 'Add', [a, b])),
    product:
      (branches, { path }) =>
      (x) =>
        branches.map((branch) => branch(x)).reduce((a, b) => graph.node(path, 'Mul', [a, b])),
    concat:
      (branches, { path, output }) =>
      (x) =>
        graph.node(
          path,
          'Concat',
          branches.map((branch) => branch(x)),
          { axis: int(1 + channelAxis(output)) }
        )
  })(plan)
  return { result: write(input), values: [...values.values()] }
}

/** Details of `resize` that let another program do the same; docs/export.md has such programs. */
const scaling = (decoding: Decoding | undefined): OnnxModel['metadata'] => ({
  filter:
    decoding?.exact === true
      ? 'Pillow BILINEAR'
      : 'Pillow BILINEAR; JPEG and WebP that shrink to half their sides or less: libvips linear, which differs by a few levels',
  scaledSide: 'round_half_to_even(side / ratio), at least 1',
  cropOffset: 'floor((scaledSide - inputSide + 1) / 2)'
})

const decodingMetadata = ({ colour, orientation, range, exact }: Decoding): OnnxModel['metadata'] => ({
  colour,
  orientation,
  exact: String(exact),
  ...(O.isSome(range) ? { range: JSON.stringify(range.value) } : {})
})

const metadataOf = (
  plan: Plan,
  { activation = 'identity', stats, resize, decoding, preprocessing = 'outside', temperature, abstain }: OnnxOptions
): OnnxModel['metadata'] => ({
  graft: version,
  arch: plan.name,
  inputSize: JSON.stringify(plan.input),
  activation,
  preprocessing,
  ...(temperature === undefined ? {} : { temperature: String(temperature) }),
  ...(abstain === undefined ? {} : { abstain: JSON.stringify(abstain) }),
  ...(plan.task === null ? {} : { task: plan.task._tag, classes: JSON.stringify(classesOf(plan.task)) }),
  ...(plan.task?._tag === 'Points' ? { points: JSON.stringify(plan.task.names) } : {}),
  ...(stats === undefined ? {} : { mean: JSON.stringify(stats.mean), std: JSON.stringify(stats.std) }),
  ...(resize === undefined ? {} : { resize, ...scaling(decoding) }),
  ...(decoding === undefined ? {} : decodingMetadata(decoding))
})

const misfits = (plan: Plan, state: ReadonlyMap<string, Float32Array>): ReadonlyArray<ExportError> =>
  [...plan.parameters, ...plan.buffers].flatMap(({ path, shape }) => {
    const length = state.get(path)?.length
    return length === sizeOf(shape)
      ? []
      : [exportError(path, `${sizeOf(shape)} values`, String(length ?? 'none'), 'pass a state dict made for this plan')]
  })

/** What is missing for preprocessing in the graph. */
const unprepared = ({ name, input: [channels] }: Plan, { resize, stats }: OnnxOptions): ReadonlyArray<ExportError> => [
  ...(channels === 3
    ? []
    : [exportError(name, 'a network of 3 input channels', String(channels), "leave out preprocessing: 'inGraph'")]),
  ...(resize === undefined || stats === undefined
    ? [exportError(name, 'resize and stats, for preprocessing in the graph', 'one is missing', 'pass both')]
    : [])
]

/**
 * A plan and its weights (path → values in torch's layout) as an ONNX model of operator set 17; nothing is run. Input
 * `input`: `[batch, channels, height, width]` as in torch, with the plan's size and any batch size. Output `output`:
 * `[batch, ...outputs]`. With `preprocessing: 'inGraph'`, input `images`: uint8 `[batch, height, width, 3]`. Constants have the parameters' paths and share the state dict's memory. Metadata: the options,
 * how images are scaled and cropped (`filter`, `scaledSide`, `cropOffset`), `graft`, `arch`, `task`, `classes`,
 * `points` (names; outputs are x and y of each in turn, from -1 to 1 between the edges of the input) and `inputSize`, lists
 * as JSON. Errors: an `ExportError` for each array that is missing or has another length.
 *
 * @example
 * import { arch, nn, plan, toOnnx } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const network = nn.sequential(nn.named('conv', nn.conv2d(3, 2, 1, { bias: false })), nn.adaptiveAvgPool2d(1), nn.flatten)
 * const planned = plan({ input: [3, 8, 8] })(arch({ name: 'tiny', network }))
 * assert.ok(E.isRight(planned))
 * const model = toOnnx(planned.right, new Map([['conv.weight', new Float32Array(6)]]), { activation: 'softmax' })
 * assert.ok(E.isRight(model))
 * assert.deepStrictEqual(
 *   model.right.nodes.map((node) => node.op),
 *   ['Conv', 'GlobalAveragePool', 'Flatten', 'Softmax']
 * )
 * assert.deepStrictEqual(model.right.inputs[0]?.shape, ['batch', 3, 8, 8])
 * assert.ok(E.isLeft(toOnnx(planned.right, new Map())))
 *
 * @category plans
 * @since 0.1.0
 */
export const toOnnx = (
  plan: Plan,
  state: ReadonlyMap<string, Float32Array>,
  options: OnnxOptions = {}
): E.Either<ReadonlyNonEmptyArray<ExportError>, OnnxModel> => {
  const errors = misfits(plan, state)
  if (RA.isNonEmpty(errors)) return E.left(errors)
  const paths = [...plan.parameters, ...plan.buffers].map(({ path }) => path)
  const graph = onnxGraph((path) => state.get(path)!, [images, input, output, ...paths])
  const inGraph = options.preprocessing === 'inGraph'
  if (inGraph) {
    const unknown = unprepared(plan, options)
    if (RA.isNonEmpty(unknown)) return E.left(unknown)
    const { resize = 'crop', stats = { mean: [0, 0, 0], std: [1, 1, 1] } } = options
    preprocess(graph, images, input, [plan.input[1]!, plan.input[2]!], { resize, stats })
  }
  const activation = options.activation ?? 'identity'
  const [op, attributes] = endings[activation]
  const { result, values } = body(plan, graph)
  const { temperature = 1 } = options
  const cooled =
    activation === 'identity' || temperature === 1
      ? result
      : graph.node('temperature', 'Div', [result, graph.scalar('temperature', temperature)])
  graph.named(output, op, [cooled], attributes)
  return E.right({
    name: plan.name,
    producer: 'graft',
    opsets: { '': 17 },
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: inGraph
      ? [{ name: images, type: 'uint8', shape: ['batch', 'height', 'width', 3] }]
      : [{ name: input, type: 'float32', shape: ['batch', ...plan.input] }],
    outputs: [{ name: output, type: 'float32', shape: ['batch', ...plan.output] }],
    values,
    metadata: metadataOf(plan, options)
  })
}
