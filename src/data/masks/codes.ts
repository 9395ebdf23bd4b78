/**
 * Files that name the classes of masks: one name per line, or a colour and a name.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badSpec, type DataError } from '../DataError.js'
import type { MaskMap } from './maskMap.js'

const linesOf = (bytes: Uint8Array): ReadonlyArray<string> =>
  new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

const rgb = String.raw`#[0-9a-f]{6}|\d+[\s,;]+\d+[\s,;]+\d+`

/** `64 128 64	Animal`, as in CamVid's label_colors.txt. */
const colourFirst = new RegExp(`^(${rgb})[\\s,;]+(.+)$`, 'i')

/** `Animal,64,128,64`, as in class_dict.csv. */
const nameFirst = new RegExp(`^(.+?)[\\s,;]+(${rgb})$`, 'i')

/** `# r g b name`, and headers: `name,r,g,b`. */
const isAside = (line: string): boolean =>
  /^#(?![0-9a-f]{6}\b)/i.test(line) || /^(\w+[\s,;]+)?r(ed)?[\s,;]+g(reen)?[\s,;]+b(lue)?([\s,;]+\w+)?$/i.test(line)

/** A line's colour and name; undefined without one. */
const entryOf = (line: string): readonly [colour: string, name: string] | undefined => {
  const first = colourFirst.exec(line)
  if (first !== null) return [first[1]!.replaceAll(';', ','), first[2]!]
  const last = nameFirst.exec(line)
  return last === null ? undefined : [last[2]!.replaceAll(';', ','), last[1]!]
}

/**
 * The class names in a file: a name on each line, or a colour and a name. Empty lines are skipped.
 *
 * @example
 * import { codesIn } from '../index.js'
 *
 * assert.deepStrictEqual(codesIn(new TextEncoder().encode('sky\nroad\n')), ['sky', 'road'])
 * assert.deepStrictEqual(codesIn(new TextEncoder().encode('128 128 128 sky\n128 64 128 road\n')), ['sky', 'road'])
 *
 * @since 0.1.0
 */
export const codesIn = (bytes: Uint8Array): ReadonlyArray<string> => {
  const lines = linesOf(bytes)
  const entries = lines.filter((line) => !isAside(line)).map(entryOf)
  const names = entries.flatMap((entry) => (entry === undefined ? [] : [entry[1]]))
  return names.length > 0 && names.length === entries.length ? [...new Set(names)] : lines
}

/**
 * The class of each colour in a file with lines `red green blue name` or `name,red,green,blue`; comments (`#`) and
 * headers are skipped. Error: `BadSpec` for any other line, and for a colour that occurs twice.
 *
 * @example
 * import { coloursIn } from '../index.js'
 *
 * const map = coloursIn('label_colors.txt', new TextEncoder().encode('64 128 64\tAnimal'))
 * assert.deepStrictEqual(map, { _tag: 'Right', right: { '64 128 64': 'Animal' } })
 *
 * @since 0.1.0
 */
export const coloursIn = (file: string, bytes: Uint8Array): E.Either<DataError, MaskMap> => {
  const map: Record<string, string> = {}
  for (const line of linesOf(bytes).filter((each) => !isAside(each))) {
    const entry = entryOf(line)
    if (entry === undefined)
      return E.left(
        badSpec(
          file,
          'a colour and a name on each line, such as 64 128 64 Animal',
          JSON.stringify(line),
          'correct the line, or name the colours: imageMasks(path, { colours })'
        )
      )
    if (Object.hasOwn(map, entry[0]))
      return E.left(badSpec(file, 'each colour once', `${JSON.stringify(line)} again`, 'remove one of the lines'))
    map[entry[0]] = entry[1]
  }
  return E.right(map)
}
