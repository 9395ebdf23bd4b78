/** Converts units to boxes and arrows. */
import type { Shape } from '../../../model/index.js'
import type { DiagramEdge, DiagramNode, DiagramRepeat } from './Diagram.js'
import { depthOf, type Join, type Leaf, leavesOf, outputAfter, type Piece, trainingOf } from './pieces.js'
import { type Unit, unitsOf } from './units.js'
import { linesOf, range, titleOf, wordsOf } from './words.js'

/** Where the arrow to the next box starts, and the identities along it. */
interface Source {
  readonly id: string
  readonly shape: Shape
  readonly paths: ReadonlyArray<string>
  /** Whether this is the upward side of a U. */
  readonly rising: boolean
}

/** A part of a diagram, and where the next one connects. */
export interface Fragment {
  readonly nodes: ReadonlyArray<DiagramNode>
  readonly edges: ReadonlyArray<DiagramEdge>
  readonly repeats: ReadonlyArray<DiagramRepeat>
  readonly out: Source
}

const nothing = (out: Source): Fragment => ({ nodes: [], edges: [], repeats: [], out })

const andThen = (a: Fragment, b: Fragment): Fragment => ({
  nodes: [...a.nodes, ...b.nodes],
  edges: [...a.edges, ...b.edges],
  repeats: [...a.repeats, ...b.repeats],
  out: b.out
})

const titles: Readonly<Record<Join['how'], string>> = { Sum: '+', Product: '×', Concat: 'concat' }

const parametersIn = (leaves: ReadonlyArray<Leaf>): number => leaves.reduce((n, leaf) => n + leaf.parameters, 0)

const edge = (from: Source, to: string, way: DiagramEdge['way']): DiagramEdge => ({
  from: from.id,
  to,
  shape: from.shape,
  paths: from.paths,
  way,
  isCut: false
})

const isIdentity = ({ layer }: Leaf): boolean => layer.layer._tag === 'Identity'

const area = ([, height = 1, width = 1]: Shape): number => height * width

const isSmaller = (shape: Shape, than: Shape): boolean => shape.length === than.length && area(shape) < area(than)

/** Whether a branch contains feature maps smaller than its input and its output, as in a U. */
const dips = (branch: Piece, input: Shape): boolean => {
  const leaves = leavesOf(branch)
  const output = leaves.at(-1)?.layer.output ?? input
  return leaves.some(({ layer }) => isSmaller(layer.output, input) && isSmaller(layer.output, output))
}

/**
 * Merges identical parts in sequence into one; layers and parameters of all are kept, and the next part connects to the
 * last.
 */
const merged = (all: ReadonlyArray<Fragment>): Fragment => {
  const [first, last] = [all[0]!, all.at(-1)!]
  const nodes = first.nodes.map((node, i) => ({
    ...node,
    title: range(node.title, last.nodes[i]!.title),
    paths: all.flatMap((f) => f.nodes[i]!.paths),
    parameters: all.reduce((n, f) => n + f.nodes[i]!.parameters, 0)
  }))
  const edges = first.edges.map((e, i) => ({ ...e, paths: all.flatMap((f) => f.edges[i]!.paths) }))
  const repeat: DiagramRepeat = { times: all.length, nodes: nodes.map(({ id }) => id) }
  const paths = all.flatMap((f) => f.out.paths)
  return { nodes, edges, repeats: [...first.repeats, repeat], out: { ...first.out, shape: last.out.shape, paths } }
}

/** The boxes and arrows of a network that follows a source, expanded `limit` names deep. */
export const placeAt = (limit: number, root: Piece): ((from: Source, id: string) => Fragment) => {
  const units = unitsOf(limit)
  const outputOfRun = outputAfter(root)
  const titled = (leaves: ReadonlyArray<Leaf>): string =>
    titleOf(
      leaves.map(({ path }) => path),
      depthOf,
      limit
    )

  const box = (all: ReadonlyArray<Leaf>, times: number, from: Source, id: string): Fragment => {
    const [identities, leaves] = [all.filter(isIdentity), all.filter((leaf) => !isIdentity(leaf))]
    const paths = [...from.paths, ...identities.map(({ path }) => path)]
    if (leaves.length === 0) return nothing({ ...from, paths })
    const node: DiagramNode = {
      _tag: 'Layers',
      id,
      title: titled(leaves),
      lines: linesOf(leaves.slice(0, leaves.length / times)),
      paths: leaves.map(({ path }) => path),
      group: leaves[0]!.layer.group,
      training: trainingOf(leaves),
      parameters: parametersIn(leaves),
      rising: from.rising
    }
    return {
      nodes: [node],
      edges: [{ ...edge(from, id, 'next'), paths }],
      repeats: times > 1 ? [{ times, nodes: [id] }] : [],
      out: { id, shape: outputOfRun(all), paths: [], rising: from.rising }
    }
  }

  const branches = (join: Join, after: ReadonlyArray<Leaf>, from: Source, id: string): Fragment => {
    const us = join.parts.map((part) => dips(part, from.shape))
    const isU = us.includes(true)
    const rising = from.rising || isU
    const drawn = join.parts.map((part, i) => {
      const fragment = place(part, { ...from, paths: i === 0 ? from.paths : [] }, `${id}_${i}`)
      const isAcross = isU && !us[i]
      const way = isAcross ? 'across' : fragment.nodes.length === 0 ? 'skip' : 'next'
      const edges = isAcross ? fragment.edges.map((e) => ({ ...e, way: 'across' as const })) : fragment.edges
      return { ...fragment, edges: [...edges, edge(fragment.out, id, way)] }
    })
    const node: DiagramNode = {
      _tag: join.how,
      id,
      title: titles[join.how],
      lines: after.map(({ layer }) => wordsOf(layer.layer)),
      paths: after.map(({ path }) => path),
      group: (after[0] ?? leavesOf(join).at(-1))?.layer.group ?? null,
      training: 'none',
      parameters: 0,
      rising
    }
    const all = drawn.reduce(andThen, nothing(from))
    return { ...all, nodes: [...all.nodes, node], out: { id, shape: join.output, paths: [], rising } }
  }

  const unit = (u: Unit, from: Source, id: string): Fragment => {
    switch (u._tag) {
      case 'Run':
        return box(u.leaves, u.times, from, id)
      case 'Branches':
        return branches(u.join, u.after, from, id)
      case 'Repeat':
        return merged(
          u.parts.reduce<ReadonlyArray<Fragment>>((done, part) => {
            const shape = done.at(-1)?.out.shape ?? from.shape
            return [...done, place(part, { ...from, shape, paths: done.length === 0 ? from.paths : [] }, id)]
          }, [])
        )
    }
  }

  const place = (piece: Piece, from: Source, id: string): Fragment =>
    units(piece).reduce((done, u, i) => andThen(done, unit(u, done.out, `${id}_${i}`)), nothing(from))

  return (from, id) => place(root, from, id)
}
