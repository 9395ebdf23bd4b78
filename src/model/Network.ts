/**
 * Ways through a network: its leaves in data-flow order with their paths, the part at a path, an update at a path.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { type Child, isCombination, type Layer, type Primitive } from './Layer.js'
import { constant, type Fan, type Init } from './Init.js'
import type { Shape } from './Shape.js'

/** A leaf and where it stands. */
export interface Leaf {
  /** Names joined by dots; a nameless leaf is its parent's path, a slash and its kind: `layer1.0/relu`. */
  readonly path: string
  readonly layer: Primitive
}

/** Joins a path and a name; the empty path is the network itself. */
export const join = (path: string, name: string | null): string =>
  name === null ? path : path === '' ? name : `${path}.${name}`

/** Is `path` the part at `start`, or within it? */
export const isUnder =
  (start: string) =>
  (path: string): boolean =>
    start === '' || path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}/`)

const kindOf = (layer: Primitive): string => layer._tag[0]!.toLowerCase() + layer._tag.slice(1)

/**
 * The leaves in data-flow order, branches one after the other.
 *
 * @example
 * import { leaves, numbered, relu, sequential, linear, named } from 'graft-vision'
 *
 * const net = sequential(named('fc', linear(4, 2)), relu, relu)
 * assert.deepStrictEqual(leaves(net).map((l) => l.path), ['fc', '/relu', '/relu2'])
 *
 * @since 0.1.0
 */
export const leaves = (network: Layer): ReadonlyArray<Leaf> => {
  const found: Array<Leaf> = []
  const seen = new Map<string, number>()
  const visit = (layer: Layer, path: string, nameless: boolean): void => {
    if (isCombination(layer)) {
      for (const child of layer.children) visit(child.layer, join(path, child.name), child.name === null)
      return
    }
    const base = nameless ? `${path}/${kindOf(layer)}` : path
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    found.push({ path: nameless && count > 1 ? `${base}${count}` : base, layer })
  }
  visit(network, '', true)
  return found
}

/**
 * The named children of a network, looking through nameless parts.
 *
 * @since 0.1.0
 */
export const namedChildren = (network: Layer): ReadonlyArray<Child & { readonly name: string }> =>
  isCombination(network)
    ? network.children.flatMap((c) => (c.name === null ? namedChildren(c.layer) : [{ name: c.name, layer: c.layer }]))
    : []

/**
 * The part at a path, if there is one.
 *
 * @example
 * import { layerAt, resnet18 } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.ok(O.isSome(layerAt('layer1.0.conv1')(resnet18.network)))
 * assert.ok(O.isNone(layerAt('layer9')(resnet18.network)))
 *
 * @since 0.1.0
 */
export const layerAt =
  (path: string) =>
  (network: Layer): O.Option<Layer> => {
    if (path === '') return O.some(network)
    if (path.endsWith('.')) return O.none
    for (const child of namedChildren(network)) {
      if (child.name === path) return O.some(child.layer)
      if (path.startsWith(`${child.name}.`)) {
        const found = layerAt(path.slice(child.name.length + 1))(child.layer)
        if (O.isSome(found)) return found
      }
    }
    return O.none
  }

/**
 * A network with the part at a path changed; none when there is no such part.
 *
 * @example
 * import { modifyAt, leakyRelu, named, relu, sequential } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const net = sequential(named('act', relu))
 * assert.deepStrictEqual(modifyAt('act', () => leakyRelu(0.1))(net), O.some(sequential(named('act', leakyRelu(0.1)))))
 *
 * @since 0.1.0
 */
export const modifyAt =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> => {
    if (path === '') return O.some(f(network))
    if (!isCombination(network) || path.endsWith('.')) return O.none
    for (const [i, child] of network.children.entries()) {
      const below =
        child.name === null
          ? O.some(path)
          : path === child.name
            ? O.some('')
            : path.startsWith(`${child.name}.`)
              ? O.some(path.slice(child.name.length + 1))
              : O.none
      const changed = O.isSome(below) ? modifyAt(below.value, f)(child.layer) : O.none
      if (O.isSome(changed))
        return O.some({ ...network, children: network.children.with(i, { name: child.name, layer: changed.value }) })
    }
    return O.none
  }

/** A number array that a layer owns. */
export interface LayerArray {
  readonly name: string
  /** torch's shape: `[out, in/groups, kh, kw]`, `[out, in]`, `[features]`. */
  readonly shape: Shape
  readonly init: Init
  readonly fan: Fan
}

const weightAndBias = (
  layer: { readonly bias: boolean; readonly weightInit: Init; readonly biasInit: Init },
  shape: Shape,
  fan: Fan
): ReadonlyArray<LayerArray> => [
  { name: 'weight', shape, init: layer.weightInit, fan },
  ...(layer.bias ? [{ name: 'bias', shape: [shape[0]!], init: layer.biasInit, fan }] : [])
]

/**
 * The parameters of one layer, named and shaped as torch does.
 *
 * @since 0.1.0
 */
export const parametersOf = (layer: Primitive): ReadonlyArray<LayerArray> => {
  switch (layer._tag) {
    case 'Conv2d': {
      const [kh, kw] = layer.kernelSize
      const shape = [layer.outChannels, layer.inChannels / layer.groups, kh, kw]
      return weightAndBias(layer, shape, { in: shape[1]! * kh * kw, out: layer.outChannels * kh * kw })
    }
    case 'Linear':
      return weightAndBias(layer, [layer.outFeatures, layer.inFeatures], {
        in: layer.inFeatures,
        out: layer.outFeatures
      })
    case 'BatchNorm':
      return weightAndBias({ ...layer, bias: true }, [layer.features], { in: layer.features, out: layer.features })
    default:
      return []
  }
}

/**
 * What a layer keeps besides parameters: a batch norm's running mean (starts at 0) and variance (1).
 *
 * @since 0.1.0
 */
export const buffersOf = (layer: Primitive): ReadonlyArray<LayerArray> =>
  layer._tag === 'BatchNorm'
    ? (
        [
          ['running_mean', 0],
          ['running_var', 1]
        ] as const
      ).map(([name, value]) => ({
        name,
        shape: [layer.features],
        init: constant(value),
        fan: { in: layer.features, out: layer.features }
      }))
    : []
