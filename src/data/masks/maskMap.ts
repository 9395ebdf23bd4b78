/**
 * Maps from a mask's values or colours to classes.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { badSpec, someOf, type DataError } from '../DataError.js'

/**
 * The class of each value or colour of a mask; null: pixels that are ignored.
 *
 * @category data
 * @since 0.1.0
 */
export type MaskMap = Readonly<Record<string, string | null>>

/** `#804080`, `804080` or, for `#880044`, `#804`. */
const hexColour = (text: string): O.Option<number> => {
  if (/^#[0-9a-f]{3}$/i.test(text)) return O.some(parseInt(text.slice(1).replace(/./g, '$&$&'), 16))
  return /^#?[0-9a-f]{6}$/i.test(text) ? O.some(parseInt(text.replace('#', ''), 16)) : O.none
}

/** The brackets of `rgb(128, 64, 128)`, `(128, 64, 128)` or `[128, 64, 128]`. */
const bracketed = /^(?:rgb)?\s*[([](.*)[)\]]$/i

/**
 * A colour as a number, from `#804080`, `#f00`, `128 64 128`, `128,64,128` or `(128, 64, 128)`. Colour names are not
 * supported.
 *
 * @example
 * import { colourOf } from '../index.js'
 * import { none, some } from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(['#804080', '128 64 128', 'red'].map(colourOf), [some(0x804080), some(0x804080), none])
 * assert.deepStrictEqual(['#f00', '(255, 0, 0)'].map(colourOf), [some(0xff0000), some(0xff0000)])
 *
 * @since 0.1.0
 */
export const colourOf = (text: string): O.Option<number> => {
  const trimmed = text.trim()
  const parts = (bracketed.exec(trimmed)?.[1] ?? trimmed).trim().split(/[\s,]+/)
  const numbers = parts.map(Number)
  return parts.length === 3 && numbers.every((n, i) => /^\d+$/.test(parts[i]!) && n <= 255)
    ? O.some((numbers[0]! << 16) | (numbers[1]! << 8) | numbers[2]!)
    : hexColour(trimmed)
}

/** A TIFF's values may be negative, fractional or NaN. */
const valueOf = (text: string): O.Option<number> =>
  /^(-?\d+(\.\d+)?|NaN)$/.test(text.trim()) ? O.some(Number(text)) : O.none

/**
 * The classes of a map from values, by ascending value; needed because an object orders negative and fractional keys
 * differently.
 */
export const codesByValue = (map: MaskMap): ReadonlyArray<string | null> => {
  const at = (key: string): number =>
    O.getOrElse(() => Infinity)(O.filter((value: number) => !Number.isNaN(value))(valueOf(key)))
  const keys = Object.keys(map).toSorted((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)))
  return keys.map((key) => map[key]!)
}

/** The kinds of keys: how to parse one, what it is called, and an example of a map. */
const kinds = {
  values: { read: valueOf, what: 'value', hint: "imageMasks(path, { values: { 0: 'background', 255: 'cell' } })" },
  colours: {
    read: colourOf,
    what: 'colour',
    hint: "imageMasks(path, { colours: { '#804080': 'road', '0 0 0': null } })"
  }
} as const

/**
 * The class index of each value or colour of a map; `notCounted` if its class is null. Error: `BadSpec` for an invalid
 * or repeated key, and for a name that is not a class.
 */
export const classesOfKeys = (
  by: 'values' | 'colours',
  map: MaskMap,
  codes: ReadonlyArray<string>,
  notCounted: number
): E.Either<DataError, ReadonlyMap<number, number>> => {
  const { read, what, hint } = kinds[by]
  const classes = new Map<number, number>()
  const keys = new Map<number, string>()
  for (const [key, name] of Object.entries(map)) {
    const at = `data.source.${by}[${JSON.stringify(key)}]`
    const found = read(key)
    const index = name === null ? notCounted : codes.indexOf(name)
    if (O.isNone(found)) return E.left(badSpec(`data.source.${by}`, `a ${what}`, JSON.stringify(key), `write ${hint}`))
    const before = keys.get(found.value)
    if (before !== undefined)
      return E.left(
        badSpec(at, `each ${what} once`, `the same ${what} as ${JSON.stringify(before)}`, 'keep one of the two')
      )
    if (index === -1)
      return E.left(
        badSpec(
          at,
          `one of the codes (${someOf(codes)}), or null`,
          JSON.stringify(name),
          'add it to the codes, or correct it'
        )
      )
    keys.set(found.value, key)
    classes.set(found.value, index)
  }
  return E.right(classes)
}
