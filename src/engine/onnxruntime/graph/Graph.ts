import type {
  OnnxAttribute,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxType,
  OnnxValueInfo
} from '../../../format/bytes/onnx.js'
import { sameShape, sizeOf } from './shapes.js'

/**
 * A tensor of the graph under construction, seen in a shape. Seeing it in another costs nothing until an operator reads
 * it so.
 */
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

const OPSETS = { '': 17, [MICROSOFT]: 1, 'com.microsoft.nchwc': 1 }

/** What tfjs has arrays for. */
const HELD: ReadonlySet<OnnxType> = new Set<OnnxType>(['float32', 'int32', 'bool'])

type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array

/** Where a model's input comes from: a feed by its number, or an output of the preparation. */
export type Origin =
  { readonly _tag: 'Feed'; readonly index: number } | { readonly _tag: 'Prepared'; readonly index: number }

/** A model with its inputs and outputs by name, in the shapes that they have there. */
export interface Finished {
  readonly model: OnnxModel
  readonly inputs: ReadonlyArray<{ readonly ref: Ref; readonly origin: Origin }>
  readonly outputs: ReadonlyArray<Ref>
}

/** `main` computes what was asked for, from what `prepare` computed once of the fixed inputs. */
export interface Staged {
  readonly main: Finished
  readonly prepare: Finished | undefined
}

/** What the compiler is told, beside what to compute. */
export interface CompilerSettings {
  /** Every convolution by its direct form: no Winograd. */
  readonly exactConv: boolean
  /** Channels in a block of ONNX Runtime's internal convolutions; 0: there are none. */
  readonly block: number
  /** Whether those are another machine's blocks. */
  readonly foreign?: boolean
}

export interface OpOptions {
  readonly attributes?: Attributes
  readonly domain?: string
  /** Default: the first input's. */
  readonly dtype?: OnnxType
}

/**
 * An ONNX graph under construction. Equal subexpressions become one node: an operator with the same inputs and
 * attributes returns the tensor it returned before.
 */
export interface Graph {
  readonly settings: CompilerSettings
  /** A fixed input is the same in every run: what depends on such alone is computed once. */
  readonly input: (dtype: OnnxType, shape: ReadonlyArray<number>, fixed: boolean) => Ref
  /** Whether a tensor depends on fixed inputs and constants alone. */
  readonly isFixed: (x: Ref) => boolean
  readonly op: (
    type: string,
    inputs: ReadonlyArray<Ref | undefined>,
    shape: ReadonlyArray<number>,
    options?: OpOptions
  ) => Ref
  /** An operator with several outputs, of the first input's type where no others are given. */
  readonly split: (
    type: string,
    inputs: ReadonlyArray<Ref>,
    shapes: ReadonlyArray<ReadonlyArray<number>>,
    attributes: Attributes,
    dtypes?: ReadonlyArray<OnnxType>
  ) => ReadonlyArray<Ref>
  /**
   * An operator that takes each element by itself, of tensors with as many elements each, or with one. It works on the
   * shape in which the first was made, which spares reshapes.
   */
  readonly elementwise: (type: string, inputs: ReadonlyArray<Ref>, options?: OpOptions) => Ref
  /** What `elementwise` without options has made of these inputs already, if it has. */
  readonly knownElementwise: (type: string, inputs: ReadonlyArray<Ref>) => Ref | undefined
  /** The operator that computes a tensor; undefined of inputs and constants. */
  readonly madeBy: (x: Ref) => string | undefined
  readonly reshape: (x: Ref, shape: ReadonlyArray<number>) => Ref
  /** A tensor seen in the shape in which it was made, which costs nothing. */
  readonly asMade: (x: Ref) => Ref
  /** A constant known by its key: `data` is made only the first time. */
  readonly table: (key: string, shape: ReadonlyArray<number>, data: () => Numbers) => Ref
  readonly scalar: (value: number, dtype?: OnnxType) => Ref
  readonly int64s: (values: ReadonlyArray<number>) => Ref
  /** The models that compute `outputs`, without what they do not need. */
  readonly finish: (outputs: ReadonlyArray<Ref>) => Staged
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

/** The nodes that `outputs` need, in order; `names` are theirs and those of all that they read. */
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

/** Equal keys, equal results. */
const keyOf = (
  type: string,
  inputs: ReadonlyArray<string>,
  outputs: number,
  attributes: Attributes,
  domain: string
): string => `${domain}.${type}(${inputs.join()})${JSON.stringify(attributes)}${outputs}`

const infoOf = ({ name, dtype, shape }: Ref): OnnxValueInfo => ({ name, type: dtype, shape })

export const graph = (settings: CompilerSettings): Graph => {
  const nodes: Array<OnnxNode> = []
  const constants: Array<OnnxTensor> = []
  const inputs: Array<Ref> = []
  const known = new Map<string, ReadonlyArray<Ref>>()
  // the shape in which a tensor was made; an input's is that of its first use, since reshaping an input copies it
  const made = new Map<string, ReadonlyArray<number>>()
  const fixed = new Set<string>()
  const makers = new Map<string, string>()
  let names = 0

  const refs = new Map<string, Ref>()

  const refOf = (prefix: string, shape: ReadonlyArray<number>, dtype: OnnxType): Ref => {
    const ref = { name: `${prefix}${names++}`, shape, dtype }
    made.set(ref.name, shape)
    refs.set(ref.name, ref)
    return ref
  }

  const nodeOf = (
    type: string,
    ins: ReadonlyArray<Ref | undefined>,
    outs: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly dtype: OnnxType }>,
    attributes: Attributes,
    domain: string
  ): ReadonlyArray<Ref> => {
    const inputNames = ins.map((x) => (x === undefined ? '' : inItsShape(x).name))
    const key = keyOf(type, inputNames, outs.length, attributes, domain)
    const found = known.get(key)
    if (found !== undefined) return found
    const results = outs.map(({ shape, dtype }) => refOf('t', shape, dtype))
    const node = { op: type, domain, inputs: inputNames, outputs: results.map((r) => r.name), attributes }
    // what is prepared is held as an array of tfjs's types
    push(
      node,
      outs.every(({ dtype }) => HELD.has(dtype))
    )
    known.set(key, results)
    return results
  }

