/**
 * `Layer`: a network as a closed union of primitives and four ways to combine them:
 *
 *     Layer = primitive | sequential(children) | sum(branches) | product(branches) | concat(branches)
 *
 * Names follow torch. A child without a name is transparent: it adds no segment to the paths of the parameters below
 * it, and a cut does not count it. Paths are therefore the keys of torchvision's state dicts.
 *
 * @category layers
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'
import { join } from './Path.js'
import type { Primitive } from './Primitive.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * A child of a combination. A child whose `name` is null is transparent: it adds no segment to paths.
 *
 * @category combinations
 * @since 0.1.0
 */
export interface Child {
  readonly name: string | null
  readonly layer: Layer
}

/**
 * A layer with children: applied in sequence, summed, multiplied, or concatenated along channels.
 *
 * @category combinations
 * @since 0.1.0
 */
export type Combination =
  | { readonly _tag: 'Sequential'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Sum'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Product'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Concat'; readonly children: ReadonlyArray<Child> }

export type Layer = Primitive | Combination

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * A child with a name, which becomes a segment of its parameters' paths.
 * @example
 * import { nn } from 'graft-vision'
 * assert.strictEqual(nn.leaves(nn.sequential(nn.named('fc', nn.linear(4, 2))))[0]?.path, 'fc')
 * @category combinations
 * @since 0.1.0 */
export const named = (name: string, layer: Layer): Child => ({ name, layer })

const isChild = (part: Child | Layer): part is Child => !('_tag' in part)
const childOf = (part: Child | Layer): Child => (isChild(part) ? part : { name: null, layer: part })

/**
 * Layers applied in order; a bare layer is a child without a name.
 * @example
 * import { nn } from 'graft-vision'
 * const stem = nn.sequential(nn.named('conv1', nn.conv2d(3, 8, 3)), nn.named('bn1', nn.batchNorm(8)), nn.relu)
 * assert.deepStrictEqual(nn.leaves(stem).map((l) => l.path), ['conv1', 'bn1', '/relu'])
 * @category combinations
 * @since 0.1.0 */
export const sequential = (...parts: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Sequential',
  children: parts.map(childOf)
})

/**
 * torch's `nn.Sequential`: children named '0', '1', ...
 * @example
 * import { nn } from 'graft-vision'
 * assert.deepStrictEqual(nn.leaves(nn.numbered(nn.linear(4, 2), nn.relu)).map((l) => l.path), ['0', '1'])
 * @category combinations
 * @since 0.1.0 */
export const numbered = (...layers: ReadonlyArray<Layer>): Layer => ({
  _tag: 'Sequential',
  children: layers.map((layer, i) => named(String(i), layer))
})

/**
 * Branches over the same input, summed: a residual connection is `sum(path, identity)`.
 * @example
 * import { nn } from 'graft-vision'
 * assert.strictEqual(nn.sum(nn.conv2d(8, 8, 3, { padding: 1 }), nn.identity)._tag, 'Sum')
 * @category combinations
 * @since 0.1.0 */
export const sum = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Sum',
  children: branches.map(childOf)
})

/**
 * Branches over the same input, multiplied. Each branch has the shape of the first one, or `[c, 1, 1]`: one factor for
 * each channel, as in a squeeze-and-excitation gate.
 * @example
 * import { nn } from 'graft-vision'
 * const gate = nn.sequential(nn.adaptiveAvgPool2d(1), nn.conv2d(8, 8, 1), nn.sigmoid)
 * assert.strictEqual(nn.product(nn.identity, gate)._tag, 'Product')
 * @category combinations
 * @since 0.1.0 */
export const product = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Product',
  children: branches.map(childOf)
})

/**
 * Branches over the same input, joined along channels in the order given.
 * @example
 * import { nn, Show } from 'graft-vision'
 * assert.strictEqual(Show.layer.show(nn.concat(nn.relu, nn.identity)), 'Concat(\n  Relu()\n  Identity()\n)')
 * @category combinations
 * @since 0.1.0 */
export const concat = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Concat',
  children: branches.map(childOf)
})

// -------------------------------------------------------------------------------------
// refinements
// -------------------------------------------------------------------------------------

/** Whether the children run in sequence or in parallel. */
const flows: { readonly [T in Combination['_tag']]: 'sequence' | 'branches' } = {
  Sequential: 'sequence',
  Sum: 'branches',
  Product: 'branches',
  Concat: 'branches'
}

/**
 * Returns whether a layer has children.
 * @example
 * import { nn } from 'graft-vision'
 * import { isCombination } from './index.js'
 * assert.deepStrictEqual([isCombination(nn.numbered(nn.relu)), isCombination(nn.relu)], [true, false])
 * @since 0.1.0 */
export const isCombination = (layer: Layer): layer is Combination => Object.hasOwn(flows, layer._tag)

