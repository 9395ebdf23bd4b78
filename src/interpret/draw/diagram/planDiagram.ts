/**
 * Draws a plan as a diagram.
 *
 * @since 0.1.0
 */
import { type Arch, isUnder, leaves, showShape } from '../../../model/index.js'
import { costOf, type Plan } from '../../../plan/index.js'
import type { Diagram, DiagramEdge, DiagramGroup, DiagramNode } from './Diagram.js'
import { leavesOf, pieceOf, trainingOf } from './pieces.js'
import { placeAt } from './placing.js'
import { range, short } from './words.js'

/**
 * Options of `diagram`.
 *
 * @category diagrams
 * @since 0.1.0
 */
export interface DiagramOptions {
  /**
   * How many names below body and head are expanded: 1 for stages, 2 for blocks (the default), more for their parts.
   * Deeper layers share a box, and repetitions are drawn once. Infinity: every layer has a box of its own.
   */
  readonly depth?: number
  /** The architecture that was cut; what the cut removed is then named at the cut. */
  readonly arch?: Arch
}

const end = (_tag: 'Input' | 'Output', id: string, lines: ReadonlyArray<string>, rising: boolean): DiagramNode => ({
  _tag,
  id,
  title: _tag.toLowerCase(),
  lines,
  paths: [],
  group: null,
  training: 'none',
  parameters: 0,
  rising
})

const partOf = ({ paths: [path] }: DiagramNode): string => /^(body|head)\b/.exec(path ?? '')?.[0] ?? ''

/** Marks the arrow from a body to the head after it. */
const withCut = (nodes: ReadonlyArray<DiagramNode>, edges: ReadonlyArray<DiagramEdge>): ReadonlyArray<DiagramEdge> => {
  const first = nodes.findIndex((node) => partOf(node) === 'head')
  const later = new Set(nodes.slice(first).map(({ id }) => id))
  const between = edges.filter(({ from, to }) => !later.has(from) && later.has(to))
  return first > 0 && between.length === 1 && !edges.some(({ way }) => way === 'across')
    ? edges.map((e) => (e === between[0] ? { ...e, isCut: true } : e))
    : edges
}

/** The parts of an architecture that are not in the plan, attached to the end of its body. */
const cutAway = (
  { layers }: Plan,
  arch: Arch,
  nodes: ReadonlyArray<DiagramNode>,
  edges: ReadonlyArray<DiagramEdge>
): { readonly nodes: ReadonlyArray<DiagramNode>; readonly edges: ReadonlyArray<DiagramEdge> } => {
  const kept = new Set(layers.map(({ path }) => path.replace(/^body[./]/, '')))
  const names = leaves(arch.network).flatMap(({ path }) => {
    const name = path.replace(/^\//, '')
    return kept.has(name) ? [] : [name]
  })
  const last = layers.findLast(({ path }) => isUnder('body')(path))
  const from =
    edges.find(({ isCut }) => isCut)?.from ??
    nodes.find(({ paths }) => last !== undefined && paths.includes(last.path))?.id
  if (names.length === 0 || last === undefined || from === undefined) return { nodes: [], edges: [] }
  const shapeFrom = (id: string) => edges.find((e) => e.from === id)?.shape
  const node: DiagramNode = {
    ...end('Output', 'gone', [], false),
    _tag: 'CutAway',
    title: 'cut away',
    lines: names.length <= 4 ? names : [range(names[0]!, names.at(-1)!)]
  }
  return {
    nodes: [node],
    edges: [{ from, to: node.id, shape: shapeFrom(from) ?? last.output, paths: [], way: 'gone', isCut: false }]
  }
}

const groupsOf = (plan: Plan): ReadonlyArray<DiagramGroup> => {
  const all = leavesOf(pieceOf(plan))
  return Array.from({ length: plan.groups }, (_, group) => {
    const own = all.filter(({ layer }) => layer.group === group)
    return {
      group,
      training: trainingOf(own),
      layers: own.length,
      parameters: own.reduce((n, { parameters }) => n + parameters, 0)
    }
  })
}

const classesOf = (task: Plan['task']): ReadonlyArray<string> => {
  switch (task?._tag) {
    case 'Classification':
    case 'MultiLabel':
      return [`${task.classes.length} classes`]
    case 'Segmentation':
      return [`${task.codes.length} classes per pixel`]
    default:
      return []
  }
}

/**
 * A plan as boxes and arrows: the network from input to output, the cut, groups, frozen layers, shapes and totals.
 * Every layer of the plan is in one box, or is an identity on one arrow.
 *
 * @example
 * import { classification, cut, Draw, freezeBody, head, plan, resnet18, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const drawn = pipe(
 *   pipe(resnet18, cut, withHead(head()), freezeBody),
 *   plan({ input: [3, 224, 224], task: classification(['ant', 'bee']) }),
 *   E.map(Draw.diagram({ arch: resnet18 }))
 * )
 * assert.ok(E.isRight(drawn))
 * // eight blocks, of which the first two are identical and drawn once
 * assert.strictEqual(drawn.right.nodes.filter((node) => node._tag === 'Sum').length, 7)
 * assert.deepStrictEqual(drawn.right.nodes.find((node) => node._tag === 'CutAway')?.lines, ['avgpool', 'flatten',
 * 'fc'])
 *
 * @category diagrams
 * @since 0.1.0
 */
export const diagram =
  ({ depth = 2, arch }: DiagramOptions = {}) =>
  (plan: Plan): Diagram => {
    const input = end('Input', 'input', [showShape(plan.input)], false)
    const source = { id: input.id, shape: plan.input, paths: [], rising: false }
    const { nodes: inner, edges: between, repeats, out } = placeAt(depth, pieceOf(plan))(source, 'n')
    const output = end('Output', 'output', [showShape(plan.output), ...classesOf(plan.task)], out.rising)
    const last: DiagramEdge = {
      from: out.id,
      to: output.id,
      shape: out.shape,
      paths: out.paths,
      way: 'next',
      isCut: false
    }
    const nodes = [input, ...inner, output]
    const edges = withCut(nodes, [...between, last])
    const gone = arch === undefined ? { nodes: [], edges: [] } : cutAway(plan, arch, nodes, edges)
    const { parameters, trainable, flops } = costOf(plan)
    return {
      _tag: 'Diagram',
      title: plan.name,
      lines: [
        `${short(parameters)} parameters, ${short(trainable)} of them train · ${short(flops)} FLOPs an image`,
        `${plan.layers.length} layers in ${plan.groups} ${plan.groups === 1 ? 'group' : 'groups'}`
      ],
      nodes: [...nodes, ...gone.nodes],
      edges: [...edges, ...gone.edges],
      repeats,
      groups: groupsOf(plan)
    }
  }
