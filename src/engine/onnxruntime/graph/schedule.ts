/**
 * The order in which a graph's nodes run. ONNX Runtime does not follow the order of the model: it takes the last node whose results no other
 * node reads, runs it after everything it depends on, and goes on to the one before it. The results of a training step are the new parameters,
 * so the places of their nodes decide when each gradient is computed. If that is early, what the forward pass keeps for it is freed early.
 */
import type { OnnxNode } from '../../../format/bytes/onnx.js'
import { node, readsOf } from '../../../format/bytes/onnxGraph.js'

type ShapeOf = (name: string) => ReadonlyArray<number>

const isRow = (shape: ReadonlyArray<number>): boolean => shape.length === 2 && shape[0] === 1

/**
 * The gradients of arrays that share a tensor are concatenated, which requires all of them. An additional node for
 * each, without effect, makes ONNX Runtime compute it early.
 */
const anchors = (nodes: ReadonlyArray<OnnxNode>, shapeOf: ShapeOf): ReadonlyArray<OnnxNode> => {
  const rows = nodes.filter(({ op, outputs }) => op === 'Concat' && isRow(shapeOf(outputs[0]!)))
  return [...new Set(rows.flatMap(({ inputs }) => inputs))].map((name) => node('Shape', [name], [`shape of ${name}`]))
}

const BITS = 32

/** For each of some nodes, the number of nodes that it depends on. */
const dependencies = (nodes: ReadonlyArray<OnnxNode>, some: ReadonlyArray<OnnxNode>): ReadonlyArray<number> => {
  const counts = some.map(() => 0)
  const words = Math.ceil(some.length / BITS)
  // for each result, a bit for each node that depends on it
  const readers = new Map<string, Uint32Array>()
  const number = new Map(some.map((each, i) => [each, i]))
  for (const each of nodes.toReversed()) {
    const own = new Uint32Array(words)
    const at = number.get(each)
    if (at !== undefined) own[Math.floor(at / BITS)]! |= 1 << (at % BITS)
    for (const name of each.outputs) readers.get(name)?.forEach((word, i) => (own[i]! |= word))
    for (let i = 0; i < some.length; i++) if (((own[Math.floor(i / BITS)]! >>> (i % BITS)) & 1) === 1) counts[i]! += 1
    for (const name of readsOf(each)) {
      const known = readers.get(name)
      if (known === undefined) readers.set(name, Uint32Array.from(own))
      else own.forEach((word, i) => (known[i]! |= word))
    }
  }
  return counts
}

/**
 * The nodes in an order in which those that depend on few others run first. The order of results does not change their
 * values.
 */
export const scheduled = (nodes: ReadonlyArray<OnnxNode>, shapeOf: ShapeOf): ReadonlyArray<OnnxNode> => {
  const all = [...nodes, ...anchors(nodes, shapeOf)]
  const read = new Set(all.flatMap(readsOf))
  const isLast = ({ outputs }: OnnxNode): boolean => !outputs.some((name) => read.has(name))
  const last = all.filter(isLast)
  const counts = dependencies(all, last)
  const order = last.map((each, i) => ({ each, count: counts[i]! })).sort((a, b) => b.count - a.count)
  return [...all.filter((each) => !isLast(each)), ...order.map(({ each }) => each)]
}
