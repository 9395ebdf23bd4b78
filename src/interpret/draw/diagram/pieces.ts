/** A plan's network as a tree with the plan's layers as leaves. */
import { arrayPath, type Layer, parametersOf, type Shape, sizeOf } from '../../../model/index.js'
import { foldPlan, type Plan, type PlanLayer, type PlanNode } from '../../../plan/index.js'
import type { DiagramTraining } from './Diagram.js'

/** A layer of the plan, and the text of its box. */
export interface Leaf {
  readonly _tag: 'Leaf'
  readonly path: string
  readonly layer: PlanLayer
  readonly training: DiagramTraining
  readonly parameters: number
}

/** Branches, and how they are combined. */
export interface Join {
  readonly _tag: 'Join'
  readonly how: 'Sum' | 'Product' | 'Concat'
  readonly path: string
  readonly network: Layer
  readonly parts: ReadonlyArray<Piece>
  readonly output: Shape
}

/** Every piece has its full path; one without a name has its parent's. */
export type Piece =
  | Leaf
  | {
      readonly _tag: 'Chain'
      readonly path: string
      readonly network: Layer
      readonly parts: ReadonlyArray<Piece>
      readonly output: Shape
    }
  | Join

/** The output shape of a piece. */
export const outputOf = (piece: Piece): Shape => (piece._tag === 'Leaf' ? piece.layer.output : piece.output)

const leafOf =
  (trainable: ReadonlyMap<string, boolean>) =>
  (layer: PlanLayer): Leaf => {
    const parameters = parametersOf(layer.layer)
    const trains = parameters.some(({ name }) => trainable.get(arrayPath(layer.path, name)) === true)
    return {
      _tag: 'Leaf',
      path: layer.path,
      layer,
      training: parameters.length === 0 ? 'none' : trains ? 'trains' : 'frozen',
      parameters: parameters.reduce((n, { shape }) => n + sizeOf(shape), 0)
    }
  }

/** Converts a plan to pieces. */
export const pieceOf = (plan: Plan): Piece => {
  const join =
    (how: Join['how']) =>
    (parts: ReadonlyArray<Piece>, { path, layer, output }: PlanNode): Piece => ({
      _tag: 'Join',
      how,
      path,
      network: layer,
      parts,
      output
    })
  return foldPlan<Piece>({
    leaf: leafOf(new Map(plan.parameters.map((p) => [p.path, p.trainable]))),
    sequential: (parts, { path, layer, output }) => ({ _tag: 'Chain', path, network: layer, parts, output }),
    sum: join('Sum'),
    product: join('Product'),
    concat: join('Concat')
  })(plan)
}

/**
 * The output shape of consecutive leaves: that of the largest piece that ends with them. A stage in one box may end in
 * one of several branches, whose own shape is not the stage's.
 */
export const outputAfter = (root: Piece): ((run: ReadonlyArray<Leaf>) => Shape) => {
  const ends = new Map<Leaf, ReadonlyArray<{ readonly leaves: number; readonly output: Shape }>>()
  const visit = (piece: Piece): ReadonlyArray<Leaf> => {
    const own = piece._tag === 'Leaf' ? [piece] : piece.parts.flatMap(visit)
    const last = own.at(-1)
    if (last !== undefined) ends.set(last, [...(ends.get(last) ?? []), { leaves: own.length, output: outputOf(piece) }])
    return own
  }
  visit(root)
  return (run) => {
    const last = run.at(-1)!
    return ends.get(last)!.findLast(({ leaves }) => leaves <= run.length)!.output
  }
}

/** The leaves of a piece, in data-flow order. */
export const leavesOf = (piece: Piece): ReadonlyArray<Leaf> =>
  piece._tag === 'Leaf' ? [piece] : piece.parts.flatMap(leavesOf)

const isNorm = ({ layer }: Leaf): boolean => layer.layer._tag === 'BatchNorm'

/** The state of the parameters of some layers. Trained batch norms in a frozen body do not make it trained. */
export const trainingOf = (all: ReadonlyArray<Leaf>): DiagramTraining => {
  const some = (training: DiagramTraining, of: (leaf: Leaf) => boolean): boolean =>
    all.some((leaf) => leaf.training === training && of(leaf))
  if (some('trains', (leaf) => !isNorm(leaf))) return 'trains'
  if (some('frozen', () => true)) return some('trains', isNorm) ? 'normsTrain' : 'frozen'
  return some('trains', isNorm) ? 'trains' : 'none'
}

/** Whether layers may share a box: same group, and all frozen or none. */
export const isUniform = (all: ReadonlyArray<Leaf>): boolean =>
  new Set(all.map(({ layer }) => layer.group)).size <= 1 &&
  new Set(all.filter((leaf) => !isNorm(leaf) && leaf.training !== 'none').map(({ training }) => training)).size <= 1

/** Number of names that lead to a part below body or head. */
export const depthOf = (path: string): number => {
  const names = path
    .split('/')[0]!
    .split('.')
    .filter((name) => name !== '')
  return names.length - (names[0] === 'body' || names[0] === 'head' ? 1 : 0)
}