/**
 * The children of a `sequential`; null for primitives and branches.
 * @example
 * import { nn } from 'graft-vision'
 * import { inSequence } from './index.js'
 * assert.deepStrictEqual(inSequence(nn.numbered(nn.relu)), [{ name: '0', layer: nn.relu }])
 * assert.deepStrictEqual([inSequence(nn.relu), inSequence(nn.sum(nn.relu, nn.relu))], [null, null])
 * @since 0.1.0 */
export const inSequence = (layer: Layer): ReadonlyArray<Child> | null =>
  isCombination(layer) && flows[layer._tag] === 'sequence' ? layer.children : null

// -------------------------------------------------------------------------------------
// fold
// -------------------------------------------------------------------------------------

/**
 * A primitive of a network with its path.
 *
 * @category layers
 * @since 0.1.0
 */
export interface Leaf {
  /** Names joined by dots. A primitive without a name has its parent's path, a slash and its kind: `layer1.0/relu`. */
  readonly path: string
  readonly layer: Primitive
}

/**
 * A combination with its path: the names that lead to it, joined by dots.
 *
 * @category networks
 * @since 0.1.0
 */
export interface LayerNode {
  readonly path: string
  readonly layer: Combination
}

/**
 * The cases of a fold over a network: one for primitives and one for each combination, which receives its children's
 * results in order.
 * @category networks
 * @since 0.1.0 */
export type LayerAlgebra<A, L = Leaf, N = LayerNode> = { readonly leaf: (leaf: L) => A } & {
  readonly [T in Combination['_tag'] as Uncapitalize<T>]: (parts: ReadonlyArray<A>, at: N) => A
}

const kindOf = (layer: Primitive): string => layer._tag[0]!.toLowerCase() + layer._tag.slice(1)

/** Assigns paths to primitives; must be called in data-flow order. */
const leafNaming = (): ((path: string, isNameless: boolean, layer: Primitive) => string) => {
  const seen = new Map<string, number>()
  return (path, isNameless, layer) => {
    const base = isNameless ? `${path}/${kindOf(layer)}` : path
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return isNameless && count > 1 ? `${base}${count}` : base
  }
}

/**
 * Folds a network, visiting primitives in data-flow order. Every function over networks is such a fold; no other
 * function distinguishes the combinations.
 * @example
 * import { Fold, nn } from 'graft-vision'
 * const depth = Fold.layer<number>({
 *   leaf: () => 1,
 *   sequential: (parts) => parts.reduce((n, part) => n + part, 0),
 *   sum: (branches) => Math.max(...branches),
 *   product: (branches) => Math.max(...branches),
 *   concat: (branches) => Math.max(...branches)
 * })
 * assert.strictEqual(depth(nn.numbered(nn.sum(nn.relu, nn.numbered(nn.relu, nn.relu)), nn.flatten)), 3)
 * @category folds
 * @since 0.1.0 */
export const foldLayer =
  <A>(algebra: LayerAlgebra<A>) =>
  (network: Layer): A => {
    const nameOf = leafNaming()
    const visit = (layer: Layer, path: string, isNameless: boolean): A => {
      if (!isCombination(layer)) return algebra.leaf({ path: nameOf(path, isNameless, layer), layer })
      const parts = layer.children.map((child) => visit(child.layer, join(path, child.name), child.name === null))
      switch (layer._tag) {
        case 'Sequential':
          return algebra.sequential(parts, { path, layer })
        case 'Sum':
          return algebra.sum(parts, { path, layer })
        case 'Product':
          return algebra.product(parts, { path, layer })
        case 'Concat':
          return algebra.concat(parts, { path, layer })
      }
    }
    return visit(network, '', true)
  }

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/**
 * Structural equality, including names and initialisers.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqLayer: Eq<Layer> = eqValue()

const fields = (layer: Primitive): string => {
  const entries = Object.entries(layer).filter(([k]) => k !== '_tag' && !k.endsWith('Init'))
  return entries.map(([k, v]) => `${k}: ${showValue(v)}`).join(', ')
}

type Lines = ReadonlyArray<string>

const bracketed = (parts: ReadonlyArray<Lines>, { layer }: LayerNode): Lines => [
  `${layer._tag}(`,
  ...parts.flatMap(([first, ...rest], i) => {
    const { name } = layer.children[i]!
    return [`  ${name === null ? '' : `(${name}): `}${first ?? ''}`, ...rest.map((line) => `  ${line}`)]
  }),
  ')'
]

const lines: (layer: Layer) => Lines = foldLayer<Lines>({
  leaf: ({ layer }) => [`${layer._tag}(${fields(layer)})`],
  sequential: bracketed,
  sum: bracketed,
  product: bracketed,
  concat: bracketed
})

/**
 * Shows the tree as torch prints a module, children without a name without brackets.
 * @category instances
 * @since 0.1.0 */
export const showLayer: Show<Layer> = { show: (layer) => lines(layer).join('\n') }
