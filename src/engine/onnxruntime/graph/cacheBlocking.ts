/**
 * Cache blocking. ONNX Runtime runs one operator after the other over whole tensors, so a chain of element-wise operators
 * over a large one is limited by memory bandwidth. Here such a chain becomes a Scan over blocks that stay in the cache.
 * A Scan passes slices of its inputs and outputs on without copying them.
 */
import type { OnnxNode, OnnxTensor } from '../../../format/bytes/onnx.js'
import { constant, graph, int, node, readsOf } from '../../../format/bytes/onnxGraph.js'
import { fusedGroups, type Group, type Values } from './fusedGroups.js'
import type { Ref } from './Ref.js'

/** Nodes that compute the same values in blocks. */
export interface CacheBlocked {
  readonly nodes: ReadonlyArray<OnnxNode>
  /** Additional constants. */
  readonly constants: ReadonlyArray<OnnxTensor>
  /** Inputs in other shapes, by new names; `of` is the name of the input. A Reshape would copy them. */
  readonly views: ReadonlyArray<{ readonly ref: Ref; readonly of: string }>
  /** Shapes of outputs that changed, by name. */
  readonly shapes: ReadonlyMap<string, ReadonlyArray<number>>
}

/** What the nodes of several Scans share. */
interface Written {
  readonly nodes: Array<OnnxNode>
  readonly constants: Map<string, OnnxTensor>
  readonly views: Map<string, CacheBlocked['views'][number]>
  /** Names of tensors in blocks that a Reshape makes. */
  readonly cut: Set<string>
  readonly shapes: Map<string, ReadonlyArray<number>>
  readonly renamed: Map<string, string>
}

const integers = ({ constants }: Written, values: ReadonlyArray<number>): string => {
  const name = `blocks ${values.join()}`
  if (!constants.has(name)) constants.set(name, constant(name, [values.length], BigInt64Array.from(values, BigInt)))
  return name
}

const ones = ({ constants }: Written, count: number): string => {
  const name = `blocks ones ${count}`
  if (!constants.has(name)) constants.set(name, constant(name, [1, count], new Float32Array(count).fill(1)))
  return name
}

const reshaped = (w: Written, from: string, shape: ReadonlyArray<number>, to: string): void =>
  void w.nodes.push(node('Reshape', [from, integers(w, shape)], [to]))

/** A tensor in blocks, `[blocks, rows, columns]`. */
const inBlocks = (w: Written, { inputs }: Values, name: string, shape: ReadonlyArray<number>): string => {
  const view = `${name} in ${shape.join()}`
  const whole = inputs.get(name)
  if (whole !== undefined) w.views.set(view, { ref: { ...whole, name: view, shape }, of: name })
  else if (!w.cut.has(view)) reshaped(w, name, shape, view)
  w.cut.add(view)
  return view
}

/** The nodes of a group over a block; `inside` gives the names there. */
const bodyOf = (w: Written, { nodes, cut }: Group, inside: (name: string) => string): ReadonlyArray<OnnxNode> => {
  const body: Array<OnnxNode> = []
  const viewed = new Set<string>()
  /** A block with rows of a width. */
  const inRows = (name: string, width: number): string => {
    if (width === 1 || width === cut.columns) return inside(name)
    const view = `${inside(name)} in rows of ${width}`
    if (!viewed.has(view)) body.push(node('Reshape', [inside(name), integers(w, [-1, width])], [view]))
    viewed.add(view)
    return view
  }
  for (const { node: each, isSum, width, wholes } of nodes) {
    const result = inside(each.outputs[0]!)
    const isNarrow = width !== 1 && width !== cut.columns
    const inputs = each.inputs.map((name, i) => {
      const whole = wholes[i]
      return whole === undefined ? (isSum ? ones(w, (cut.rows * cut.columns) / width) : name) : inRows(whole, width)
    })
    const made = isNarrow && !isSum ? `${result} in rows of ${width}` : result
    body.push({ ...each, inputs, outputs: [made] })
    if (made === result) continue
    viewed.add(made)
    body.push(node('Reshape', [made, integers(w, [cut.rows, cut.columns])], [result]))
  }
  return body
}

/** Results by block, `[blocks, 1, columns]`, to their sum. */
const summed = (w: Written, name: string, blocks: number, columns: number): void => {
  reshaped(w, `${name} in blocks`, [blocks, columns], `${name} by block`)
  w.nodes.push(node('MatMul', [ones(w, blocks), `${name} by block`], [name]))
}

