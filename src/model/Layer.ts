/**
 * `Layer`: a network as a closed union of primitives and three ways to combine them:
 *
 *     Layer = primitive | sequential(children) | sum(branches) | concat(branches)
 *
 * Names are torch's, and a name is not a tree position: a *nameless* child is transparent, it adds no segment to the
 * paths of the parameters below it and a cut does not count it. So a torchvision state dict's keys are the paths.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'
import type { Primitive } from './Primitive.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** A part of a combination; `name` null is transparent. @since 0.1.0 */
export interface Child {
  readonly name: string | null
  readonly layer: Layer
}

/** What has parts: one after the other, added, or joined along channels. @since 0.1.0 */
export type Combination =
  | { readonly _tag: 'Sequential'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Sum'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Concat'; readonly children: ReadonlyArray<Child> }

export type Layer = Primitive | Combination

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * A child with a name: a segment of its parameters' paths.
 * @example
 * import { leaves, linear, named, sequential } from 'graft-vision'
 * assert.strictEqual(leaves(sequential(named('fc', linear(4, 2))))[0]?.path, 'fc')
 * @since 0.1.0 */
export const named = (name: string, layer: Layer): Child => ({ name, layer })

const isChild = (part: Child | Layer): part is Child => !('_tag' in part)
const childOf = (part: Child | Layer): Child => (isChild(part) ? part : { name: null, layer: part })

/**
 * One after the other, in data-flow order; a bare layer is a nameless child.
 * @example
 * import { batchNorm, conv2d, leaves, named, relu, sequential } from 'graft-vision'
 * const stem = sequential(named('conv1', conv2d(3, 8, 3)), named('bn1', batchNorm(8)), relu)
 * assert.deepStrictEqual(leaves(stem).map((l) => l.path), ['conv1', 'bn1', '/relu'])
 * @since 0.1.0 */
export const sequential = (...parts: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Sequential',
  children: parts.map(childOf)
})

/**
 * torch's `nn.Sequential`: children named '0', '1', ...
 * @example
 * import { leaves, linear, numbered, relu } from 'graft-vision'
 * assert.deepStrictEqual(leaves(numbered(linear(4, 2), relu)).map((l) => l.path), ['0', '1'])
 * @since 0.1.0 */
export const numbered = (...layers: ReadonlyArray<Layer>): Layer => ({
  _tag: 'Sequential',
  children: layers.map((layer, i) => named(String(i), layer))
})

/**
 * Branches over the same input, added: a residual connection is `sum(path, identity)`.
 * @example
 * import { conv2d, identity, sum } from 'graft-vision'
 * assert.strictEqual(sum(conv2d(8, 8, 3, { padding: 1 }), identity)._tag, 'Sum')
 * @since 0.1.0 */
export const sum = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Sum',
  children: branches.map(childOf)
})

/**
 * Branches over the same input, joined along channels in the order given.
 * @example
 * import { concat, identity, relu, showLayer } from 'graft-vision'
 * assert.strictEqual(showLayer.show(concat(relu, identity)), 'Concat(\n  Relu()\n  Identity()\n)')
 * @since 0.1.0 */
export const concat = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Concat',
  children: branches.map(childOf)
})

// -------------------------------------------------------------------------------------
// refinements and instances
// -------------------------------------------------------------------------------------

/**
 * Has it parts?
 * @example
 * import { isCombination, numbered, relu } from 'graft-vision'
 * assert.deepStrictEqual([isCombination(numbered(relu)), isCombination(relu)], [true, false])
 * @since 0.1.0 */
export const isCombination = (layer: Layer): layer is Combination =>
  layer._tag === 'Sequential' || layer._tag === 'Sum' || layer._tag === 'Concat'

/**
 * A network is read by a fold: what a primitive is, and what a combination is given its parts' results.
 * @example
 * import { foldLayer, numbered, relu, flatten } from 'graft-vision'
 * const count = foldLayer<number>(() => 1, (_, parts) => parts.reduce((n, part) => n + part.value, 0))
 * assert.strictEqual(count(numbered(relu, flatten, numbered(relu))), 3)
 * @since 0.1.0 */
export const foldLayer =
  <B>(
    onPrimitive: (layer: Primitive) => B,
    onCombination: (layer: Combination, parts: ReadonlyArray<{ readonly name: string | null; readonly value: B }>) => B
  ) =>
  (layer: Layer): B =>
    isCombination(layer)
      ? onCombination(
          layer,
          layer.children.map((c) => ({ name: c.name, value: foldLayer(onPrimitive, onCombination)(c.layer) }))
        )
      : onPrimitive(layer)

/** Structural equality: names and starts count too. @since 0.1.0 */
export const eqLayer: Eq<Layer> = eqValue()

const fields = (layer: Primitive): string => {
  const entries = Object.entries(layer).filter(([k]) => k !== '_tag' && !k.endsWith('Init'))
  return entries.map(([k, v]) => `${k}: ${showValue(v)}`).join(', ')
}

const lines: (layer: Layer) => ReadonlyArray<string> = foldLayer(
  (p) => [`${p._tag}(${fields(p)})`],
  (c, parts) => [
    `${c._tag}(`,
    ...parts.flatMap(({ name, value: [first, ...rest] }) => [
      `  ${name === null ? '' : `(${name}): `}${first ?? ''}`,
      ...rest.map((line) => `  ${line}`)
    ]),
    ')'
  ]
)

/**
 * The tree as torch prints a module, nameless parts without brackets.
 * @since 0.1.0 */
export const showLayer: Show<Layer> = { show: (layer) => lines(layer).join('\n') }
