/**
 * `Definitions`: the definitions of a graph under construction: inputs, constants and results of nodes. Equal
 * subexpressions have one definition (value numbering); the key of a definition describes how it is computed.
 */
import type { OnnxNode, OnnxType } from '../../../format/bytes/onnx.js'
import {
  type Attributes,
  constant,
  node,
  type Numbers,
  type OnnxWriter,
  onnxWriter,
  typeOf
} from '../../../format/bytes/onnxGraph.js'
import type { Ref } from './Ref.js'
import { sameShape } from './shapes.js'

type Shape = ReadonlyArray<number>

export interface Definitions {
  readonly writer: OnnxWriter
  readonly inputs: Array<Ref>
  /**
   * By name, in the shape in which each was created. An input is absent until it is read, and takes the shape in which
   * it is read first, because reshaping an input copies it.
   */
  readonly made: Map<string, Ref>
  /** By key. */
  readonly known: Map<string, ReadonlyArray<Ref>>
  /** Names of values that depend only on fixed inputs and constants. */
  readonly fixed: Set<string>
  /** The operator that computes a name. */
  readonly makers: Map<string, string>
  /** Whether expressions are defined anew; they are known apart from those defined first. */
  isAnew: boolean
}

export const definitions = (): Definitions => ({
  writer: onnxWriter(),
  inputs: [],
  made: new Map(),
  known: new Map(),
  fixed: new Set(),
  makers: new Map(),
  isAnew: false
})

/** Prepared values are stored as arrays of tfjs's types. */
const HELD: ReadonlySet<OnnxType> = new Set<OnnxType>(['float32', 'int32', 'bool'])

const fresh = ({ made }: Definitions, prefix: string, shape: Shape, dtype: OnnxType): Ref => {
  const ref = { name: `${prefix}${made.size}`, shape, dtype }
  made.set(ref.name, ref)
  return ref
}

const write = ({ writer, makers, fixed }: Definitions, next: OnnxNode, mayBeFixed: boolean): void => {
  writer.write(next)
  for (const name of next.outputs) makers.set(name, next.op)
  if (mayBeFixed && next.inputs.every((name) => name === '' || fixed.has(name)))
    for (const name of next.outputs) fixed.add(name)
}

export const input = ({ inputs, fixed }: Definitions, dtype: OnnxType, shape: Shape, isFixed: boolean): Ref => {
  const ref = { name: `x${inputs.length}`, dtype, shape }
  inputs.push(ref)
  if (isFixed) fixed.add(ref.name)
  return ref
}

/** A constant identified by its key; `data` is called only the first time. */
export const table = (d: Definitions, key: string, shape: Shape, data: () => Numbers): Ref => {
  const id = `constant ${key}[${shape.join()}]`
  const found = d.known.get(id)
  if (found !== undefined) return found[0]!
  const numbers = data()
  const ref = fresh(d, 'c', shape, typeOf(numbers))
  d.writer.hold(constant(ref.name, shape, numbers))
  d.known.set(id, [ref])
  d.fixed.add(ref.name)
  return ref
}

export const int64s = (d: Definitions, values: ReadonlyArray<number>): Ref =>
  table(d, `int64 ${values.join()}`, [values.length], () => BigInt64Array.from(values, BigInt))

/** A name under which `x` has its shape: its own, or that of a Reshape. */
export const inItsShape = (d: Definitions, x: Ref): Ref => {
  const made = d.made.get(x.name)
  if (made === undefined) d.made.set(x.name, x)
  if (made === undefined || sameShape(made.shape, x.shape)) return x
  const key = `reshape ${x.name} ${x.shape.join()}`
  const found = d.known.get(key)
  if (found !== undefined) return found[0]!
  const ref = fresh(d, 't', x.shape, x.dtype)
  write(d, node('Reshape', [x.name, int64s(d, x.shape).name], [ref.name]), true)
  d.known.set(key, [ref])
  return ref
}

/** The expression that a node computes. */
export interface Expression {
  readonly op: string
  /** Undefined: an optional input that is absent. */
  readonly inputs: ReadonlyArray<Ref | undefined>
  readonly outputs: ReadonlyArray<Pick<Ref, 'shape' | 'dtype'>>
  readonly attributes: Attributes
  readonly domain: string
}

const keyOf = (
  { isAnew }: Definitions,
  { op, outputs, attributes, domain }: Expression,
  inputs: ReadonlyArray<string>
): string => `${isAnew ? 'anew ' : ''}${domain}.${op}(${inputs.join()})${JSON.stringify(attributes)}${outputs.length}`

/** Within `f`, expressions that are defined already are defined once more. */
export const anew = <A>(d: Definitions, f: () => A): A => {
  const before = d.isAnew
  d.isAnew = true
  try {
    return f()
  } finally {
    d.isAnew = before
  }
}

const namesOf = (d: Definitions, inputs: Expression['inputs']): ReadonlyArray<string> =>
  inputs.map((x) => (x === undefined ? '' : inItsShape(d, x).name))

/** The results of an expression, if it is defined already. */
export const lookup = (d: Definitions, expression: Expression): ReadonlyArray<Ref> | undefined =>
  d.known.get(keyOf(d, expression, namesOf(d, expression.inputs)))

/** The results of an expression; adds a node unless it is defined already. */
export const define = (d: Definitions, expression: Expression): ReadonlyArray<Ref> => {
  const inputs = namesOf(d, expression.inputs)
  const key = keyOf(d, expression, inputs)
  const found = d.known.get(key)
  if (found !== undefined) return found
  const { op, outputs, attributes, domain } = expression
  const results = outputs.map(({ shape, dtype }) => fresh(d, 't', shape, dtype))
  write(
    d,
    node(
      op,
      inputs,
      results.map((r) => r.name),
      attributes,
      domain
    ),
    outputs.every(({ dtype }) => HELD.has(dtype))
  )
  d.known.set(key, results)
  return results
}

/** A new name for a tensor, in the shape in which it was created. */
export const copied = (d: Definitions, x: Ref): Ref => {
  const copy = fresh(d, 't', x.shape, x.dtype)
  d.writer.write(node('Identity', [x.name], [copy.name]))
  d.made.set(x.name, x)
  return copy
}
