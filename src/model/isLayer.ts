import type { Init } from './Init.js'
import type { Combination, Layer } from './Layer.js'
import type { LayerField } from './LayerKind.js'
import { layerKinds } from './Primitive.js'

type Check = (u: unknown) => boolean
type Fields<A> = { readonly [K in Exclude<keyof A, '_tag'>]: Check }
type FieldsOf<U extends { readonly _tag: string }> = {
  readonly [T in U['_tag']]: Fields<U extends { readonly _tag: infer S } ? (T extends S ? U : never) : never>
}

const number: Check = (u) => typeof u === 'number'
const boolean: Check = (u) => typeof u === 'boolean'
const sides: Check = (u) => Array.isArray(u) && u.length === 2 && u.every(number)
const mode: Check = (u) => u === 'fanIn' || u === 'fanOut'

/** A check for records: the tag must be in the table, and the fields must satisfy it. */
const tagged =
  (table: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (u) => {
    if (typeof u !== 'object' || u === null || !('_tag' in u)) return false
    if (typeof u._tag !== 'string' || !Object.hasOwn(table, u._tag)) return false
    return Object.entries(table[u._tag]!).every(([field, check]) => check((u as Record<string, unknown>)[field]))
  }

const inits: FieldsOf<Init> = {
  KaimingNormal: { mode },
  KaimingUniform: { mode },
  TorchDefault: {},
  XavierUniform: {},
  Uniform: { bound: number },
  Normal: { std: number },
  Constant: { value: number },
  Icnr: { scale: number }
}
const init = tagged(inits)

const fieldChecks: { readonly [T in LayerField['_tag']]: Check } = {
  Whole: number,
  Sides: sides,
  Real: number,
  Flag: boolean,
  Init: init,
  Convolution: (u) => tagged({ Conv2d: primitives['Conv2d']! })(u)
}

const primitives: Readonly<Record<string, Readonly<Record<string, Check>>>> = Object.fromEntries(
  Object.entries(layerKinds).map(([tag, { fields }]) => [
    tag,
    Object.fromEntries(Object.entries<LayerField>(fields).map(([name, field]) => [name, fieldChecks[field._tag]]))
  ])
)

const child: Check = (u) =>
  typeof u === 'object' &&
  u !== null &&
  'name' in u &&
  (u.name === null || typeof u.name === 'string') &&
  'layer' in u &&
  isLayer(u.layer)
const children: Check = (u) => Array.isArray(u) && u.every(child)

const combinations: FieldsOf<Combination> = {
  Sequential: { children },
  Sum: { children },
  Product: { children },
  Concat: { children }
}

const layer = /*#__PURE__*/ tagged({ ...primitives, ...combinations })

/**
 * Returns whether a value is a network. For results of a user's function, which may return anything.
 *
 * @example
 * import { nn } from 'graft-vision'
 * import { isLayer } from './index.js'
 *
 * assert.deepStrictEqual([isLayer(nn.relu), isLayer(undefined), isLayer({ _tag: 'Conv2d' })], [true, false, false])
 *
 * @since 0.1.0
 */
export const isLayer = (u: unknown): u is Layer => layer(u)