const write = (w: Written, values: Values, group: Group, prefix: string): void => {
  const { blocks, rows, columns } = group.cut
  const shape = [blocks, rows, columns]
  const inside = (name: string): string => `${prefix} ${name}`
  const info = (name: string, height: number, width: number) =>
    ({ name: inside(name), type: 'float32', shape: [height, width] }) as const
  const sums = group.nodes
    .filter(({ isSum }) => isSum)
    .map(({ node: { outputs }, width }) => [outputs[0]!, width] as const)
  const scanned = group.reads.map((name) => inBlocks(w, values, name, shape))
  const made = [...group.results].filter(([root]) => !group.reads.includes(root))
  // an output of the graph is the Scan's own, because a Reshape would copy it
  const own = made.map(([root, names]) => names.find((name) => values.outputs.has(name)) ?? `${root} in blocks`)
  w.nodes.push(
    node('Scan', scanned, [...own, ...sums.map(([name]) => `${name} in blocks`)], {
      num_scan_inputs: int(scanned.length),
      body: graph({
        name: prefix,
        nodes: bodyOf(w, group, inside),
        initializers: [],
        inputs: group.reads.map((name) => info(name, rows, columns)),
        outputs: [
          ...made.map(([root]) => info(root, rows, columns)),
          ...sums.map(([name, width]) => info(name, 1, width))
        ]
      })
    })
  )
  made.forEach(([, names], i) => {
    for (const name of names) {
      if (name !== own[i]) reshaped(w, own[i]!, values.shapeOf(name)!, name)
      else {
        w.shapes.set(name, shape)
        w.renamed.set(name, `${name} whole`)
        reshaped(w, name, values.shapeOf(name)!, `${name} whole`)
      }
    }
  })
  for (const [root, names] of group.results)
    if (group.reads.includes(root)) for (const name of names) reshaped(w, root, values.shapeOf(name)!, name)
  for (const [name, width] of sums) summed(w, name, blocks, width)
}

/** The nodes in an order in which each comes after those whose results it reads, otherwise as given. */
const sorted = (nodes: ReadonlyArray<OnnxNode>): ReadonlyArray<OnnxNode> => {
  const makers = new Map(nodes.flatMap((each) => each.outputs.map((name) => [name, each] as const)))
  const [done, result] = [new Set<OnnxNode>(), [] as Array<OnnxNode>]
  for (const last of nodes) {
    // a stack, because paths are longer than calls can be nested
    const open = [last]
    while (open.length > 0) {
      const each = open.at(-1)!
      const missing = done.has(each)
        ? []
        : readsOf(each)
            .flatMap((name) => makers.get(name) ?? [])
            .filter((maker) => !done.has(maker))
      if (missing.length > 0) {
        open.push(...missing)
        continue
      }
      open.pop()
      if (!done.has(each)) result.push(each)
      done.add(each)
    }
  }
  return result
}

/** Readers of a graph output that a Scan made read it in its own shape. */
const renamed = (nodes: ReadonlyArray<OnnxNode>, names: ReadonlyMap<string, string>): ReadonlyArray<OnnxNode> => {
  const makesWhole = ({ inputs, outputs }: OnnxNode) => names.get(inputs[0]!) === outputs[0]
  const changed = nodes.map((each) =>
    makesWhole(each) ? each : { ...each, inputs: each.inputs.map((name) => names.get(name) ?? name) }
  )
  const read = new Set(changed.flatMap(readsOf))
  return changed.filter((each) => !makesWhole(each) || read.has(each.outputs[0]!))
}

/** Runs groups of nodes over large tensors block by block where that is expected to be faster. */
export const cacheBlocked = (nodes: ReadonlyArray<OnnxNode>, values: Values): CacheBlocked => {
  const groups = fusedGroups(nodes, values)
  const w: Written = {
    nodes: [],
    constants: new Map(),
    views: new Map(),
    cut: new Set(),
    shapes: new Map(),
    renamed: new Map()
  }
  const lastOf = new Map(groups.map(({ group, replaces }) => [replaces.at(-1)!, group]))
  const fused = new Set(groups.flatMap(({ replaces }) => replaces))
  for (const each of nodes) {
    const group = lastOf.get(each)
    if (group !== undefined) write(w, values, group, `block ${w.nodes.length}`)
    else if (!fused.has(each)) w.nodes.push(each)
  }
  return {
    nodes: groups.length === 0 ? nodes : sorted(renamed(w.nodes, w.renamed)),
    constants: [...w.constants.values()],
    views: [...w.views.values()],
    shapes: w.shapes
  }
}
