/**
 * ONNX: a model as a value, written to the bytes of its protobuf (`onnx.proto`, IR version 8). Knows field numbers and
 * wire types; knows nothing of what the operators mean.
 *
 * @since 0.1.0
 */

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * The element types graft writes, with `TensorProto.DataType`'s numbers.
 *
 * @category model
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
 * @category model
 * @since 0.1.0
 */
export type OnnxType = keyof typeof onnxTypes

/**
 * An attribute of a node: an integer, a float, a text, or a list of integers or floats.
 *
 * @category model
 * @since 0.1.0
 */
export type OnnxAttribute =
  | { readonly _tag: 'int'; readonly value: number }
  | { readonly _tag: 'float'; readonly value: number }
  | { readonly _tag: 'string'; readonly value: string }
  | { readonly _tag: 'ints'; readonly value: ReadonlyArray<number> }
  | { readonly _tag: 'floats'; readonly value: ReadonlyArray<number> }

/**
 * One operator with the names it reads and writes; an absent optional input is the empty name.
 *
 * @category model
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
 * A constant: little-endian bytes in row-major order (the typed array's own memory, not copied until the model is
 * written).
 *
 * @category model
 * @since 0.1.0
 */
export interface OnnxTensor {
  readonly name: string
  readonly type: OnnxType
  readonly shape: ReadonlyArray<number>
  readonly bytes: Uint8Array
}

/**
 * The declaration of a graph input or output. A dimension that is a text is symbolic (`batch`).
 *
 * @category model
 * @since 0.1.0
 */
export interface OnnxValueInfo {
  readonly name: string
  readonly type: OnnxType
  readonly shape: ReadonlyArray<number | string>
  /** A list of tensors of this type, in place of one. */
  readonly sequence?: true
}

/**
 * A whole model: nodes in topological order, the constants, what goes in and out, and the operator sets.
 *
 * @category model
 * @since 0.1.0
 */
export interface OnnxModel {
  readonly name: string
  readonly producer: string
  readonly opsets: Readonly<Record<string, number>>
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly initializers: ReadonlyArray<OnnxTensor>
  readonly inputs: ReadonlyArray<OnnxValueInfo>
  readonly outputs: ReadonlyArray<OnnxValueInfo>
  readonly metadata: Readonly<Record<string, string>>
}

// -------------------------------------------------------------------------------------
// protobuf: a message is its pieces and their total length, joined once at the very end
// -------------------------------------------------------------------------------------

interface Pieces {
  readonly length: number
  readonly parts: ReadonlyArray<Uint8Array>
}

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED32 = 5

const piece = (bytes: Uint8Array): Pieces => ({ length: bytes.length, parts: [bytes] })

const join = (fields: ReadonlyArray<Pieces>): Pieces => ({
  length: fields.reduce((n, f) => n + f.length, 0),
  parts: fields.flatMap((f) => f.parts)
})

const varintBytes = (value: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  // negative int64s are ten bytes of two's complement
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  out.push(Number(rest))
  return out
}

const varint = (value: number): Pieces =>
  piece(Uint8Array.from(value >= 0 && value < 128 ? [value] : varintBytes(value)))

const tag = (field: number, wire: number): Pieces => varint(field * 8 + wire)

const int = (field: number, value: number): Pieces => join([tag(field, VARINT), varint(value)])

const message = (field: number, body: Pieces): Pieces => join([tag(field, LENGTH_DELIMITED), varint(body.length), body])

const encoder = new TextEncoder()

const text = (field: number, value: string): Pieces => message(field, piece(encoder.encode(value)))

const floatBytes = (values: ReadonlyArray<number>): Pieces => {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((v, i) => view.setFloat32(4 * i, v, true))
  return piece(new Uint8Array(view.buffer))
}

const texts = (field: number, values: ReadonlyArray<string>): ReadonlyArray<Pieces> => values.map((v) => text(field, v))

// -------------------------------------------------------------------------------------
// onnx.proto's messages; the numbers are its field numbers
// -------------------------------------------------------------------------------------

const attributeBody = (a: OnnxAttribute): ReadonlyArray<Pieces> => {
  switch (a._tag) {
    case 'float':
      return [join([tag(2, FIXED32), floatBytes([a.value])]), int(20, 1)]
    case 'int':
      return [int(3, a.value), int(20, 2)]
    case 'string':
      return [text(4, a.value), int(20, 3)]
    case 'floats':
      return [message(7, floatBytes(a.value)), int(20, 6)]
    case 'ints':
      return [message(8, join(a.value.map(varint))), int(20, 7)]
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

const tensorBody = (t: OnnxTensor): Pieces =>
  join([...t.shape.map((d) => int(1, d)), int(2, onnxTypes[t.type]), text(8, t.name), message(9, piece(t.bytes))])

const valueInfoBody = (v: OnnxValueInfo): Pieces => {
  const dims = v.shape.map((d) => message(1, typeof d === 'number' ? int(1, d) : text(2, d)))
  const tensorType = join([int(1, onnxTypes[v.type]), message(2, join(dims))])
  const type = message(1, tensorType)
  return join([text(1, v.name), message(2, v.sequence === true ? message(4, message(1, type)) : type)])
}

const graphBody = (m: OnnxModel): Pieces =>
  join([
    ...m.nodes.map((n) => message(1, nodeBody(n))),
    text(2, m.name),
    ...m.initializers.map((t) => message(5, tensorBody(t))),
    ...m.inputs.map((v) => message(11, valueInfoBody(v))),
    ...m.outputs.map((v) => message(12, valueInfoBody(v)))
  ])

const IR_VERSION = 8

/**
 * The bytes of a model. The file format puts its limit at 2 GiB.
 *
 * @example
 * import { writeOnnx } from 'graft-vision'
 *
 * const bytes = writeOnnx({
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
 * @category encoding
 * @since 0.1.0
 */
export const writeOnnx = (model: OnnxModel): Uint8Array => {
  const whole = join([
    int(1, IR_VERSION),
    text(2, model.producer),
    message(7, graphBody(model)),
    ...Object.entries(model.opsets).map(([domain, version]) => message(8, join([text(1, domain), int(2, version)]))),
    ...Object.entries(model.metadata).map(([key, value]) => message(14, join([text(1, key), text(2, value)])))
  ])
  const out = new Uint8Array(whole.length)
  let at = 0
  for (const part of whole.parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
