/**
 * `OnnxWriter`: an ONNX graph under construction, and constructors of its parts. Callers choose names and operators.
 */
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxType } from './onnx.js'

export type Attributes = OnnxNode['attributes']

export const int = (value: number): OnnxAttribute => ({ _tag: 'int', value })
export const ints = (value: ReadonlyArray<number>): OnnxAttribute => ({ _tag: 'ints', value })
export const float = (value: number): OnnxAttribute => ({ _tag: 'float', value })
export const string = (value: string): OnnxAttribute => ({ _tag: 'string', value })

export const graph = (value: OnnxGraph): OnnxAttribute => ({ _tag: 'graph', value })

/** A node; the default `domain` is ONNX's own. */
export const node = (
  op: string,
  inputs: ReadonlyArray<string>,
  outputs: ReadonlyArray<string>,
  attributes: Attributes = {},
  domain = ''
): OnnxNode => ({ op, domain, inputs, outputs, attributes })

const outsideOf = ({ nodes, inputs, initializers }: OnnxGraph): ReadonlyArray<string> => {
  const own = new Set([...inputs, ...initializers].map(({ name }) => name))
  for (const each of nodes) for (const name of each.outputs) own.add(name)
  return nodes.flatMap(readsOf).filter((name) => !own.has(name))
}

/** The names that a node reads: its inputs, and those that the graphs in its attributes read from around them. */
export const readsOf = ({ inputs, attributes }: OnnxNode): ReadonlyArray<string> => [
  ...inputs,
  ...Object.values(attributes).flatMap((a) => (a._tag === 'graph' ? outsideOf(a.value) : []))
]

/** The arrays that a constant can be made of. */
export type Numbers = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array

/** The element type of an array. */
export const typeOf = (numbers: Numbers): OnnxType =>
  numbers instanceof Float32Array
    ? 'float32'
    : numbers instanceof Float64Array
      ? 'float64'
      : numbers instanceof Int32Array
        ? 'int32'
        : numbers instanceof BigInt64Array
          ? 'int64'
          : 'uint8'

/** A constant of the array's type; it shares the array's memory. */
export const constant = (name: string, shape: ReadonlyArray<number>, numbers: Numbers): OnnxTensor => ({
  name,
  type: typeOf(numbers),
  shape,
  bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
})

export interface OnnxWriter {
  readonly write: (node: OnnxNode) => void
  readonly hold: (constant: OnnxTensor) => void
  /** In the order in which they were added. */
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly initializers: ReadonlyArray<OnnxTensor>
}

/** An empty graph. */
export const onnxWriter = (): OnnxWriter => {
  const nodes: Array<OnnxNode> = []
  const initializers: Array<OnnxTensor> = []
  return {
    write: (next) => void nodes.push(next),
    hold: (next) => void initializers.push(next),
    nodes,
    initializers
  }
}
