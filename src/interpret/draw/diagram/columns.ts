/** Arranges a long network in columns, so that its figure is not a narrow strip. */
import type { Diagram, DiagramEdge, DiagramNode } from './Diagram.js'
import { stretches } from './stretches.js'

/**
 * Points; approximately the sizes that Graphviz uses for a column of boxes, a line of text and the gap between boxes.
 */
const columnWidth = 250
const lineHeight = 13
const gap = 42

/** Preferred ratio of width to height. */
const aspect = 1.3

type Segment = ReadonlyArray<DiagramNode>

/** A segment is as high as its longest path. */
const heightOf = (segment: Segment, edges: ReadonlyArray<DiagramEdge>): number => {
  const ends = new Map<string, number>()
  for (const node of segment) {
    const before = edges.flatMap(({ from, to }) => (to === node.id ? [ends.get(from) ?? 0] : []))
    ends.set(node.id, Math.max(0, ...before) + gap + lineHeight * (1 + node.lines.length))
  }
  return Math.max(0, ...ends.values())
}

/** Splits where a single box connects both sides, and never inside a repetition. */
const segmentsOf = ({ edges, repeats }: Diagram, nodes: ReadonlyArray<DiagramNode>): ReadonlyArray<Segment> => {
  const at = new Map(nodes.map(({ id }, i) => [id, i]))
  const spans = edges.map(({ from, to }) => [at.get(from) ?? 0, at.get(to) ?? 0] as const)
  const isWaist = (i: number): boolean =>
    new Set(spans.flatMap(([from, to]) => (from < i && to >= i ? [from] : []))).size <= 1 &&
    !repeats.some((r) => r.nodes.includes(nodes[i - 1]!.id) && r.nodes.includes(nodes[i]!.id))
  return stretches<DiagramNode>((_, next) => !isWaist(at.get(next.id)!))(nodes)
}

const filled = (
  segments: ReadonlyArray<Segment>,
  heights: ReadonlyArray<number>,
  count: number
): ReadonlyArray<Segment> => {
  const target = heights.reduce((a, b) => a + b, 0) / count
  let used = 0
  return stretches<readonly [Segment, number]>((column, [, height]) => {
    used = column.length === 1 ? column[0]![1] : used
    const goesOn = used + height / 2 <= target
    used += height
    return goesOn
  })(segments.map((segment, i) => [segment, heights[i]!])).map((column) => column.flatMap(([segment]) => segment))
}

const inColumns = (diagram: Diagram): ReadonlyArray<ReadonlyArray<string>> => {
  const nodes = diagram.nodes.filter(({ _tag }) => _tag !== 'CutAway')
  const ids = (column: ReadonlyArray<DiagramNode>): ReadonlyArray<string> => column.map(({ id }) => id)
  if (diagram.edges.some(({ way }) => way === 'across')) return [ids(nodes)]
  const cut = diagram.edges.find(({ isCut }) => isCut)
  const grafted = cut === undefined ? nodes.length : nodes.findIndex(({ id }) => id === cut.to)
  const segments = segmentsOf(diagram, nodes.slice(0, grafted))
  const heights = segments.map((segment) => heightOf(segment, diagram.edges))
  const total = heights.reduce((a, b) => a + b, 0)
  const columns = filled(segments, heights, Math.max(1, Math.round(Math.sqrt((aspect * total) / columnWidth))))
  return [...columns, ...(cut === undefined ? [] : [nodes.slice(grafted)])].map(ids)
}

/** An arrow and its layout direction: down, up (from the lower box to the upper one), or level. */
export interface LaidEdge extends DiagramEdge {
  readonly laid: 'down' | 'up' | 'level'
}

/**
 * A diagram's nodes in columns, alternately downwards and upwards, with a head in a column of its own, and the arrows
 * between them. An arrow into the next column passes through a joint there.
 */
export interface Columns {
  readonly columns: ReadonlyArray<ReadonlyArray<string>>
  readonly joints: ReadonlyArray<string>
  readonly edges: ReadonlyArray<LaidEdge>
}

export const columnsOf = (diagram: Diagram): Columns => {
  const columns = inColumns(diagram)
  const columnOf = new Map(columns.flatMap((ids, i) => ids.map((id) => [id, i] as const)))
  const isOver = ({ from, to, way }: DiagramEdge): boolean => way !== 'gone' && columnOf.get(from) !== columnOf.get(to)
  const joints = columns.map((ids) => {
    const over = diagram.edges.filter((e) => isOver(e) && ids.includes(e.to))
    return over.length > 1 ? { edge: over[0]!, id: `${over[0]!.from}_on` } : null
  })
  const rising = new Set(diagram.nodes.flatMap((node) => (node.rising ? [node.id] : [])))
  const isUp = (id: string): boolean => (columns.length > 1 ? (columnOf.get(id) ?? 0) % 2 === 1 : rising.has(id))
  const upOrDown = ({ from, to, way }: DiagramEdge): LaidEdge['laid'] =>
    way === 'across' ? 'level' : isUp(way === 'gone' ? from : to) ? 'up' : 'down'
  return {
    columns: columns.map((ids, i) => (joints[i] ? [joints[i].id, ...ids] : ids)),
    joints: joints.flatMap((joint) => (joint ? [joint.id] : [])),
    edges: [
      ...joints.flatMap((joint): ReadonlyArray<LaidEdge> =>
        joint ? [{ ...joint.edge, to: joint.id, paths: [], way: 'next', laid: 'level' }] : []
      ),
      ...diagram.edges.map((e): LaidEdge => {
        if (!isOver(e)) return { ...e, laid: upOrDown(e) }
        const joint = joints[columnOf.get(e.to)!]
        return joint ? { ...e, from: joint.id, laid: upOrDown(e) } : { ...e, laid: 'level' }
      })
    ]
  }
}
