/** Resolves replacements: the network with the replaced layers, and which layers those are. */
import * as O from 'fp-ts/lib/Option.js'
import { isUnder, type Layer, mapLeaves, type Model, modifyAt, type Primitive } from '../model/index.js'
import { type PlanError, replaceError } from './PlanError.js'

export interface Replaced {
  readonly network: Layer
  /** The layers that come from a replacement, by identity. */
  readonly fresh: ReadonlySet<Primitive>
  readonly errors: ReadonlyArray<PlanError>
}

/** A path within the root: after a dot, or after a slash for a layer without a name. */
const within = (root: string, path: string): O.Option<string> => {
  if (path === root) return O.some('')
  if (path.startsWith(`${root}/`)) return O.some(path.slice(root.length))
  const rest = path.slice(root.length + 1)
  return path.startsWith(`${root}.`) && /^[^/]/.test(rest) ? O.some(rest) : O.none
}

/** Applies the replacements under `root`, to a network with that path or, with `whole`, to the model's. */
export const replaceIn = (start: Layer, model: Model, root: 'body' | 'head', whole = false): Replaced => {
  const errors: Array<PlanError> = []
  const fresh = new Set<Primitive>()
  // copied, so that the same layer elsewhere does not count as replaced
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
        'the path of a layer or block below body or head',
        'no such part',
        'take the path from summary(plan)'
      )
    )
    return net
  }, start)
  return { network, fresh, errors }
}
