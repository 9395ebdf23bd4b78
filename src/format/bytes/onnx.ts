/**
 * ONNX models as values, and their serialisation to protobuf (`onnx.proto`, IR version 8). Knows field numbers and wire
 * types, but not the meaning of operators.
 *
 * @since 0.1.0
 */
import { entry, float, floatBytes, int, join, message, type Pieces, text, texts, varint, written } from './protobuf.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * The element types that graft writes, with the numbers of `TensorProto.DataType`.
 *
 * @category bytes
 * @since 0.1.0
 */
export const onnxTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11
} as const

/**
 * An element type by name.
 *
 * @category bytes
 * @since 0.1.0
 */
export type OnnxType = keyof typeof onnxTypes

/**
 * An attribute of a node: an integer, a float, a string, a list of integers or floats, or a graph that the node runs.
 *
 * @category bytes
 * @since 0.1.0
 */
export type OnnxAttribute =
  | { readonly _tag: 'int'; readonly value: number }
  | { readonly _tag: 'float'; readonly value: number }
  | { readonly _tag: 'string'; readonly value: string }
  | { readonly _tag: 'ints'; readonly value: ReadonlyArray<number> }
  | { readonly _tag: 'floats'; readonly value: ReadonlyArray<number> }
  | { readonly _tag: 'graph'; readonly value: OnnxGraph }

/**
 * One operator with the names of its inputs and outputs; an absent optional input is the empty name.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface OnnxNode {
  readonly op: string
  readonly domain: string
  readonly inputs: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/**
 * A constant: little-endian bytes in row-major order (the typed array's own memory, copied only when the model is
 * written).
 *
 * @category bytes
 * @since 0.1.0
 */
export interface OnnxTensor {
  readonly name: string
  readonly type: OnnxType
  readonly shape: ReadonlyArray<number>
  readonly bytes: Uint8Array
}

/**
 * The declaration of a graph input or output. A dimension given as a string is symbolic (`batch`); without a shape, not
 * even the rank is known.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface OnnxValueInfo {
  readonly name: string
  readonly type: OnnxType
  readonly shape?: ReadonlyArray<number | string>
  /** A list of such tensors, instead of a single one. */
  readonly sequence?: true
}

/**
 * Nodes in topological order, constants, inputs and outputs: of a model, or of an attribute. The nodes of an attribute may
 * also read the values of the graph around it.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface OnnxGraph {
  readonly name: string
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly initializers: ReadonlyArray<OnnxTensor>
  readonly inputs: ReadonlyArray<OnnxValueInfo>
  readonly outputs: ReadonlyArray<OnnxValueInfo>
  /** Declarations of intermediate results, for readers of the model: ONNX's `value_info`. */
  readonly values?: ReadonlyArray<OnnxValueInfo>
}

/**
 * A whole model: its graph and the operator sets.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface OnnxModel extends OnnxGraph {
  readonly producer: string
  readonly opsets: Readonly<Record<string, number>>
  readonly metadata: Readonly<Record<string, string>>
}

// -------------------------------------------------------------------------------------
// onnx.proto's messages; the numbers are its field numbers
// -------------------------------------------------------------------------------------

const attributeBody = (a: OnnxAttribute): ReadonlyArray<Pieces> => {
  switch (a._tag) {
    case 'float':
      return [float(2, a.value), int(20, 1)]
    case 'int':
      return [int(3, a.value), int(20, 2)]
    case 'string':
      return [text(4, a.value), int(20, 3)]
    case 'floats':
      return [message(7, floatBytes(a.value)), int(20, 6)]
    case 'ints':
      return [message(8, join(a.value.map(varint))), int(20, 7)]
    case 'graph':
      return [message(6, graphBody(a.value, inside)), int(20, 5)]
  }
}

const nodeBody = (n: OnnxNode): Pieces =>
  join([
    ...texts(1, n.inputs),
    ...texts(2, n.outputs),
    text(4, n.op),
    ...Object.entries(n.attributes).map(([name, a]) => message(5, join([text(1, name), ...attributeBody(a)]))),
    ...(n.domain === '' ? [] : [text(7, n.domain)])
  ])

/** A range of bytes in a file beside the model. */
interface Place {
  readonly location: string
  readonly offset: number
  readonly length: number
}

/** All tensors in the model itself. */
const inside: ReadonlyMap<OnnxTensor, Place> = new Map()

const EXTERNAL = 1

const contents = (bytes: Uint8Array, place: Place | undefined): ReadonlyArray<Pieces> =>
  place === undefined
    ? [message(9, bytes)]
    : [...Object.entries(place).map(([key, value]) => message(13, entry(key, String(value)))), int(14, EXTERNAL)]

const tensorBody = (t: OnnxTensor, place: Place | undefined): Pieces =>
  join([...t.shape.map((d) => int(1, d)), int(2, onnxTypes[t.type]), text(8, t.name), ...contents(t.bytes, place)])

const valueInfoBody = (v: OnnxValueInfo): Pieces => {
  const dims = v.shape?.map((d) => message(1, typeof d === 'number' ? int(1, d) : text(2, d)))
  const tensorType = join([int(1, onnxTypes[v.type]), ...(dims === undefined ? [] : [message(2, join(dims))])])
  const type = message(1, tensorType)
  return join([text(1, v.name), message(2, v.sequence === true ? message(4, message(1, type)) : type)])
}

