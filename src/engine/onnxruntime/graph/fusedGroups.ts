/**
 * Groups of element-wise operators over tensors of one size, and sums of their columns, that can run block by block.
 */
import type { OnnxNode, OnnxTensor } from '../../../format/bytes/onnx.js'
import type { Ref } from './Ref.js'
import { sameShape, sizeOf } from './shapes.js'

type Shape = ReadonlyArray<number>

/** What is known of the names of a graph. */
export interface Values {
  readonly shapeOf: (name: string) => Shape | undefined
  readonly constants: ReadonlyMap<string, OnnxTensor>
  readonly inputs: ReadonlyMap<string, Ref>
  readonly outputs: ReadonlySet<string>
}

/** Blocks of `rows` rows. */
export interface Cut {
  readonly blocks: number
  readonly rows: number
  readonly columns: number
}

export interface Group {
  /** In topological order, without Reshapes. */
  readonly nodes: ReadonlyArray<Operation>
  /** The whole tensors that the group reads. */
  readonly reads: ReadonlyArray<string>
  /** The whole tensors that are needed outside, each with the names of its shapes there. */
  readonly results: ReadonlyMap<string, ReadonlyArray<string>>
  readonly cut: Cut
}

/** A node of a group. */
export interface Operation {
  readonly node: OnnxNode
  readonly isSum: boolean
  /** The width of the rows over which an operand is broadcast, or that are summed; 1: there are none. */
  readonly width: number
  /** By operand: the whole tensor, without Reshapes; undefined for scalars, rows, and the ones of a sum. */
  readonly wholes: ReadonlyArray<string | undefined>
}

const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...['Abs', 'Add', 'Clip', 'Div', 'Exp', 'HardSigmoid', 'LeakyRelu', 'Log', 'Max', 'Min', 'Mul', 'Neg'],
  ...['Reciprocal', 'Relu', 'Sigmoid', 'Sqrt', 'Sub', 'Sum', 'Tanh']
])

/** Smaller tensors stay in the cache as they are. */
const LEAST = 1 << 19

/** A node that may be in a group: how many numbers its tensors have, and what it does with them. */
interface Member {
  readonly size: number
  readonly kind: 'view' | 'sum' | 'elementwise'
  readonly width: number
}

const FLOATS = Float32Array.BYTES_PER_ELEMENT

const isOnes = (tensor: OnnxTensor | undefined): boolean =>
  tensor !== undefined &&
  tensor.type === 'float32' &&
  new Float32Array(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength / FLOATS).every((x) => x === 1)

const isRowOf = (row: Shape, shape: Shape): boolean =>
  shape.length === 2 && shape[0] !== 1 && sameShape(row, [1, shape[1]!])

/** Scalars of more axes would change the shape of a block. */
const isScalar = (shape: Shape): boolean => sizeOf(shape) === 1 && shape.length <= 2

const isLarge = (shape: Shape | undefined): shape is Shape => shape !== undefined && sizeOf(shape) >= LEAST

const memberOf = ({ op, domain, inputs, outputs }: OnnxNode, { shapeOf, constants }: Values): Member | undefined => {
  if (domain !== '' || outputs.length !== 1) return undefined
  const shape = shapeOf(outputs[0]!)
  if (op === 'MatMul') {
    const summed = shapeOf(inputs[1]!)
    return isLarge(summed) &&
      summed.length === 2 &&
      summed[1]! > 1 &&
      shape?.[0] === 1 &&
      isOnes(constants.get(inputs[0]!))
      ? { size: sizeOf(summed), kind: 'sum', width: summed[1]! }
      : undefined
  }
  if (!isLarge(shape)) return undefined
  if (op === 'Reshape')
    return isLarge(shapeOf(inputs[0]!)) ? { size: sizeOf(shape), kind: 'view', width: 1 } : undefined
  const operands = inputs.map(shapeOf)
  const fits = operands.every(
    (each) => each !== undefined && (sameShape(each, shape) || isRowOf(each, shape) || isScalar(each))
  )
  const width = operands.some((each) => each !== undefined && isRowOf(each, shape)) ? shape[1]! : 1
  return ELEMENTWISE.has(op) && fits ? { size: sizeOf(shape), kind: 'elementwise', width } : undefined
}

/** Numbers of all tensors of a block together, so that they stay in the cache: 10 MB, of which two cores of 1 MB each are fastest. */
const WORKING_SET = 2_600_000

/** Numbers of a tensor's block at least. */
const LEAST_BLOCK = 1 << 14

/** Rows as wide as the widest that an operation needs; undefined where another's width does not divide them. */
const widthOf = (operations: ReadonlyArray<Operation>): number | undefined => {
  const most = Math.max(...operations.map(({ width }) => width))
  return operations.every(({ width }) => most % width === 0) ? most : undefined
}

/** As few blocks of `columns` numbers as fit. */
const cutOf = (size: number, columns: number, tensors: number): Cut | undefined => {
  const rows = size / columns
  const least = Math.ceil((size * tensors) / WORKING_SET)
  const most = Math.min(rows, Math.floor(size / LEAST_BLOCK))
  for (let blocks = Math.max(2, least); blocks <= most; blocks++)
    if (rows % blocks === 0)
      return columns === 1 ? { blocks, rows: 1, columns: rows / blocks } : { blocks, rows: rows / blocks, columns }
  return undefined
}

/** Microseconds that are saved for each number that need not be read or written, and those that a block and each of its nodes take. */
const COSTS = { perNumber: 6e-5, perBlock: 15, perNode: 2 }

