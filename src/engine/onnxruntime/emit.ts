import type { OnnxModel } from '../../format/onnx.js'
import { graph, type Ref } from './Graph.js'
import type { Trace, Value } from './Trace.js'

export interface Emission {
  readonly model: OnnxModel
  /** The graph's input names, in the order of the trace's feeds. */
  readonly feeds: ReadonlyArray<string>
  /** The graph's output names, in the order of the trace's outputs. */
  readonly outputs: ReadonlyArray<string>
}

/** The trace as one ONNX model: each node written by its kernel's form, in the order of the recording. */
export const emit = (trace: Trace): Emission => {
  const g = graph()
  const refs = new Map<Value, Ref>()
  for (const feed of trace.feeds) refs.set(feed, g.input(feed.dtype, feed.shape))
  for (const node of trace.nodes) {
    const inputs: Record<string, Ref> = {}
    for (const { name, value, shape } of node.inputs) inputs[name] = g.reshape(refs.get(value)!, shape)
    const results = node.emit(g, inputs)
    node.outputs.forEach((value, i) => refs.set(value, g.reshape(results[i]!, value.shape)))
  }
  const { model, names } = g.finish(trace.outputs.map((value) => refs.get(value)!))
  return { model, feeds: trace.feeds.map((feed) => refs.get(feed)!.name), outputs: names }
}
