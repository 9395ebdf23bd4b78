/**
 * Parsing JSON. `parseJson` rejects what `JSON.parse` silently accepts (a repeated key) and what would overflow the
 * stack (deep nesting).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Json } from 'fp-ts/lib/Json.js'
import { atField, placeOf } from './explain.js'
import { duplicateKey, type FormatError, type FormatErrors, isNonEmpty, notJson, tooDeep } from '../FormatError.js'

/** Far above any network, far below any stack. */
const deepest = 256

/** An error if a value is nested too deeply (or contains itself). */
export const tooDeepAt = (u: unknown): E.Either<FormatErrors, void> => {
  const open: Array<readonly [unknown, number]> = [[u, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next
    if (typeof value !== 'object' || value === null) continue
    if (depth >= deepest)
      return E.left([
        tooDeep('$', `at most ${deepest} levels of nesting`, 'more', 'write fewer levels of [ ... ] and { ... }')
      ])
    for (const part of Object.values(value)) open.push([part, depth + 1])
  }
  return E.right(undefined)
}

const placeIn = (text: string, message: string): string => {
  const at = /position (\d+)/.exec(message)?.[1]
  if (at === undefined) return '$'
  const before = text.slice(0, Number(at)).split('\n')
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`
}

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs

interface Level {
  readonly keys: Set<string> | null
  at: string | number
}

/** Keys that occur twice in valid JSON text. */
const duplicates = (text: string): ReadonlyArray<FormatError> => {
  const found: Array<FormatError> = []
  const levels: Array<Level> = []
  let last = ''
  for (const [word] of text.matchAll(token)) {
    const level = levels.at(-1)
    if (word === '{') levels.push({ keys: new Set(), at: '' })
    else if (word === '[') levels.push({ keys: null, at: 0 })
    else if (word === '}' || word === ']') levels.pop()
    else if (word === ',') {
      if (typeof level?.at === 'number') level.at++
    } else if (word === ':') {
      const key = String(JSON.parse(last))
      level!.at = key
      if (level!.keys!.has(key))
        found.push(
          duplicateKey(
            placeOf(levels.reduce((path, l) => atField(path, l.at), '')),
            'each key once in an object',
            `${JSON.stringify(key)} again`,
            'remove one of the two'
          )
        )
      level!.keys!.add(key)
    } else last = word
  }
  return found
}

/**
 * Parses JSON. Errors: `NotJson` (with line and column if known), `DuplicateKey` (all of them), `TooDeep`. A leading
 * byte order mark is skipped.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.deepStrictEqual(Format.parseJson('{"a": [1]}'), { _tag: 'Right', right: { a: [1] } })
 * const twice = Format.parseJson('[{"a": 1, "a": 2}]')
 * assert.deepStrictEqual(twice._tag === 'Left' && twice.left.map((e) => [e._tag, e.path]), [['DuplicateKey', '[0].a']])
 *
 * @category schemas
 * @since 0.1.0
 */
export const parseJson = (text: string): E.Either<FormatErrors, Json> => {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  return pipe(
    E.tryCatch(
      () => JSON.parse(plain) as Json,
      (e): FormatErrors => {
        const message = e instanceof Error ? e.message : String(e)
        return [notJson(placeIn(plain, message), 'JSON', message, 'correct the text there, or write the file again')]
      }
    ),
    E.chainFirst((json) => tooDeepAt(json)),
    E.chainFirst(() => {
      const twice = duplicates(plain)
      return isNonEmpty(twice) ? E.left(twice) : E.right(undefined)
    })
  )
}
