/**
 * Resolving replacements: from a network to the one with other parts in place, and which leaves those are.
 */
import * as O from 'fp-ts/lib/Option.js'
import { isUnder, type Layer, mapLeaves, type Model, modifyAt, type Primitive } from '../model/index.js'
import { type PlanError, replaceError } from './PlanError.js'

export interface Replaced {
  readonly network: Layer
  /** The leaves that a replacement put there, by identity. */
  readonly fresh: ReadonlySet<Primitive>
  readonly errors: ReadonlyArray<PlanError>
}

/** Its path within the root: of a part after a dot, of the root's own nameless leaf with the slash. */
const within = (root: string, path: string): O.Option<string> => {
  if (path === root) return O.some('')
  if (path.startsWith(`${root}/`)) return O.some(path.slice(root.length))
  const rest = path.slice(root.length + 1)
  return path.startsWith(`${root}.`) && /^[^/]/.test(rest) ? O.some(rest) : O.none
}

/** The replacements under `root`, in a network that stands there or, `whole`, in the model's. */
export const replaceIn = (start: Layer, model: Model, root: 'body' | 'head', whole = false): Replaced => {
  const errors: Array<PlanError> = []
  const fresh = new Set<Primitive>()
  // copied, so that the same layer elsewhere is not taken for this one
  const copy = mapLeaves(({ layer }) => {
    const own = { ...layer }
    fresh.add(own)
    return own
  })
  const network = model.replacements.reduce((net, { path, layer }) => {
    const known = isUnder('body')(path) || isUnder('head')(path)
    if (!isUnder(root)(path) && (known || root === 'head')) return net
    const inside = whole ? O.some(path) : within(root, path)
    const changed = O.isSome(inside) ? modifyAt(inside.value, () => copy(layer))(net) : O.none
    if (O.isSome(changed)) return changed.value
    errors.push(
      replaceError(
        path,
        'the path of a part of the model, under body or head',
        'no such part',
        'take the path from summary(plan)'
      )
    )
    return net
  }, start)
  return { network, fresh, errors }
}
