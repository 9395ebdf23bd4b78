import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxType, OnnxValueInfo } from '../../format/onnx.js'
import { sameShape } from './Kernel.js'

/** A tensor of the graph under construction. */
export interface Ref {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly dtype: OnnxType
}

export type Attributes = Readonly<Record<string, OnnxAttribute>>

export const int = (value: number): OnnxAttribute => ({ _tag: 'int', value })
export const ints = (value: ReadonlyArray<number>): OnnxAttribute => ({ _tag: 'ints', value })
export const float = (value: number): OnnxAttribute => ({ _tag: 'float', value })
export const string = (value: string): OnnxAttribute => ({ _tag: 'string', value })

/** The domain of ONNX Runtime's own operators, such as FusedMatMul. */
export const MICROSOFT = 'com.microsoft'

const OPSETS = { '': 17, [MICROSOFT]: 1 }

type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array

/**
 * An ONNX graph under construction. Equal subexpressions become one node: an operator with the same inputs and
 * attributes returns the tensor it returned before, unless it is asked for a fresh one.
 */
export interface Graph {
  readonly input: (dtype: OnnxType, shape: ReadonlyArray<number>) => Ref
  readonly op: (
    type: string,
    inputs: ReadonlyArray<Ref | undefined>,
    shape: ReadonlyArray<number>,
    options?: {
      readonly attributes?: Attributes
      readonly domain?: string
      readonly dtype?: OnnxType
      readonly fresh?: string
    }
  ) => Ref
  /** An operator with several outputs, all of the first input's type. */
  readonly split: (
    type: string,
    inputs: ReadonlyArray<Ref>,
    shapes: ReadonlyArray<ReadonlyArray<number>>,
    attributes: Attributes
  ) => ReadonlyArray<Ref>
  readonly reshape: (x: Ref, shape: ReadonlyArray<number>) => Ref
  /** A constant known by its key: `data` is made only the first time. */
  readonly table: (key: string, shape: ReadonlyArray<number>, data: () => Numbers) => Ref
  readonly scalar: (value: number, dtype?: OnnxType) => Ref
  readonly int64s: (values: ReadonlyArray<number>) => Ref
  /** The model that computes `outputs`, without what they do not need; `names` has one name for each output. */
  readonly finish: (outputs: ReadonlyArray<Ref>) => { readonly model: OnnxModel; readonly names: ReadonlyArray<string> }
}

const typeOf = (data: Numbers): OnnxType =>
  data instanceof Float32Array
    ? 'float32'
    : data instanceof Int32Array
      ? 'int32'
      : data instanceof BigInt64Array
        ? 'int64'
        : 'uint8'

const bytesOf = (data: Numbers): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

const neededBy = (
  nodes: ReadonlyArray<OnnxNode>,
  outputs: ReadonlyArray<string>
): { readonly nodes: ReadonlyArray<OnnxNode>; readonly names: ReadonlySet<string> } => {
  const names = new Set(outputs)
  const kept: Array<OnnxNode> = []
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!
    if (!node.outputs.some((o) => names.has(o))) continue
    kept.push(node)
    for (const name of node.inputs) names.add(name)
  }
  return { nodes: kept.reverse(), names }
}

export const graph = (): Graph => {
  const nodes: Array<OnnxNode> = []
  const constants: Array<OnnxTensor> = []
  const inputs: Array<OnnxValueInfo> = []
  const known = new Map<string, ReadonlyArray<Ref>>()
  const reshaped = new Map<string, Ref>()
  let names = 0

  const nodeOf = (
    type: string,
    ins: ReadonlyArray<Ref | undefined>,
    outs: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly dtype: OnnxType }>,
    attributes: Attributes,
    domain: string,
    fresh: string
  ): ReadonlyArray<Ref> => {
    const inputNames = ins.map((x) => x?.name ?? '')
    const key = `${domain}.${type}(${inputNames.join()})${JSON.stringify(attributes)}${fresh}${outs.length}`
    const found = known.get(key)
    if (found !== undefined) return found
    const refs = outs.map((o) => ({ ...o, name: `t${names++}` }))
    nodes.push({ op: type, domain, inputs: inputNames, outputs: refs.map((r) => r.name), attributes })
    known.set(key, refs)
    return refs
  }

  const op: Graph['op'] = (
    type,
    ins,
    shape,
    { attributes = {}, domain = '', dtype = ins[0]!.dtype, fresh = '' } = {}
  ) => nodeOf(type, ins, [{ shape, dtype }], attributes, domain, fresh)[0]!

  const table: Graph['table'] = (key, shape, data) => {
    const id = `constant ${key}[${shape.join()}]`
    const found = known.get(id)
    if (found !== undefined) return found[0]!
    const numbers = data()
    const ref: Ref = { name: `c${names++}`, shape, dtype: typeOf(numbers) }
    constants.push({ name: ref.name, shape, type: ref.dtype, bytes: bytesOf(numbers) })
    known.set(id, [ref])
    return ref
  }

  const int64s: Graph['int64s'] = (values) =>
    table(`int64 ${values.join()}`, [values.length], () => BigInt64Array.from(values, BigInt))

  const scalar: Graph['scalar'] = (value, dtype = 'float32') => {
    if (dtype === 'bool') return op('Cast', [scalar(value, 'int32')], [], { dtype, attributes: { to: int(9) } })
    const numbers = () => (dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value))
    return table(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, [], numbers)
  }

  const reshape: Graph['reshape'] = (x, shape) => {
    const from = reshaped.get(x.name) ?? x
    if (sameShape(from.shape, shape)) return from
    const ref = op('Reshape', [from, int64s(shape)], shape)
    reshaped.set(ref.name, from)
    return ref
  }

  return {
    op,
    table,
    int64s,
    scalar,
    reshape,
    input: (dtype, shape) => {
      const ref: Ref = { name: `x${inputs.length}`, dtype, shape }
      inputs.push({ name: ref.name, type: dtype, shape })
      return ref
    },
    split: (type, ins, shapes, attributes) =>
      nodeOf(
        type,
        ins,
        shapes.map((shape) => ({ shape, dtype: ins[0]!.dtype })),
        attributes,
        '',
        ''
      ),
    finish: (outputs) => {
      // a graph output is a node's own result, and only once: anything else passes through an Identity
      const free = new Set(nodes.flatMap((n) => n.outputs))
      const results = outputs.map((ref, i) =>
        free.delete(ref.name) ? ref : op('Identity', [ref], ref.shape, { fresh: `output ${i}` })
      )
      const resultNames = results.map((r) => r.name)
      const needed = neededBy(nodes, resultNames)
      return {
        names: resultNames,
        model: {
          name: 'graft',
          producer: 'graft',
          opsets: OPSETS,
          nodes: needed.nodes,
          initializers: constants.filter((c) => needed.names.has(c.name)),
          inputs,
          outputs: results.map((r) => ({ name: r.name, type: r.dtype, shape: r.shape })),
          metadata: {}
        }
      }
    }
  }
}
