/**
 * Equality, display and pattern matching for graft's plain values (records, arrays, maps, sets, typed arrays,
 * primitives, `Opaque`); the source of each union's `Eq`, `Show` and `fold`. Opaque functions are equal when label and
 * function are.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'

/** Plain records only. An object with hidden content (a promise, a date) is equal only to itself. */
const isRecord = (u: unknown): u is Record<string, unknown> => {
  if (typeof u !== 'object' || u === null) return false
  const prototype: unknown = Object.getPrototypeOf(u)
  return prototype === Object.prototype || prototype === null
}

type Typed = ArrayLike<unknown> & Iterable<unknown> & { readonly constructor: { readonly name: string } }

const isTyped = (u: unknown): u is Typed => ArrayBuffer.isView(u) && !(u instanceof DataView)

const sameItems = (x: ArrayLike<unknown>, y: ArrayLike<unknown>): boolean => {
  if (x.length !== y.length) return false
  for (let i = 0; i < x.length; i++) if (!equals(x[i], y[i])) return false
  return true
}

/** Keys that are records are compared structurally. */
const isWithin = (x: ReadonlyMap<unknown, unknown>, y: ReadonlyMap<unknown, unknown>): boolean =>
  [...x].every(([k, v]) => (y.has(k) ? equals(v, y.get(k)) : [...y].some(([l, w]) => equals(k, l) && equals(v, w))))

const sameEntries = (x: ReadonlyMap<unknown, unknown>, y: ReadonlyMap<unknown, unknown>): boolean =>
  x.size === y.size && isWithin(x, y) && isWithin(y, x)

const equals = (x: unknown, y: unknown): boolean => {
  if (Object.is(x, y)) return true
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((v, i) => equals(v, y[i]))
  if (isTyped(x) && isTyped(y)) return x.constructor === y.constructor && sameItems(x, y)
  if (x instanceof Map && y instanceof Map) return sameEntries(x, y)
  if (x instanceof Set && y instanceof Set) return sameEntries(new Map(x.entries()), new Map(y.entries()))
  if (!isRecord(x) || !isRecord(y)) return false
  const keys = Object.keys(x)
  return keys.length === Object.keys(y).length && keys.every((k) => Object.hasOwn(y, k) && equals(x[k], y[k]))
}

/**
 * Structural equality of plain values: `NaN` equals itself, 0 and -0 differ, the order of maps and sets does not
 * matter.
 *
 * @example
 * import { cutAt, resnet18 } from 'graft-vision'
 * import { eqValue } from './Value.js'
 *
 * assert.ok(eqValue<unknown>().equals(cutAt(-2)(resnet18), cutAt(-2)(resnet18)))
 *
 * @since 0.1.0
 */
export const eqValue = <A>(): Eq<A> => ({ equals: (x, y) => equals(x, y) })

/**
 * Shows a value as a JavaScript literal.
 *
 * @example
 * import { showValue } from './Value.js'
 *
 * assert.strictEqual(showValue({ linFtrs: [512], ps: 0.5 }), '{ linFtrs: [512], ps: 0.5 }')
 *
 * @since 0.1.0
 */
export const showValue = (u: unknown): string => {
  if (typeof u === 'string') return `'${u.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (Array.isArray(u)) return `[${u.map(showValue).join(', ')}]`
  if (isTyped(u)) return `new ${u.constructor.name}(${showValue([...u])})`
  if (u instanceof Map) return `new Map(${showValue([...(u as ReadonlyMap<unknown, unknown>)])})`
  if (u instanceof Set) return `new Set(${showValue([...(u as ReadonlySet<unknown>)])})`
  if (Object.is(u, -0)) return '-0'
  if (!isRecord(u)) return String(u)
  if (u['_tag'] === 'Opaque') return `opaque(${showValue(u['label'])})`
  const fields = Object.entries(u).map(
    ([k, v]) => `${/^[A-Za-z_$][\w$]*$/.test(k) ? k : showValue(k)}: ${showValue(v)}`
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

/**
 * The fold of a tagged union: one function for each tag.
 *
 * @example
 * import { foldUnion } from './Value.js'
 *
 * type Side = { readonly _tag: 'Square'; readonly side: number } | { readonly _tag: 'Free' }
 * const area = foldUnion<Side>()({ Square: ({ side }) => side ** 2, Free: () => 0 })
 * assert.strictEqual(area({ _tag: 'Square', side: 3 }), 9)
 *
 * @since 0.1.0
 */
export const foldUnion =
  <A extends { readonly _tag: string }>() =>
  <B>(on: { readonly [T in A['_tag']]: (a: Extract<A, { readonly _tag: T }>) => B }) =>
  (a: A): B =>
    (on[a._tag as A['_tag']] as (a: A) => B)(a)
