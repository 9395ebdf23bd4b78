/** Assertions of laws; a failed one throws, as properties of fast-check do. */
import * as E from 'fp-ts/lib/Either.js'
import { eqValue } from '../src/Value.js'
import { shown } from './showing.js'

const fail = (what: string, expected: string, found: string): never => {
  throw new Error(`${what}: expected ${expected}, found ${found}`)
}

export const holds = (claim: boolean, what: string): void => {
  if (!claim) throw new Error(what)
}

export const equal = (found: unknown, expected: unknown, what: string): void => {
  if (!eqValue<unknown>().equals(found, expected)) fail(what, shown(expected), shown(found))
}

/** |found − expected| ≤ tolerance · max(1, |expected|). */
export const close = (found: number, expected: number, tolerance: number, what: string): void => {
  if (!(Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected))))
    fail(what, `${expected} within ${tolerance}`, String(found))
}

/** The value of a `Right`. */
export const succeeded = <L, A>(result: E.Either<L, A>, what: string): A =>
  E.isRight(result) ? result.right : fail(what, 'success', shown(result.left))

/** The errors of a `Left`. */
export const refused = <L, A>(result: E.Either<L, A>, what: string): L =>
  E.isLeft(result) ? result.left : fail(what, 'an error', 'none')
