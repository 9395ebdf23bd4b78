/**
 * Finding the files named in a table.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import type { ImageCsv } from './ImageTable.js'
import type { Listing } from '../folders/Listing.js'

/** The file that a name refers to, and whether it is known to exist. */
export interface FileNamed {
  readonly file: string
  readonly there: boolean
}

/** Finds the file that a cell names. */
export type NamedFiles = (cell: string) => FileNamed

/** Returns whether a path is absolute. */
export const isAbsolutePath = (path: string): boolean => /^([a-z]:)?[\\/]/i.test(path)

/** Resolves `.` and `..`. */
const plainPath = (path: string): string => {
  const parts: Array<string> = []
  for (const part of path.split('/'))
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`
}

const decodedPath = (path: string): string => O.getOrElse(() => path)(O.tryCatch(() => decodeURIComponent(path)))

/** Removes `file://`. */
const withoutScheme = (name: string): string =>
  /^file:/i.test(name)
    ? decodedPath(name.replace(/^file:(\/\/(localhost)?)?/i, '')).replace(/^\/(?=[a-z]:\/)/i, '')
    : name

const slashed = (path: string): string => path.replaceAll('\\', '/')

/**
 * The part of a path below the root, for paths that begin with the root's last folders: `photos/a/1.png` below
 * `data/photos` is `a/1.png`.
 */
const belowRoot = (root: string, path: string): ReadonlyArray<string> => {
  const folders = plainPath(slashed(root))
    .split('/')
    .filter((part) => part !== '')
  const parts = path.split('/').filter((part) => part !== '' && part !== '..')
  return parts.flatMap((part, i) =>
    part === folders.at(-1) &&
    parts.slice(0, i + 1).every((p, k) => isAbsolutePath(path) || p === folders[folders.length - 1 - i + k])
      ? [parts.slice(i + 1).join('/')]
      : []
  )
}

/**
 * Finds files by their names in a table: relative to the source's folder, with its suffix; with `\` for `/`; in another
 * Unicode normalisation form; as an absolute path; or relative to a parent folder of the source.
 */
export const fileNames = (
  { path, folder, suffix }: Pick<ImageCsv, 'path' | 'folder' | 'suffix'>,
  { files }: Listing
): NamedFiles => {
  const there = new Map<string, string>()
  for (const file of files) there.set(file.normalize('NFC'), file)
  const absent = (name: string): string =>
    isAbsolutePath(name) ? plainPath(slashed(name)) : plainPath(`${folder}/${slashed(name)}`.replace(/^\/+/, ''))
  return (cell) => {
    const bare = withoutScheme(cell.trim())
    const name = `${bare}${suffix}`
    // what most tables have; a listing holds no `.` and no `..`
    const usual = there.get(folder === '' ? name : `${folder}/${name}`)
    if (usual !== undefined) return { file: usual, there: true }
    if (there.size === 0) return { file: absent(name), there: false }
    const [plain, ...others] = [name, bare, decodedPath(name)]
      .flatMap((one) => [one, slashed(one)])
      .flatMap((one) =>
        isAbsolutePath(one)
          ? [plainPath(slashed(one)), ...belowRoot(path, plainPath(slashed(one)))]
          : [plainPath(`${folder}/${one}`.replace(/^\/+/, '')), plainPath(one), ...belowRoot(path, plainPath(one))]
      )
    const found = [plain!, ...others].map((one) => there.get(one.normalize('NFC'))).find((one) => one !== undefined)
    return found !== undefined ? { file: found, there: true } : { file: absent(name), there: false }
  }
}

/** A hint for names that match no file. */
export const missingHint = ({ files }: Listing, missing: ReadonlyArray<string>): string => {
  const [first = ''] = missing
  if (/^[a-z][a-z\d+.-]+:\//i.test(first))
    return 'download the files and write their paths into the table, or name the column of paths: imageCsv(path, { fnCol })'
  const lower = files.find((file) => file.toLowerCase() === first.toLowerCase())
  if (lower !== undefined) return `correct the names: ${lower} differs only in case`
  const longer = files.find((file) => file.startsWith(`${first}.`))
  if (longer !== undefined) {
    const suffix = longer.slice(first.length)
    return `name the suffix that they lack: imageCsv(path, { suffix: '${suffix}' })`
  }
  const deeper = files.find((file) => file.endsWith(`/${first}`))
  if (deeper !== undefined) {
    const folder = deeper.slice(0, -first.length - 1)
    return `name their folder: imageCsv(path, { folder: '${folder}' })`
  }
  const both = files.find((file) => file.includes(`/${first}.`))
  if (both !== undefined) {
    const at = both.indexOf(`/${first}.`)
    return `name their folder and the suffix that they lack: imageCsv(path, { folder: '${both.slice(0, at)}', suffix: '${both.slice(at + 1 + first.length)}' })`
  }
  return 'name their folder or suffix: imageCsv(path, { folder, suffix })'
}
