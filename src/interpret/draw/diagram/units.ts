/** Decides what is drawn as one: parts deeper than the limit share a box, and identical parts are drawn once. */
import { type Layer, roleOf } from '../../../model/index.js'
import { depthOf, isUniform, type Join, type Leaf, leavesOf, type Piece } from './pieces.js'
import { stretches } from './stretches.js'
import { linesOf, runsOf } from './words.js'

/** Layers in one box, which stands for `times` repetitions. */
export interface Run {
  readonly _tag: 'Run'
  readonly leaves: ReadonlyArray<Leaf>
  readonly times: number
}

/** Elements drawn in sequence: a box; branches with the activations after them; a repetition. */
export type Unit =
  | Run
  | { readonly _tag: 'Branches'; readonly join: Join; readonly after: ReadonlyArray<Leaf> }
  | { readonly _tag: 'Repeat'; readonly parts: ReadonlyArray<Piece> }

/** A layer that will be in some box, and the innermost expanded part around it. */
interface Token {
  readonly _tag: 'Token'
  readonly leaf: Leaf
  readonly owner: string
}

type Part = Token | Exclude<Unit, Run>

/** Networks are identical if they differ only in names, initialisers and numbers of input channels. */
const signatureOf = (network: Layer): string =>
  JSON.stringify(network, (key, value: unknown) =>
    ['name', 'inChannels', 'features'].includes(key) || key.endsWith('Init') ? undefined : value
  )

const areAlike = (a: Piece, b: Piece): boolean =>
  a._tag !== 'Leaf' &&
  b._tag !== 'Leaf' &&
  leavesOf(a).length > 0 &&
  isUniform([...leavesOf(a), ...leavesOf(b)]) &&
  signatureOf(a.network) === signatureOf(b.network)

const isActivation = ({ layer }: Leaf): boolean => roleOf(layer.layer) === 'activation'

/** Merges boxes with the same text. */
const folded = (runs: ReadonlyArray<ReadonlyArray<Leaf>>): ReadonlyArray<Run> =>
  stretches<ReadonlyArray<Leaf>>(
    (same, next) => isUniform([...same[0]!, ...next]) && linesOf(same[0]!).join('\n') === linesOf(next).join('\n')
  )(runs).map((same) => ({ _tag: 'Run', leaves: same.flat(), times: same.length }))

/** Activations after a sum or concat belong to it. */
const withActivations = (units: ReadonlyArray<Unit>): ReadonlyArray<Unit> =>
  units.reduce<ReadonlyArray<Unit>>((done, unit) => {
    const last = done.at(-1)
    return last?._tag === 'Branches' &&
      unit._tag === 'Run' &&
      unit.leaves.every(isActivation) &&
      isUniform([...last.after, ...unit.leaves])
      ? [...done.slice(0, -1), { ...last, after: [...last.after, ...unit.leaves] }]
      : [...done, unit]
  }, [])

/** Divides a piece into units. A limit of Infinity gives every layer a box of its own. */
export const unitsOf = (limit: number): ((piece: Piece) => ReadonlyArray<Unit>) => {
  const all = limit === Infinity
  const within = (path: string): boolean => depthOf(path) <= limit

  const partsOf = (siblings: ReadonlyArray<Piece>, owner: string): ReadonlyArray<Part> =>
    stretches<Piece>((same, next) => !all && depthOf(next.path) >= limit && areAlike(same[0]!, next))(siblings).flatMap(
      (same): ReadonlyArray<Part> => {
        const piece = same[0]!
        if (same.length > 1) return [{ _tag: 'Repeat', parts: same }]
        if (piece._tag === 'Leaf' || (!within(piece.path) && isUniform(leavesOf(piece))))
          return leavesOf(piece).map((leaf) => ({ _tag: 'Token', leaf, owner }))
        return piece._tag === 'Join'
          ? [{ _tag: 'Branches', join: piece, after: [] }]
          : partsOf(piece.parts, within(piece.path) ? piece.path : owner)
      }
    )

  /** Layers of one part: in one box if the part is not expanded, otherwise one box per convolution. */
  const boxes = (tokens: ReadonlyArray<Token>): ReadonlyArray<Run> => {
    const leaves = tokens.map(({ leaf }) => leaf)
    if (all) return leaves.map((leaf) => ({ _tag: 'Run', leaves: [leaf], times: 1 }))
    const uniform = stretches<Leaf>((together, next) => isUniform([...together, next]))(leaves)
    return folded(depthOf(tokens[0]!.owner) >= limit ? uniform : uniform.flatMap(runsOf))
  }

  return (piece) => {
    const units = stretches<Part>(
      ([first], next) => first!._tag === 'Token' && next._tag === 'Token' && first!.owner === next.owner
    )(partsOf([piece], piece.path)).flatMap((parts): ReadonlyArray<Unit> => {
      const [first] = parts
      return first!._tag === 'Token' ? boxes(parts as ReadonlyArray<Token>) : [first!]
    })
    return all ? units : withActivations(units)
  }
}
