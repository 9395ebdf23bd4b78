/** The check of an engine's name and options: plain JavaScript can pass what no compiler has checked. */
import * as O from 'fp-ts/lib/Option.js'
import { nearest } from '../nearest.js'
import { engineNames } from './Engine.js'
import { type EngineError, engineUnavailable } from './EngineError.js'

const names: ReadonlyArray<string> = ['auto', ...engineNames]

const isOptional =
  (is: (u: unknown) => boolean) =>
  (u: unknown): boolean =>
    u === undefined || is(u)

const isOneOf =
  (...values: ReadonlyArray<unknown>) =>
  (u: unknown): boolean =>
    values.includes(u)

/** Those of `EngineOptions`. */
const options: Readonly<Record<string, readonly [is: (u: unknown) => boolean, expected: string]>> = {
  threads: [(u) => Number.isInteger(u) && Number(u) >= 1, 'an integer number of threads, at least 1'],
  exactConv: [(u) => typeof u === 'boolean', 'exactConv of true or false'],
  block: [isOneOf(0, 8, 16), 'a block of 0, 8 or 16'],
  costs: [(u) => u === 'built-in' || (typeof u === 'object' && u !== null), "costs of 'built-in', or measured ones"],
  fallback: [isOneOf('compute', 'refuse'), "a fallback of 'compute' or 'refuse'"],
  home: [(u) => typeof u === 'string', 'a folder as home'],
  install: [(u) => typeof u === 'function', 'a program as install']
}

/** The first mistake; null: none. */
export const wrongOption = (name: unknown, given: unknown): EngineError | null => {
  const text = String(name)
  if (typeof name !== 'string' || !names.includes(name)) {
    const known = O.getOrElse(() => 'auto')(nearest(text, names))
    return engineUnavailable(text, `one of ${names.join(', ')}`, 'an unknown engine', `use e.g. '${known}'`)
  }
  if (typeof given !== 'object' || given === null)
    return engineUnavailable(name, 'options in an object', String(given), 'leave them out, or write { threads: 1 }')
  const its = given as Readonly<Record<string, unknown>>
  for (const [option, [is, expected]] of Object.entries(options))
    if (!isOptional(is)(its[option]))
      return engineUnavailable(name, expected, String(its[option]), `leave ${option} out`)
  return null
}