  const push = (node: OnnxNode, mayBeFixed: boolean): void => {
    nodes.push(node)
    for (const name of node.outputs) makers.set(name, node.op)
    if (mayBeFixed && node.inputs.every((name) => name === '' || fixed.has(name)))
      for (const name of node.outputs) fixed.add(name)
  }

  const inItsShape = (x: Ref): Ref => {
    const shape = made.get(x.name)
    if (shape === undefined) made.set(x.name, x.shape)
    if (shape === undefined || sameShape(shape, x.shape)) return x
    const key = `reshape ${x.name} ${x.shape.join()}`
    const found = known.get(key)
    if (found !== undefined) return found[0]!
    const ref = refOf('t', x.shape, x.dtype)
    const node = {
      op: 'Reshape',
      domain: '',
      inputs: [x.name, int64s(x.shape).name],
      outputs: [ref.name],
      attributes: {}
    }
    push(node, true)
    known.set(key, [ref])
    return ref
  }

  const op: Graph['op'] = (type, ins, shape, { attributes = {}, domain = '', dtype = ins[0]!.dtype } = {}) =>
    nodeOf(type, ins, [{ shape, dtype }], attributes, domain)[0]!

  const reshape: Graph['reshape'] = (x, shape) => (sameShape(x.shape, shape) ? x : { ...x, shape })

  const asMade: Graph['asMade'] = (x) => reshape(x, made.get(x.name) ?? x.shape)

  /** Inputs in the shape in which the largest was made, a number in none. */
  const fitted = (ins: ReadonlyArray<Ref>) => {
    const whole = ins.reduce((a, b) => (sizeOf(b.shape) > sizeOf(a.shape) ? b : a))
    const { shape } = asMade(whole)
    return { whole, inputs: ins.map((x) => reshape(x, sizeOf(x.shape) === 1 ? [] : shape)) }
  }

  const elementwise: Graph['elementwise'] = (type, ins, options) => {
    const { whole, inputs } = fitted(ins)
    return reshape(op(type, inputs, sizeOf(whole.shape) === 1 ? [] : asMade(whole).shape, options), whole.shape)
  }

  const knownElementwise: Graph['knownElementwise'] = (type, ins) => {
    const { whole, inputs } = fitted(ins)
    const names = inputs.map((x) => inItsShape(x).name)
    const found = known.get(keyOf(type, names, 1, {}, ''))
    return found && reshape(found[0]!, whole.shape)
  }

