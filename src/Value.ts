/**
 * Equality and display of graft's plain values (records, arrays, primitives, `Opaque`), from which every union takes
 * its `Eq` and `Show`. Opaque functions are equal when both label and function are.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'

const isRecord = (u: unknown): u is Record<string, unknown> => typeof u === 'object' && u !== null && !Array.isArray(u)

const equals = (x: unknown, y: unknown): boolean => {
  if (Object.is(x, y)) return true
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((v, i) => equals(v, y[i]))
  if (!isRecord(x) || !isRecord(y)) return false
  const keys = Object.keys(x)
  return keys.length === Object.keys(y).length && keys.every((k) => Object.hasOwn(y, k) && equals(x[k], y[k]))
}

/**
 * Structural equality of plain values.
 *
 * @example
 * import { eqValue, cutAt, resnet18 } from 'graft-vision'
 *
 * assert.ok(eqValue<unknown>().equals(cutAt(-2)(resnet18), cutAt(-2)(resnet18)))
 *
 * @since 0.1.0
 */
export const eqValue = <A>(): Eq<A> => ({ equals: (x, y) => equals(x, y) })

/**
 * A value as the JavaScript literal that a person would write.
 *
 * @example
 * import { showValue } from 'graft-vision'
 *
 * assert.strictEqual(showValue({ linFtrs: [512], ps: 0.5 }), '{ linFtrs: [512], ps: 0.5 }')
 *
 * @since 0.1.0
 */
export const showValue = (u: unknown): string => {
  if (typeof u === 'string') return `'${u.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (Array.isArray(u)) return `[${u.map(showValue).join(', ')}]`
  if (!isRecord(u)) return String(u)
  if (u['_tag'] === 'Opaque') return `opaque(${showValue(u['label'])})`
  const fields = Object.entries(u).map(
    ([k, v]) => `${/^[A-Za-z_$][\w$]*$/.test(k) ? k : showValue(k)}: ${showValue(v)}`
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}
