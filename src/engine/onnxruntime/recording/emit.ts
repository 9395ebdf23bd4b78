import { graph, type CompilerSettings } from '../graph/Graph.js'
import { plain, plainly, type Laid } from '../graph/Layout.js'
import { sameShape } from '../graph/shapes.js'
import type { Staged } from '../graph/staging.js'
import type { Trace, Value } from './Trace.js'

/**
 * Converts a trace to ONNX: each node is emitted by its kernel's form, in the order of recording, with its inputs in
 * their current layouts. `fixed` are the numbers of the feeds that are the same in every run.
 */
export const emit = (trace: Trace, fixed: ReadonlySet<number>, settings: CompilerSettings): Staged => {
  const g = graph(settings)
  const places = new Map<Value, Laid>()
  trace.feeds.forEach((feed, i) => places.set(feed, plainly(g.input(feed.dtype, feed.shape, fixed.has(i)))))
  for (const node of trace.nodes) {
    const inputs: Record<string, Laid> = {}
    for (const { name, value, shape } of node.inputs) {
      const laid = places.get(value)!
      inputs[name] = sameShape(shape, laid.shape) ? laid : plainly(g.reshape(plain(g, laid), shape))
    }
    const results = node.emit(g, inputs)
    node.outputs.forEach((value, i) => places.set(value, results[i]!))
  }
  return g.finish(trace.outputs.map((value) => plain(g, places.get(value)!)))
}
