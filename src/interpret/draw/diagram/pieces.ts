/**
 * A plan's network with the plan's layers as its leaves.
 */
import { isCombination, join, type Layer, leaves, parametersOf, sizeOf } from '../../../model/index.js'
import type { Plan, PlanLayer } from '../../../plan/index.js'
import type { DiagramTraining } from './Diagram.js'

/** A layer of the plan and what a box says of it. */
export interface Leaf {
  readonly _tag: 'Leaf'
  readonly path: string
  readonly layer: PlanLayer
  readonly training: DiagramTraining
  readonly parameters: number
}

/** Every part with its whole path; a nameless one has its parent's. */
export type Piece =
  | Leaf
  | { readonly _tag: 'Chain'; readonly path: string; readonly network: Layer; readonly parts: ReadonlyArray<Piece> }
  | {
      readonly _tag: 'Join'
      readonly how: 'Sum' | 'Concat'
      readonly path: string
      readonly network: Layer
      readonly parts: ReadonlyArray<Piece>
    }

const leafOf =
  (trainable: ReadonlyMap<string, boolean>) =>
  (layer: PlanLayer): Leaf => {
    const parameters = parametersOf(layer.layer)
    const trains = parameters.some(({ name }) => trainable.get(`${layer.path}.${name}`) === true)
    return {
      _tag: 'Leaf',
      path: layer.path,
      layer,
      training: parameters.length === 0 ? 'none' : trains ? 'trains' : 'frozen',
      parameters: parameters.reduce((n, { shape }) => n + sizeOf(shape), 0)
    }
  }

/** The pieces of a plan: its layers are the network's leaves, in their order. */
export const pieceOf = (plan: Plan): Piece => {
  const toLeaf = leafOf(new Map(plan.parameters.map((p) => [p.path, p.trainable])))
  const visit = (network: Layer, path: string, first: number): Piece => {
    if (!isCombination(network)) return toLeaf(plan.layers[first]!)
    let next = first
    const parts = network.children.map((child) => {
      const at = next
      next += leaves(child.layer).length
      return visit(child.layer, join(path, child.name), at)
    })
    return network._tag === 'Sequential'
      ? { _tag: 'Chain', path, network, parts }
      : { _tag: 'Join', how: network._tag, path, network, parts }
  }
  return visit(plan.network, '', 0)
}

/** The leaves of a piece, in data-flow order. */
export const leavesOf = (piece: Piece): ReadonlyArray<Leaf> =>
  piece._tag === 'Leaf' ? [piece] : piece.parts.flatMap(leavesOf)

const isNorm = ({ layer }: Leaf): boolean => layer.layer._tag === 'BatchNorm'

/** What happens to the parameters of some layers. Batch norms that train in a frozen body do not make it train. */
export const trainingOf = (all: ReadonlyArray<Leaf>): DiagramTraining => {
  const some = (training: DiagramTraining, of: (leaf: Leaf) => boolean): boolean =>
    all.some((leaf) => leaf.training === training && of(leaf))
  if (some('trains', (leaf) => !isNorm(leaf))) return 'trains'
  if (some('frozen', () => true)) return some('trains', isNorm) ? 'normsTrain' : 'frozen'
  return some('trains', isNorm) ? 'trains' : 'none'
}

/** May these be in one box: one group, all frozen or none? */
export const isUniform = (all: ReadonlyArray<Leaf>): boolean =>
  new Set(all.map(({ layer }) => layer.group)).size <= 1 &&
  new Set(all.filter((leaf) => !isNorm(leaf) && leaf.training !== 'none').map(({ training }) => training)).size <= 1

/** How many names lead to a part below body or head. */
export const depthOf = (path: string): number => {
  const names = path
    .split('/')[0]!
    .split('.')
    .filter((name) => name !== '')
  return names.length - (names[0] === 'body' || names[0] === 'head' ? 1 : 0)
}
