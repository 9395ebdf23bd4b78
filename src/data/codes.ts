/**
 * Files that name the classes of masks: a code on each line, or a colour and a code.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badSpec, type DataError } from './DataError.js'
import type { MaskMap } from './Masks.js'

const linesOf = (bytes: Uint8Array): ReadonlyArray<string> =>
  new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** `64 128 64	Animal`, as in CamVid's label_colors.txt. */
const colourLine = /^(\d+[\s,]+\d+[\s,]+\d+)[\s,]+(.+)$/

/**
 * The codes in a file: a name on each line, or a colour and a name. Empty lines are none.
 *
 * @example
 * import { codesIn } from 'graft-vision'
 *
 * assert.deepStrictEqual(codesIn(new TextEncoder().encode('sky\nroad\n')), ['sky', 'road'])
 * assert.deepStrictEqual(codesIn(new TextEncoder().encode('128 128 128 sky\n128 64 128 road\n')), ['sky', 'road'])
 *
 * @since 0.1.0
 */
export const codesIn = (bytes: Uint8Array): ReadonlyArray<string> => {
  const lines = linesOf(bytes)
  return lines.length > 0 && lines.every((line) => colourLine.test(line))
    ? [...new Set(lines.map((line) => colourLine.exec(line)![2]!))]
    : lines
}

/**
 * The code of each colour in a file that has `red green blue name` on each line. Error: `BadSpec` for another line.
 *
 * @example
 * import { coloursIn } from 'graft-vision'
 *
 * const map = coloursIn('label_colors.txt', new TextEncoder().encode('64 128 64\tAnimal'))
 * assert.deepStrictEqual(map, { _tag: 'Right', right: { '64 128 64': 'Animal' } })
 *
 * @since 0.1.0
 */
export const coloursIn = (file: string, bytes: Uint8Array): E.Either<DataError, MaskMap> => {
  const lines = linesOf(bytes)
  const odd = lines.find((line) => !colourLine.test(line))
  return odd === undefined
    ? E.right(Object.fromEntries(lines.map((line) => colourLine.exec(line)!.slice(1) as [string, string])))
    : E.left(
        badSpec(
          file,
          'a colour and a name on each line: 64 128 64 Animal',
          JSON.stringify(odd),
          'correct the line, or name the colours: imageMasks(path, { colours })'
        )
      )
}
