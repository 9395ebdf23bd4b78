/** How a failing law prints its counterexample: models and architectures as the steps that make them. */
import * as fc from 'fast-check'
import { isArch, type Model, showArch, showModel } from '../src/model/index.js'
import { showValue } from '../src/Value.js'

const isModel = (u: unknown): u is Model => typeof u === 'object' && u !== null && '_tag' in u && u._tag === 'Model'

const isPlain = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && Object.getPrototypeOf(u) === Object.prototype

const asSteps = (u: unknown): string | null => (isModel(u) ? showModel.show(u) : isArch(u) ? showArch.show(u) : null)

/** The same value, but fast-check prints the models in it as steps. */
export const printable = (u: unknown): unknown => {
  const steps = asSteps(u)
  if (steps !== null) return { [fc.toStringMethod]: () => steps }
  if (Array.isArray(u)) return u.map(printable)
  return isPlain(u) ? Object.fromEntries(Object.entries(u).map(([key, value]) => [key, printable(value)])) : u
}

/** A value as text. */
export const shown = (u: unknown): string => asSteps(u) ?? showValue(u)
