/**
 * Resolving a cut: from an architecture's network to its body's.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Arch,
  type Body,
  type Child,
  type Cut,
  foldLayer,
  isCombination,
  isLayer,
  type Layer,
  leaves,
  namedChildren
} from '../model/index.js'
import { cutError, type PlanError, sortOf } from './PlanError.js'

const pools: (layer: Layer) => boolean = foldLayer(
  (p) => /Pool2d$/.test(p._tag),
  (_, parts) => parts.some((part) => part.value)
)

/** The default rule of the reference: before the last child that is, or contains, a pooling layer. */
const beforeLastPooling = (arch: Arch): E.Either<PlanError, number> => {
  const at = namedChildren(arch.network).findLastIndex((child) => pools(child.layer))
  return at > 0
    ? E.right(at)
    : E.left(
        cutError(
          arch.name,
          'a pooling child that follows other children, for the default cut',
          at === 0 ? 'a first child that holds all pooling' : 'no pooling layer',
          'say where to cut: cutAt(n), cutAt(name), cutBy(label, f) or uncut'
        )
      )
}

/** Keeps `count` named children and the nameless steps before the last of them. */
const keep = (network: Layer, count: number): Layer => {
  let named = 0
  const take = (children: ReadonlyArray<Child>): ReadonlyArray<Child> => {
    const kept: Array<Child> = []
    for (const child of children) {
      if (named === count) break
      if (child.name === null && isCombination(child.layer) && namedChildren(child.layer).length > 0) {
        kept.push({ name: null, layer: { ...child.layer, children: take(child.layer.children) } })
        continue
      }
      if (child.name !== null) named++
      kept.push(child)
    }
    return kept
  }
  return isCombination(network) ? { ...network, children: take(network.children) } : network
}

const countOf = (arch: Arch, at: number | string): E.Either<PlanError, number> => {
  const names = namedChildren(arch.network).map((child) => child.name)
  const what = `cutAt(${typeof at === 'string' ? `'${at}'` : at})`
  if (typeof at === 'string') {
    const index = names.indexOf(at)
    return index > 0
      ? E.right(index)
      : E.left(
          cutError(
            `${arch.name}: ${what}`,
            `one of the children ${names.slice(1).join(', ')}`,
            index === 0 ? `'${at}', the first, which leaves no layers` : `no child '${at}'`,
            `use cutAt('${names.at(-1) ?? ''}') or a count`
          )
        )
  }
  const count = at < 0 ? names.length + at : at
  return Number.isInteger(at) && count > 0 && count <= names.length
    ? E.right(count)
    : E.left(
        cutError(
          `${arch.name}: ${what}`,
          `a whole number that keeps 1 to ${names.length} of the ${names.length} children`,
          Number.isInteger(at) ? (count <= 0 ? 'a cut that leaves no layers' : 'more than there are') : String(at),
          `use cutAt(${typeof arch.cut === 'number' && arch.cut !== at ? arch.cut : -1})`
        )
      )
}

const keepAt = (arch: Arch, at: number | string): E.Either<PlanError, Layer> =>
  E.map((count: number) => keep(arch.network, count))(countOf(arch, at))

const byFunction = (path: string, f: () => unknown): E.Either<PlanError, Layer> => {
  const noNetwork = (found: string) =>
    cutError(path, 'a function that gives a network', found, 'mend the function: it is given a network and gives one')
  return pipe(
    E.tryCatch(
      () => {
        const network = f()
        return isLayer(network) ? E.right(network) : E.left(noNetwork(`it gave ${sortOf(network)}`))
      },
      (e) => noNetwork(`it threw: ${String(e)}`)
    ),
    E.flatten
  )
}

const byCut = (arch: Arch, cut: Cut): E.Either<PlanError, Layer> => {
  switch (cut._tag) {
    case 'NoCut':
      return E.right(arch.network)
    case 'OwnCut':
      return arch.cut === null
        ? E.map((count: number) => keep(arch.network, count))(beforeLastPooling(arch))
        : keepAt(arch, arch.cut)
    case 'CutAt':
      return keepAt(arch, cut.at)
    case 'CutBy':
      return byFunction(`${arch.name}: cutBy('${cut.f.label}')`, () => cut.f.run(arch.network))
  }
}

/** The body's network, or why there is none. */
export const bodyNetwork = (body: Body): E.Either<PlanError, Layer> =>
  E.filterOrElse(
    (network: Layer) => leaves(network).length > 0,
    (): PlanError =>
      cutError(body.arch.name, 'a body with layers', 'a cut that leaves no layers', 'cut further towards the head')
  )(byCut(body.arch, body.cut))
