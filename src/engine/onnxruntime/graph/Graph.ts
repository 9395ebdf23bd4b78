import type { OnnxType } from '../../../format/bytes/onnx.js'
import { type Attributes, int, type Numbers } from '../../../format/bytes/onnxGraph.js'
import type { CostTable } from '../../CostTable.js'
import * as D from './Definitions.js'
import { type Ref, reshape } from './Ref.js'
import { sizeOf } from './shapes.js'
import { stage, type Staged } from './staging.js'

export { float, int, ints, string, type Attributes } from '../../../format/bytes/onnxGraph.js'
export type { Ref } from './Ref.js'
export { MICROSOFT } from './opsets.js'

/** Settings of the compiler. */
export interface CompilerSettings {
  /** Compute every convolution directly, without Winograd. */
  readonly exactConv: boolean
  /** Channels per block in ONNX Runtime's internal convolutions; 0: not available. */
  readonly block: number
  /** Whether the block size is another machine's. */
  readonly foreign?: boolean
  /** The costs by which the forms of convolutions are chosen; undefined: the built-in table of the block. */
  readonly costs?: CostTable
}

export interface OpOptions {
  readonly attributes?: Attributes
  readonly domain?: string
  /** Default: the first input's. */
  readonly dtype?: OnnxType
}

/**
 * An ONNX graph under construction. Equal subexpressions become one node: the same operator with the same inputs and
 * attributes returns the same tensor.
 */
export interface Graph {
  readonly settings: CompilerSettings
  /**
   * Adds an input. A fixed input is the same in every run; values that depend only on fixed inputs are computed once.
   */
  readonly input: (dtype: OnnxType, shape: ReadonlyArray<number>, fixed: boolean) => Ref
  /** Whether a tensor depends only on fixed inputs and constants. */
  readonly isFixed: (x: Ref) => boolean
  readonly op: (
    type: string,
    inputs: ReadonlyArray<Ref | undefined>,
    shape: ReadonlyArray<number>,
    options?: OpOptions
  ) => Ref
  /** An operator with several outputs, by default of the first input's type. */
  readonly split: (
    type: string,
    inputs: ReadonlyArray<Ref>,
    shapes: ReadonlyArray<ReadonlyArray<number>>,
    attributes: Attributes,
    dtypes?: ReadonlyArray<OnnxType>
  ) => ReadonlyArray<Ref>
  /**
   * An element-wise operator on tensors of the same number of elements, or of one. Uses the shape in which the first
   * was created, which avoids reshapes.
   */
  readonly elementwise: (type: string, inputs: ReadonlyArray<Ref>, options?: OpOptions) => Ref
  /** The result of `elementwise` without options for these inputs, if it is defined already. */
  readonly knownElementwise: (type: string, inputs: ReadonlyArray<Ref>) => Ref | undefined
  /** The operator that computes a tensor; undefined for inputs and constants. */
  readonly madeBy: (x: Ref) => string | undefined
  readonly reshape: (x: Ref, shape: ReadonlyArray<number>) => Ref
  /** A tensor in the shape in which it was created, which needs no Reshape. */
  readonly asMade: (x: Ref) => Ref
  /**
   * Defines the expressions within `f` once more if they are defined already, so that what they compute need not be kept
   * until it is needed again.
   */
  readonly anew: <A>(f: () => A) => A
  /** A constant identified by its key; `data` is called only the first time. */
  readonly table: (key: string, shape: ReadonlyArray<number>, data: () => Numbers) => Ref
  readonly scalar: (value: number, dtype?: OnnxType) => Ref
  readonly int64s: (values: ReadonlyArray<number>) => Ref
  /** The models that compute `outputs`, without unneeded nodes. */
  readonly finish: (outputs: ReadonlyArray<Ref>) => Staged
}

const asMade = (d: D.Definitions, x: Ref): Ref => reshape(x, d.made.get(x.name)?.shape ?? x.shape)

const operator = (op: string, inputs: ReadonlyArray<Ref | undefined>, shape: Ref['shape'], options: OpOptions = {}) => {
  const { attributes = {}, domain = '', dtype = inputs[0]!.dtype } = options
  return { op, inputs, outputs: [{ shape, dtype }], attributes, domain }
}

/** An element-wise operator in the shape in which its largest input, `whole`, was created; scalars have none. */
const elementwise = (d: D.Definitions, op: string, inputs: ReadonlyArray<Ref>, options?: OpOptions) => {
  const whole = inputs.reduce((a, b) => (sizeOf(b.shape) > sizeOf(a.shape) ? b : a))
  const { shape } = asMade(d, whole)
  const fitted = inputs.map((x) => reshape(x, sizeOf(x.shape) === 1 ? [] : shape))
  return { whole, expression: operator(op, fitted, sizeOf(shape) === 1 ? [] : shape, options) }
}

const scalar = (d: D.Definitions, value: number, dtype: OnnxType = 'float32'): Ref => {
  if (dtype === 'bool')
    return D.define(d, operator('Cast', [scalar(d, value, 'int32')], [], { dtype, attributes: { to: int(9) } }))[0]!
  const numbers = () => (dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value))
  return D.table(d, `${dtype} ${Object.is(value, -0) ? '-0' : value}`, [], numbers)
}

/** An empty graph. */
export const graph = (settings: CompilerSettings): Graph => {
  const d = D.definitions()
  return {
    settings,
    input: (dtype, shape, fixed) => D.input(d, dtype, shape, fixed),
    isFixed: (x) => d.fixed.has(x.name),
    op: (type, inputs, shape, options) => D.define(d, operator(type, inputs, shape, options))[0]!,
    split: (op, inputs, shapes, attributes, dtypes) => {
      const outputs = shapes.map((shape, i) => ({ shape, dtype: dtypes?.[i] ?? inputs[0]!.dtype }))
      return D.define(d, { op, inputs, outputs, attributes, domain: '' })
    },
    elementwise: (type, inputs, options) => {
      const { whole, expression } = elementwise(d, type, inputs, options)
      return reshape(D.define(d, expression)[0]!, whole.shape)
    },
    knownElementwise: (type, inputs) => {
      const { whole, expression } = elementwise(d, type, inputs)
      const found = D.lookup(d, expression)
      return found && reshape(found[0]!, whole.shape)
    },
    madeBy: (x) => d.makers.get(x.name),
    reshape,
    asMade: (x) => asMade(d, x),
    anew: (f) => D.anew(d, f),
    table: (key, shape, data) => D.table(d, key, shape, data),
    scalar: (value, dtype) => scalar(d, value, dtype),
    int64s: (values) => D.int64s(d, values),
    finish: (outputs) => stage(d, outputs)
  }
}
