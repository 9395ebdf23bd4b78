/**
 * `OnnxGraph`: a graph while it is being written: nodes in order, constants, and no name twice.
 */
import type { Shape } from '../model/index.js'
import type { OnnxAttribute, OnnxNode, OnnxTensor } from '../format/bytes/onnx.js'

export type Attributes = OnnxNode['attributes']

/** The part of the network at `at` writes; names of results and constants begin with it. */
export interface OnnxGraph {
  /** Adds a node of ONNX's own operators; gives the name of its result. */
  readonly node: (at: string, op: string, inputs: ReadonlyArray<string>, attributes?: Attributes) => string
  /** The same for a result whose name is settled. */
  readonly named: (result: string, op: string, inputs: ReadonlyArray<string>, attributes?: Attributes) => void
  /** Adds a parameter or buffer under its own path. */
  readonly parameter: (path: string, shape: Shape) => string
  /** Adds 32-bit floats, or 64-bit integers, that are no parameters. */
  readonly scalar: (at: string, value: number) => string
  readonly integers: (at: string, values: ReadonlyArray<number>) => string
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly initializers: ReadonlyArray<OnnxTensor>
}

export const int = (value: number): OnnxAttribute => ({ _tag: 'int', value })
export const float = (value: number): OnnxAttribute => ({ _tag: 'float', value })
export const text = (value: string): OnnxAttribute => ({ _tag: 'string', value })
export const ints = (value: ReadonlyArray<number>): OnnxAttribute => ({ _tag: 'ints', value })

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** An empty graph. `reserved` are the names that others have. */
export const onnxGraph = (arrays: (path: string) => Float32Array, reserved: ReadonlyArray<string>): OnnxGraph => {
  const nodes: Array<OnnxNode> = []
  const initializers: Array<OnnxTensor> = []
  const taken = new Set(reserved)
  const fresh = (base: string): string => {
    let name = base
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`
    taken.add(name)
    return name
  }
  const named: OnnxGraph['named'] = (result, op, inputs, attributes = {}) => {
    nodes.push({ op, domain: '', inputs, outputs: [result], attributes })
  }
  const constant = (name: string, type: OnnxTensor['type'], shape: Shape, values: Float32Array | BigInt64Array) => {
    initializers.push({ name, type, shape, bytes: bytesOf(values) })
    return name
  }
  return {
    named,
    node: (at, op, inputs, attributes) => {
      const result = fresh(`${at}/${op}`)
      named(result, op, inputs, attributes)
      return result
    },
    parameter: (path, shape) => constant(path, 'float32', shape, arrays(path)),
    scalar: (at, value) => constant(fresh(`${at}/constant`), 'float32', [], Float32Array.of(value)),
    integers: (at, values) =>
      constant(fresh(`${at}/constant`), 'int64', [values.length], BigInt64Array.from(values, BigInt)),
    nodes,
    initializers
  }
}
