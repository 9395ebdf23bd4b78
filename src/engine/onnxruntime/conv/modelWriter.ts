import type { OnnxNode, OnnxTensor } from '../../../format/bytes/onnx.js'
import type { Matrix } from './winograd.js'

const floats = (name: string, matrix: Matrix): OnnxTensor => ({
  name,
  type: 'float32',
  shape: [matrix.length, matrix[0]!.length],
  bytes: new Uint8Array(Float32Array.from(matrix.flat()).buffer)
})

const integers = (name: string, values: Iterable<number>): OnnxTensor => {
  const numbers = BigInt64Array.from(Array.from(values, BigInt))
  return { name, type: 'int64', shape: [numbers.length], bytes: new Uint8Array(numbers.buffer) }
}

/** Nodes and constants to add to a model. */
export interface Written {
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly constants: ReadonlyArray<OnnxTensor>
}

/** Adds nodes and constants whose names begin with `at`. */
export const modelWriter = (at: string) => {
  const nodes: Array<OnnxNode> = []
  const constants: Array<OnnxTensor> = []
  const node = (
    op: string,
    inputs: ReadonlyArray<string>,
    attributes: OnnxNode['attributes'] = {},
    to?: string
  ): string => {
    const name = to ?? `${at}/${nodes.length}`
    nodes.push({ op, domain: '', inputs, outputs: [name], attributes })
    return name
  }
  const constant = (tensor: (name: string) => OnnxTensor): string => {
    const made = tensor(`${at}/constant/${constants.length}`)
    constants.push(made)
    return made.name
  }
  const numbers = (values: Iterable<number>): string => constant((name) => integers(name, values))
  return {
    node,
    /** Copies a node of the model. */
    copy: (given: OnnxNode): void => void nodes.push(given),
    matrix: (values: Matrix) => constant((name) => floats(name, values)),
    integers: numbers,
    reshape: (x: string, shape: ReadonlyArray<number>, to?: string) => node('Reshape', [x, numbers(shape)], {}, to),
    scalar: (value: number) => constant((name) => ({ ...floats(name, [[value]]), shape: [] })),
    written: (): Written => ({ nodes, constants })
  }
}

export type ModelWriter = ReturnType<typeof modelWriter>
