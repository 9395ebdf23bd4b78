/** `OnnxGraph`: an ONNX graph under construction: nodes in order, constants, and unique names. */
import type { Shape } from '../model/index.js'
import type { OnnxNode, OnnxTensor } from '../format/bytes/onnx.js'
import { type Attributes, constant, node, type Numbers, onnxWriter } from '../format/bytes/onnxGraph.js'

export { type Attributes, float, int, ints, string } from '../format/bytes/onnxGraph.js'

/** Operations that add to the graph; `at` is the path of the layer, with which names of results and constants begin. */
export interface OnnxGraph {
  /** Adds a node of a standard ONNX operator and returns the name of its result. */
  readonly node: (at: string, op: string, inputs: ReadonlyArray<string>, attributes?: Attributes) => string
  /** The same, with a given name for the result. */
  readonly named: (result: string, op: string, inputs: ReadonlyArray<string>, attributes?: Attributes) => void
  /** Adds a parameter or buffer under its own path. */
  readonly parameter: (path: string, shape: Shape) => string
  /** Adds float32 or int64 constants that are not parameters. */
  readonly scalar: (at: string, value: number) => string
  readonly integers: (at: string, values: ReadonlyArray<number>) => string
  /** The same as scalars: of 64 bits, and int64. */
  readonly double: (at: string, value: number) => string
  readonly integer: (at: string, value: number) => string
  readonly floats: (at: string, shape: Shape, values: Float32Array) => string
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly initializers: ReadonlyArray<OnnxTensor>
}

/** An empty graph. `reserved` are names already in use. */
export const onnxGraph = (arrays: (path: string) => Float32Array, reserved: ReadonlyArray<string>): OnnxGraph => {
  const { write, hold, nodes, initializers } = onnxWriter()
  const taken = new Set(reserved)
  const fresh = (base: string): string => {
    let name = base
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`
    taken.add(name)
    return name
  }
  const held = (name: string, shape: Shape, values: Numbers): string => {
    hold(constant(name, shape, values))
    return name
  }
  return {
    named: (result, op, inputs, attributes) => write(node(op, inputs, [result], attributes)),
    node: (at, op, inputs, attributes) => {
      const result = fresh(`${at}/${op}`)
      write(node(op, inputs, [result], attributes))
      return result
    },
    parameter: (path, shape) => held(path, shape, arrays(path)),
    scalar: (at, value) => held(fresh(`${at}/constant`), [], Float32Array.of(value)),
    double: (at, value) => held(fresh(`${at}/constant`), [], Float64Array.of(value)),
    integer: (at, value) => held(fresh(`${at}/constant`), [], BigInt64Array.of(BigInt(value))),
    integers: (at, values) => held(fresh(`${at}/constant`), [values.length], BigInt64Array.from(values, BigInt)),
    floats: (at, shape, values) => held(fresh(`${at}/constant`), shape, values),
    nodes,
    initializers
  }
}
