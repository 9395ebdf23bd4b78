/** Resolves a cut: from an architecture's network to its body's. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  type Arch,
  type Body,
  type Child,
  type Cut,
  inSequence,
  isCombination,
  isLayer,
  type Layer,
  layerAt,
  leaves,
  namedChildren,
  roleOf,
  sequential
} from '../model/index.js'
import { cutError, type PlanError, sortOf } from './PlanError.js'

const pools = (network: Layer): boolean => leaves(network).some(({ layer }) => roleOf(layer) === 'pooling')

/**
 * What a cut leaves: children without a name after the last kept one are dropped, and so are children of which nothing
 * is left.
 */
const ended = (kept: ReadonlyArray<Child>): Layer => {
  const last = kept.findLastIndex(
    ({ name, layer }) => leaves(layer).length > 0 && (name !== null || namedChildren(layer).length > 0)
  )
  return sequential(...kept.slice(0, last + 1))
}

/**
 * The rest of a path below a child: '' is the child itself, null is elsewhere; a child without a name is transparent.
 */
const belowChild = (name: string | null, path: string): string | null =>
  name === null ? path : path === name ? '' : path.startsWith(`${name}.`) ? path.slice(name.length + 1) : null

/** Keeps everything before the layer at a path; null if there is none, or if it is inside a branch. */
const keepBefore = (network: Layer, path: string): Layer | null => {
  const children = inSequence(network)
  if (children === null) return null
  for (const [i, { name, layer }] of children.entries()) {
    const below = belowChild(name, path)
    const before = children.slice(0, i)
    if (below === '') return ended(before)
    const inner = below === null ? null : keepBefore(layer, below)
    if (inner !== null) return ended([...before, { name, layer: inner }])
  }
  return null
}

const isEmpty = (network: Layer): boolean => leaves(network).length === 0

/** Where the default rule would cut inside the only child. */
const innerPooling = (network: Layer): string =>
  pipe(
    leaves(network).findLast(({ path, layer }) => pools(layer) && !isEmpty(keepBefore(network, path) ?? sequential())),
    (leaf) => (leaf === undefined ? 'cutAt(n), cutAt(path)' : `cutAt('${leaf.path}')`)
  )

/** fastai's default rule: before the last child that is, or contains, a pooling layer. */
const beforeLastPooling = (arch: Arch): E.Either<PlanError, number> => {
  const at = namedChildren(arch.network).findLastIndex((child) => pools(child.layer))
  return at > 0
    ? E.right(at)
    : E.left(
        cutError(
          arch.name,
          'a child with a pooling layer after other children, for the default cut',
          at === 0 ? 'all pooling layers in the first child' : 'no pooling layer',
          `say where to cut: ${innerPooling(arch.network)}, cutBy(label, f) or uncut`
        )
      )
}

/** Keeps `count` named children, and the children without a name before the last of them. */
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

const keepPath = (arch: Arch, at: string): E.Either<PlanError, Layer> => {
  const names = namedChildren(arch.network).map((child) => child.name)
  const index = names.indexOf(at)
  const kept = index >= 0 ? keep(arch.network, index) : keepBefore(arch.network, at)
  if (kept !== null && !isEmpty(kept)) return E.right(kept)
  const found =
    kept !== null
      ? `'${at}', the first, which leaves no layers`
      : O.isSome(layerAt(at)(arch.network))
        ? `'${at}', a part within a branch`
        : `no part '${at}'`
  return E.left(
    cutError(
      `${arch.name}: cutAt('${at}')`,
      `one of the children ${names.join(', ')} but the first, or a path within one`,
      found,
      names.length > 1 ? `use cutAt('${names.at(-1)}') or a count` : `use ${innerPooling(arch.network)}`
    )
  )
}

const countOf = (arch: Arch, at: number): E.Either<PlanError, number> => {
  const names = namedChildren(arch.network).map((child) => child.name)
  const count = at < 0 ? names.length + at : at
  return Number.isInteger(at) && count > 0 && count <= names.length
    ? E.right(count)
    : E.left(
        cutError(
          `${arch.name}: cutAt(${at})`,
          `an integer that keeps 1 to ${names.length} of the ${names.length} children`,
          Number.isInteger(at)
            ? count <= 0
              ? 'a cut that leaves no layers'
              : 'more children than there are'
            : String(at),
          names.length > 1
            ? `use cutAt(${typeof arch.cut === 'number' && arch.cut !== at ? arch.cut : -1})`
            : `use ${innerPooling(arch.network)}`
        )
      )
}

const keepAt = (arch: Arch, at: number | string): E.Either<PlanError, Layer> =>
  typeof at === 'string' ? keepPath(arch, at) : E.map((count: number) => keep(arch.network, count))(countOf(arch, at))

const byFunction = (path: string, f: () => unknown): E.Either<PlanError, Layer> => {
  const noNetwork = (found: string) =>
    cutError(
      path,
      'a function that returns a network',
      found,
      'fix the function: it receives a network and must return one'
    )
  return pipe(
    E.tryCatch(
      () => {
        const network = f()
        return isLayer(network) ? E.right(network) : E.left(noNetwork(`it returned ${sortOf(network)}`))
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

/**
 * The body's network: what its cut keeps of the architecture. Error: `CutError`.
 *
 * @example
 * import { bodyNetwork, createBody, nn, resnet18 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const network = bodyNetwork(createBody(resnet18))
 * assert.ok(E.isRight(network))
 * assert.deepStrictEqual(nn.namedChildren(network.right).map(({ name }) => name).slice(-2), ['layer3', 'layer4'])
 *
 * @category models
 * @since 0.1.0
 */
export const bodyNetwork = (body: Body): E.Either<PlanError, Layer> =>
  E.filterOrElse(
    (network: Layer) => !isEmpty(network),
    (): PlanError =>
      cutError(body.arch.name, 'a body with layers', 'a cut that leaves no layers', 'cut further towards the head')
  )(byCut(body.arch, body.cut))
