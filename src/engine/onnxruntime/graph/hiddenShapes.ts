import { readsOf } from '../../../format/bytes/onnxGraph.js'
import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from '../../../format/bytes/onnx.js'

/**
 * A model whose shapes are hidden from ONNX Runtime's memory planner, which reuses the memory of dead values of the same
 * shape. To find one it compares with every dead value, so a session of 10,000 nodes takes twice as long to build, and
 * memory reserved for a later value cannot serve others (docs/decisions/012-shapes-are-hidden.md has the figures).
 * onnxruntime-node cannot turn the planner off, but it skips values of unknown shape: inputs and outputs are declared
 * without shapes, and the shapes of reshapes, which would make them known again, arrive as an input.
 */
export interface Hidden {
  readonly model: OnnxModel
  /** The feed of `SHAPES`, an int64 vector; undefined: none. */
  readonly shapes: BigInt64Array | undefined
}

/** Name of the input with all shapes. */
export const SHAPES = 'shapes'

const LENGTHS = 'lengths of shapes'

const withoutShape = ({ name, type }: OnnxValueInfo): OnnxValueInfo => ({ name, type })

/** The constants that give the shapes of Reshape nodes. */
const shapesOfReshapes = ({ nodes, initializers }: OnnxModel): ReadonlyArray<OnnxTensor> => {
  const read = new Set(nodes.flatMap(({ op, inputs }) => (op === 'Reshape' ? [inputs[1]!] : [])))
  return initializers.filter(({ name }) => read.has(name))
}

const int64s = ({ bytes }: OnnxTensor): BigInt64Array =>
  new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / BigInt64Array.BYTES_PER_ELEMENT)

const lengthsOf = (shapes: ReadonlyArray<OnnxTensor>): OnnxTensor => {
  const lengths = BigInt64Array.from(shapes, ({ shape }) => BigInt(shape[0]!))
  return { name: LENGTHS, type: 'int64', shape: [lengths.length], bytes: new Uint8Array(lengths.buffer) }
}

/** The same model without shapes of inputs, outputs and reshapes. */
export const withHiddenShapes = (model: OnnxModel): Hidden => {
  const shapes = shapesOfReshapes(model)
  const inputs = model.inputs.map(withoutShape)
  const outputs = model.outputs.map(withoutShape)
  if (shapes.length === 0) return { model: { ...model, inputs, outputs }, shapes: undefined }
  const parts = new Map(shapes.map(({ name }) => [name, `hidden ${name}`]))
  const split: OnnxNode = {
    op: 'Split',
    domain: '',
    inputs: [SHAPES, LENGTHS],
    outputs: [...parts.values()],
    attributes: {}
  }
  const nodes = model.nodes.map((node) =>
    node.op === 'Reshape' ? { ...node, inputs: node.inputs.map((name) => parts.get(name) ?? name) } : node
  )
  const read = new Set(nodes.flatMap(readsOf))
  return {
    model: {
      ...model,
      nodes: [split, ...nodes],
      initializers: [...model.initializers.filter(({ name }) => read.has(name)), lengthsOf(shapes)],
      inputs: [...inputs, { name: SHAPES, type: 'int64' }],
      outputs
    },
    shapes: BigInt64Array.from(shapes.flatMap((tensor) => [...int64s(tensor)]))
  }
}