  const table: Graph['table'] = (key, shape, data) => {
    const id = `constant ${key}[${shape.join()}]`
    const found = known.get(id)
    if (found !== undefined) return found[0]!
    const numbers = data()
    const ref = refOf('c', shape, typeOf(numbers))
    constants.push({ name: ref.name, shape, type: ref.dtype, bytes: bytesOf(numbers) })
    known.set(id, [ref])
    fixed.add(ref.name)
    return ref
  }

  const int64s: Graph['int64s'] = (values) =>
    table(`int64 ${values.join()}`, [values.length], () => BigInt64Array.from(values, BigInt))

  const scalar: Graph['scalar'] = (value, dtype = 'float32') => {
    if (dtype === 'bool') return op('Cast', [scalar(value, 'int32')], [], { dtype, attributes: { to: int(9) } })
    const numbers = () => (dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value))
    return table(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, [], numbers)
  }

  return {
    settings,
    isFixed: (x) => fixed.has(x.name),
    op,
    elementwise,
    knownElementwise,
    madeBy: (x) => makers.get(x.name),
    table,
    int64s,
    scalar,
    reshape,
    asMade,
    input: (dtype, shape, isFixed) => {
      const ref: Ref = { name: `x${inputs.length}`, dtype, shape }
      inputs.push(ref)
      if (isFixed) fixed.add(ref.name)
      return ref
    },
    split: (type, ins, shapes, attributes, dtypes) =>
      nodeOf(
        type,
        ins,
        shapes.map((shape, i) => ({ shape, dtype: dtypes?.[i] ?? ins[0]!.dtype })),
        attributes,
        ''
      ),
    finish: (outputs) => {
      // a graph output is a node's own result, and only once: anything else passes through an Identity
      const free = new Set(nodes.flatMap((n) => n.outputs.filter((name) => !fixed.has(name))))
      const results = outputs.map((ref) => {
        const whole = asMade(ref)
        if (free.delete(ref.name)) return whole
        const copy = refOf('t', whole.shape, whole.dtype)
        nodes.push({ op: 'Identity', domain: '', inputs: [ref.name], outputs: [copy.name], attributes: {} })
        made.set(ref.name, whole.shape)
        return copy
      })
      const needed = neededBy(
        nodes,
        results.map((r) => r.name)
      ).nodes
      const isPrepared = (node: OnnxNode): boolean => fixed.has(node.outputs[0]!)
      const [early, late] = [needed.filter(isPrepared), needed.filter((node) => !isPrepared(node))]
      const computedEarly = new Set(early.flatMap((n) => n.outputs))
      const readLate = new Set(late.flatMap((n) => n.inputs))
      const boundary = [...computedEarly].filter((name) => readLate.has(name)).map((name) => refs.get(name)!)
      const modelOf = (
        part: ReadonlyArray<OnnxNode>,
        prepared: ReadonlyArray<Ref>,
        outs: ReadonlyArray<Ref>
      ): Finished => {
        const read = new Set(part.flatMap((n) => n.inputs))
        const feeds = inputs.flatMap((x, index) =>
          read.has(x.name)
            ? [{ ref: { ...x, shape: made.get(x.name)! }, origin: { _tag: 'Feed', index } as const }]
            : []
        )
        const given = prepared.map((ref, index) => ({ ref, origin: { _tag: 'Prepared', index } as const }))
        const ins = [...feeds, ...given]
        return {
          inputs: ins,
          outputs: outs,
          model: {
            name: 'graft',
            producer: 'graft',
            opsets: OPSETS,
            nodes: part,
            initializers: constants.filter((c) => read.has(c.name)),
            inputs: ins.map(({ ref }) => infoOf(ref)),
            outputs: outs.map(infoOf),
            metadata: {}
          }
        }
      }
      // constants alone are not worth a session of their own
      const worthwhile = early.some((node) => node.inputs.some((name) => name.startsWith('x') && fixed.has(name)))
      return worthwhile
        ? { main: modelOf(late, boundary, results), prepare: modelOf(early, [], boundary) }
        : { main: modelOf(needed, [], results), prepare: undefined }
    }
  }
}