const graphBody = (m: OnnxGraph, places: ReadonlyMap<OnnxTensor, Place>): Pieces =>
  join([
    ...m.nodes.map((n) => message(1, nodeBody(n))),
    text(2, m.name),
    ...m.initializers.map((t) => message(5, tensorBody(t, places.get(t)))),
    ...m.inputs.map((v) => message(11, valueInfoBody(v))),
    ...m.outputs.map((v) => message(12, valueInfoBody(v))),
    ...(m.values ?? []).map((v) => message(13, valueInfoBody(v)))
  ])

const IR_VERSION = 8

const modelBody = (m: OnnxModel, places: ReadonlyMap<OnnxTensor, Place>): Pieces =>
  join([
    int(1, IR_VERSION),
    text(2, m.producer),
    message(7, graphBody(m, places)),
    ...Object.entries(m.opsets).map(([domain, version]) => message(8, join([text(1, domain), int(2, version)]))),
    ...Object.entries(m.metadata).map(([key, value]) => message(14, entry(key, value)))
  ])

/**
 * Serialises a model with its weights. protobuf's limit is 2 GiB: see `fitsInside`.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const bytes = Format.writeOnnx({
 *   name: 'relu',
 *   producer: 'graft',
 *   opsets: { '': 17 },
 *   nodes: [{ op: 'Relu', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
 *   initializers: [],
 *   inputs: [{ name: 'x', type: 'float32', shape: ['batch', 3] }],
 *   outputs: [{ name: 'y', type: 'float32', shape: ['batch', 3] }],
 *   metadata: {}
 * })
 * assert.deepStrictEqual([...bytes.subarray(0, 2)], [8, 8]) // field 1, ir_version = 8
 *
 * @category bytes
 * @since 0.1.0
 */
export const writeOnnx = (model: OnnxModel): Uint8Array => written(modelBody(model, inside))

// -------------------------------------------------------------------------------------
// weights in a file beside the model (TensorProto.external_data)
// -------------------------------------------------------------------------------------

/** protobuf messages must be smaller than 2 GiB, because lengths are signed 32-bit integers. */
const LARGEST = 2 ** 31 - 1

/** Readers expect small constants, such as shapes, in the model. */
const SMALLEST_BESIDE = 1024

/** A page, so that readers can map each tensor into memory. */
const PAGE = 4096

/** Writing and hashing are limited to 2 GiB at a time. */
const PART = 2 ** 26

const placed = (model: OnnxModel, location: string): ReadonlyMap<OnnxTensor, Place> => {
  const places = new Map<OnnxTensor, Place>()
  let end = 0
  for (const tensor of model.initializers) {
    if (tensor.bytes.length < SMALLEST_BESIDE) continue
    const offset = Math.ceil(end / PAGE) * PAGE
    places.set(tensor, { location, offset, length: tensor.bytes.length })
    end = offset + tensor.bytes.length
  }
  return places
}

/**
 * Returns whether a model with its weights fits in one file. Computes its size without writing.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const empty: Format.OnnxModel = {
 *   name: 'empty', producer: '', opsets: { '': 17 }, nodes: [], initializers: [], inputs: [], outputs: [], metadata: {}
 * }
 * const weight = { name: 'w', type: 'uint8' as const, shape: [2 ** 31], bytes: new Uint8Array(2 ** 31) }
 * assert.deepStrictEqual([empty, { ...empty, initializers: [weight] }].map(Format.fitsInside), [true, false])
 *
 * @category bytes
 * @since 0.1.0
 */
export const fitsInside = (model: OnnxModel): boolean => modelBody(model, inside).length <= LARGEST

/**
 * Serialises a model whose larger constants (from 1 KiB) are in the file `location`, relative to the model's folder;
 * `onnxWeights` returns the content of that file.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const model: Format.OnnxModel = {
 *   name: 'constant',
 *   producer: 'graft',
 *   opsets: { '': 17 },
 *   nodes: [],
 *   initializers: [{ name: 'w', type: 'float32', shape: [1000], bytes: new Uint8Array(4000) }],
 *   inputs: [],
 *   outputs: [{ name: 'w', type: 'float32', shape: [1000] }],
 *   metadata: {}
 * }
 * assert.ok(Format.writeOnnx(model).length > 4000 && Format.writeOnnxBeside('weights.data')(model).length < 200)
 * assert.strictEqual(Format.onnxWeights(model).reduce((sum, part) => sum + part.length, 0), 4000)
 *
 * @category bytes
 * @since 0.1.0
 */
export const writeOnnxBeside =
  (location: string) =>
  (model: OnnxModel): Uint8Array =>
    written(modelBody(model, placed(model, location)))

/**
 * The content of the weights' file beside a model, in parts of at most 64 MiB: the constants' own memory, and zeros up
 * to the next page.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const tensor = (name: string) => ({ name, type: 'float32' as const, shape: [1000], bytes: new Uint8Array(4000) })
 * const model: Format.OnnxModel = {
 *   name: 'constants',
 *   producer: 'graft',
 *   opsets: { '': 17 },
 *   nodes: [],
 *   initializers: [tensor('a'), tensor('b')],
 *   inputs: [],
 *   outputs: [],
 *   metadata: {}
 * }
 * assert.deepStrictEqual(Format.onnxWeights(model).map((part) => part.length), [4000, 96, 4000])
 *
 * @category bytes
 * @since 0.1.0
 */
export const onnxWeights = (model: OnnxModel): ReadonlyArray<Uint8Array> => {
  const parts: Array<Uint8Array> = []
  let end = 0
  for (const [{ bytes }, { offset }] of placed(model, '')) {
    if (offset > end) parts.push(new Uint8Array(offset - end))
    for (let at = 0; at < bytes.length; at += PART) parts.push(bytes.subarray(at, at + PART))
    end = offset + bytes.length
  }
  return parts
}