const isWorthwhile = (saved: number, size: number, nodes: number, { blocks }: Cut): boolean =>
  saved * size * COSTS.perNumber > blocks * (COSTS.perBlock + COSTS.perNode * nodes)

type Members = ReadonlyMap<OnnxNode, Member>

type Readers = ReadonlyMap<string, ReadonlySet<OnnxNode>>

/**
 * The number of times that the longest path from each node to the end enters or leaves operators of one size. Connected
 * nodes of one size and number can be one group: a path between them through others would make the numbers differ. What
 * several need is computed as late as possible, so that nothing is kept for the backward pass that it can compute.
 */
const levels = (nodes: ReadonlyArray<OnnxNode>, members: Members, readers: Readers): ReadonlyMap<OnnxNode, number> => {
  const found = new Map<OnnxNode, number>()
  for (const each of nodes.toReversed()) {
    const member = members.get(each)
    let level = 0
    for (const name of each.outputs)
      for (const reader of readers.get(name) ?? []) {
        const isSame = members.get(reader)?.size === member?.size && member?.kind !== 'sum'
        level = Math.max(level, found.get(reader)! + (isSame ? 0 : 1))
      }
    found.set(each, level)
  }
  return found
}

/** Connected members of one size and level. */
const connected = (nodes: ReadonlyArray<OnnxNode>, members: Members, readers: Readers) => {
  const level = levels(nodes, members, readers)
  const makers = new Map<string, OnnxNode>()
  const sets = new Map<OnnxNode, Set<OnnxNode>>()
  for (const each of nodes) {
    const member = members.get(each)
    for (const name of each.outputs) makers.set(name, each)
    if (member === undefined) continue
    let own = new Set([each])
    sets.set(each, own)
    for (const name of each.inputs) {
      const maker = makers.get(name)
      const made = maker && members.get(maker)
      if (made === undefined || made.kind === 'sum' || made.size !== member.size) continue
      const other = sets.get(maker!)!
      if (other === own || level.get(maker!) !== level.get(each)) continue
      const [small, big] = own.size < other.size ? [own, other] : [other, own]
      for (const moved of small) {
        big.add(moved)
        sets.set(moved, big)
      }
      own = big
    }
  }
  return new Set(sets.values())
}

const readersOf = (nodes: ReadonlyArray<OnnxNode>): Readers => {
  const readers = new Map<string, Set<OnnxNode>>()
  for (const each of nodes)
    for (const name of each.inputs) readers.set(name, (readers.get(name) ?? new Set()).add(each))
  return readers
}

const groupOf = (
  all: ReadonlyArray<OnnxNode>,
  members: Members,
  readers: Readers,
  { outputs: required, shapeOf }: Values
): Group | undefined => {
  const inside = new Set(all)
  const { size } = members.get(all[0]!)!
  // by name of a Reshape's result: what it is a view of
  const roots = new Map<string, string>()
  for (const each of all)
    if (members.get(each)!.kind === 'view') roots.set(each.outputs[0]!, roots.get(each.inputs[0]!) ?? each.inputs[0]!)
  const wholeOf = (name: string): string | undefined =>
    sizeOf(shapeOf(name) ?? []) === size ? (roots.get(name) ?? name) : undefined
  const nodes = all.flatMap((each): ReadonlyArray<Operation> => {
    const { kind, width } = members.get(each)!
    const isSum = kind === 'sum'
    return kind === 'view' ? [] : [{ node: each, isSum, width, wholes: each.inputs.map(wholeOf) }]
  })
  if (nodes.length < 2) return undefined
  const made = new Set(nodes.flatMap(({ node, isSum }) => (isSum ? [] : node.outputs)))
  const read = new Set(nodes.flatMap(({ wholes }) => wholes.filter((name) => name !== undefined)))
  const reads = [...read].filter((name) => !made.has(name))
  const isNeeded = (name: string) =>
    required.has(name) || [...(readers.get(name) ?? [])].some((reader) => !inside.has(reader))
  const results = new Map<string, Array<string>>()
  for (const name of [...made, ...roots.keys()]) {
    if (!isNeeded(name)) continue
    const root = roots.get(name) ?? name
    results.set(root, [...(results.get(root) ?? []), name])
  }
  const newResults = new Map([...results].filter(([root]) => made.has(root)))
  const passes = nodes.reduce(
    (sum, { wholes, isSum }) => sum + new Set(wholes.filter(Boolean)).size + (isSum ? 0 : 1),
    0
  )
  const columns = widthOf(nodes)
  const cut = columns && cutOf(size, columns, reads.length + newResults.size + 2)
  const saved = passes - reads.length - newResults.size
  return cut && reads.length > 0 && isWorthwhile(saved, size, nodes.length, cut)
    ? { nodes, reads, results, cut }
    : undefined
}

/** A group and the nodes that it replaces. */
export interface Fused {
  readonly group: Group
  readonly replaces: ReadonlyArray<OnnxNode>
}

/** The groups that are expected to be faster block by block. */
export const fusedGroups = (nodes: ReadonlyArray<OnnxNode>, values: Values): ReadonlyArray<Fused> => {
  const members = new Map(
    nodes.flatMap((each) => {
      const member = memberOf(each, values)
      return member === undefined ? [] : [[each, member] as const]
    })
  )
  const readers = readersOf(nodes)
  const place = new Map(nodes.map((each, i) => [each, i]))
  return [...connected(nodes, members, readers)].flatMap((set) => {
    const replaces = [...set].sort((a, b) => place.get(a)! - place.get(b)!)
    const group = groupOf(replaces, members, readers, values)
    return group === undefined ? [] : [{ group, replaces }]
  })
}
