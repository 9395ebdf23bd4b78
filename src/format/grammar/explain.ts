/**
 * Converts io-ts's tree of decoding errors to graft's list of errors, one sentence per mistake, each with its JSON
 * path.
 *
 * @since 0.1.0
 */
import type * as DE from 'io-ts/lib/DecodeError.js'
import type * as FS from 'io-ts/lib/FreeSemigroup.js'
import { explained } from '../../Explained.js'
import type { FormatError, FormatErrors } from '../FormatError.js'
import { listed } from '../../nearest.js'

/**
 * The content of a leaf of the tree, besides what was found.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface Said {
  readonly _tag: 'BadValue' | 'UnknownKey' | 'MissingKey'
  readonly expected: string
  /** Default: the value. */
  readonly found?: string
  readonly hint: string
}

/**
 * Decoding errors, joined.
 *
 * @category schemas
 * @since 0.1.0
 */
export type Tree = FS.FreeSemigroup<DE.DecodeError<Said>>

/** A JSON path with one more key: `head.ps`, `[2].maxLr`, `["a b"]`. */
export const atField = (path: string, key: string | number): string =>
  typeof key === 'number'
    ? `${path}[${key}]`
    : /^[A-Za-z_$][\w$-]*$/.test(key)
      ? path === ''
        ? key
        : `${path}.${key}`
      : `${path}[${JSON.stringify(key)}]`

/** The path to show in an error: `$` for the whole. */
export const placeOf = (path: string): string => (path === '' ? '$' : path)

const most = 60
const cropped = (text: string): string => (text.length <= most ? text : `${text.slice(0, most)}...`)

/** A short description of an unknown value. */
export const showFound = (u: unknown): string => {
  if (u === undefined) return 'nothing'
  if (typeof u === 'function') return 'a function'
  if (typeof u === 'string') return JSON.stringify(cropped(u))
  if (Array.isArray(u)) return u.length === 0 ? 'an empty list' : `a list of ${u.length}`
  if (u === null) return 'null'
  if (typeof u === 'number' || typeof u === 'bigint' || typeof u === 'boolean' || typeof u === 'symbol')
    return cropped(String(u))
  const keys = Object.keys(u)
  return keys.length === 0 ? 'an object without keys' : cropped(`an object with ${listed(keys, 4)}`)
}

/**
 * The mistakes of a tree; for an object first unknown keys, then missing ones, then wrong values.
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const wrong = E.mapLeft(Format.explainDecodeErrors)(Format.decoderGrammar.list(Format.decoderGrammar.boolean).decode([true, 'no']))
 * assert.deepStrictEqual(E.isLeft(wrong) && wrong.left, [
 *   { _tag: 'BadValue', path: '[1]', expected: 'true or false', found: '"no"', hint: 'write true or false' }
 * ])
 *
 * @category schemas
 * @since 0.1.0
 */
export const explain = (tree: Tree): FormatErrors => {
  const found: Array<FormatError> = []
  // an explicit stack, because the tree of a long list of mistakes is as deep as the list is long
  const open: Array<readonly [string, Tree]> = [['', tree]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, at] = next
    if (at._tag === 'Concat') {
      open.push([path, at.right], [path, at.left])
      continue
    }
    const error = at.value
    switch (error._tag) {
      case 'Leaf':
        found.push(
          explained(error.error._tag)(
            placeOf(path),
            error.error.expected,
            error.error.found ?? showFound(error.actual),
            error.error.hint
          )
        )
        break
      case 'Key':
        open.push([atField(path, error.key), error.errors])
        break
      case 'Index':
        open.push([atField(path, error.index), error.errors])
        break
      default:
        open.push([path, error.errors])
    }
  }
  return found as unknown as FormatErrors
}
