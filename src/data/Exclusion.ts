/**
 * `Exclusion`: the images that a description leaves out, and the text of a file that lists them.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badTable, type DataError } from './DataError.js'

/**
 * Images to leave out: their paths relative to the data's folder, with `/`; or the name of a file that lists them, one
 * path a line, relative to the data's folder or absolute.
 *
 * @category data
 * @since 0.1.0
 */
export type Exclusion = string | ReadonlyArray<string>

const isPlain = (path: string): boolean => path === path.trim() && !/^[#"]|[\n\r]/.test(path)

/**
 * Writes a list of paths as the text of a file, one a line. A path that begins with `#` or `"`, begins or ends with a
 * space, or has a line break is written as a JSON string.
 *
 * @example
 * import { writeExclusion } from './index.js'
 *
 * assert.strictEqual(writeExclusion(['train/cat/1.jpg', '#2.jpg']), 'train/cat/1.jpg\n"#2.jpg"\n')
 *
 * @since 0.1.0
 */
export const writeExclusion = (paths: ReadonlyArray<string>): string =>
  paths.map((path) => `${isPlain(path) ? path : JSON.stringify(path)}\n`).join('')

const fromJson = (line: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads the text of a file that lists paths: one a line, plain or as a JSON string; empty lines and those that begin
 * with `#` are comments. Error: `BadTable` that names a line with a damaged JSON string.
 *
 * @example
 * import { readExclusion } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(readExclusion('fix.txt')('# copies\ntrain/cat/1.jpg\n"#2.jpg"\n'), E.right(['train/cat/1.jpg', '#2.jpg']))
 *
 * @since 0.1.0
 */
export const readExclusion =
  (at: string) =>
  (text: string): E.Either<DataError, ReadonlyArray<string>> => {
    const paths: Array<string> = []
    for (const [i, whole] of text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n|\r/)
      .entries()) {
      const line = whole.trim()
      if (line === '' || line.startsWith('#')) continue
      const path = line.startsWith('"') ? fromJson(line) : line
      if (path === undefined)
        return E.left(
          badTable(`${at}, line ${i + 1}`, 'a path, or a path as a JSON string', line, 'correct or remove the line')
        )
      paths.push(path)
    }
    return E.right(paths)
  }
