import type { backend_util } from '@tensorflow/tfjs-core'
import type { Emit } from './Kernel.js'

/** The element types that a graph supports; strings and complex numbers are left to the cpu kernels. */
export type GraphType = 'float32' | 'int32' | 'bool'

/** What is known of a tensor before it is computed. */
export interface Signature {
  readonly shape: ReadonlyArray<number>
  readonly dtype: GraphType
}

/** Where a value is: on the host, to be computed by a recorded node, or lost because its computation failed. */
export type Source =
  | {
      readonly _tag: 'Host'
      readonly data: backend_util.BackendValues
      /** No one outside the backend has seen the array, so it may be reused once the value is gone. */
      readonly owned: boolean
    }
  | { readonly _tag: 'Pending'; readonly node: TraceNode }
  | { readonly _tag: 'Failed'; readonly cause: unknown }

/** A tensor's contents. Changes once, from pending to host or to failed. */
export interface Value extends Signature {
  source: Source
}

/** An input as the kernel saw it; reshaped tensors share one value and differ in shape. */
export interface TraceInput {
  readonly name: string
  readonly value: Value
  readonly shape: ReadonlyArray<number>
}

/** A recorded kernel call that is not yet computed. Nodes are numbered in the order of the calls. */
export interface TraceNode {
  readonly id: number
  /** Kernel and attributes: nodes with equal labels and inputs compute the same. */
  readonly label: string
  readonly inputs: ReadonlyArray<TraceInput>
  readonly outputs: ReadonlyArray<Value>
  readonly emit: Emit
}

/** Everything needed to compute some values: nodes in topological order, and the host values they start from. */
export interface Trace {
  readonly nodes: ReadonlyArray<TraceNode>
  readonly feeds: ReadonlyArray<Value>
  readonly outputs: ReadonlyArray<Value>
  /** Equal keys mean the same graph, whatever the contents of the feeds. */
  readonly key: string
}

export const hostValue = (signature: Signature, data: backend_util.BackendValues): Value => ({
  ...signature,
  source: { _tag: 'Host', data, owned: false }
})

const exactNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `number ${Object.is(value, -0) ? '-0' : value}`
    : value

export const labelOf = (kernel: string, attributes: object): string =>
  `${kernel} ${JSON.stringify(attributes, exactNumbers)}`

let nextNode = 0

export const record = (
  label: string,
  inputs: ReadonlyArray<TraceInput>,
  outputs: ReadonlyArray<Signature>,
  emit: Emit
): TraceNode => {
  const values: Array<Value> = []
  const node: TraceNode = { id: nextNode++, label, inputs, outputs: values, emit }
  const source: Source = { _tag: 'Pending', node }
  for (const signature of outputs) values.push({ ...signature, source })
  return node
}

const reachable = (outputs: ReadonlyArray<Value>): ReadonlyArray<TraceNode> => {
  const seen = new Set<TraceNode>()
  const stack = outputs.flatMap((v) => (v.source._tag === 'Pending' ? [v.source.node] : []))
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    for (const { value } of node.inputs) if (value.source._tag === 'Pending') stack.push(value.source.node)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}

/** The trace of `outputs`, without dead nodes. */
export const traceOf = (outputs: ReadonlyArray<Value>): Trace => {
  const nodes = reachable(outputs)
  const feeds: Array<Value> = []
  const numbers = new Map<Value, string>()
  const lines: Array<string> = []
  const numberOf = (value: Value): string => {
    const known = numbers.get(value)
    if (known !== undefined) return known
    const number = `f${feeds.length}`
    numbers.set(value, number)
    feeds.push(value)
    lines.push(`${number}:${value.dtype}[${value.shape.join()}]`)
    return number
  }
  nodes.forEach((node, i) => {
    const inputs = node.inputs.map((x) => `${x.name}=${numberOf(x.value)}[${x.shape.join()}]`)
    lines.push(`${node.label}(${inputs.join()})`)
    node.outputs.forEach((value, o) => numbers.set(value, `${i}.${o}`))
  })
  lines.push(outputs.map(numberOf).join())
  return { nodes, feeds, outputs, key: lines.join('\n') }
}
