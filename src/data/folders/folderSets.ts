/**
 * The set of each file below a folder, by the names of its folders, and the folders below that of the set.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { ambiguousFolders, type DataError, missingFolder } from '../DataError.js'
import { folderOf, isBelow } from './Listing.js'
import { fullNames, type SetName, setNamed } from '../holdouts/SetName.js'
import type { FolderLayout } from '../sources/Source.js'

/** A file, its set if its path names one, and its folders below the set's. */
export interface Placed {
  readonly file: string
  readonly set: O.Option<SetName>
  readonly dirs: ReadonlyArray<string>
}

/** Where the sets of a folder are. */
export interface FolderSets {
  readonly placed: ReadonlyArray<Placed>
  /** The folders of each set; empty if there are none. */
  readonly folders: Readonly<Record<SetName, ReadonlyArray<string>>>
  /** The folder that contains the class folders, for images in no set. */
  readonly base: string
  /** Whether sets are inside classes (`cat/train`) instead of classes inside sets. */
  readonly classesFirst: boolean
}

const parts = (path: string): ReadonlyArray<string> => (path === '' ? [] : path.split('/'))

const dirsBelow = (folder: string, file: string): ReadonlyArray<string> =>
  parts(folderOf(file)).slice(parts(folder).length)

/** Folders directly inside a folder that contain any of the files. */
const topsIn = (folder: string, files: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(
    files.filter(isBelow(folder)).flatMap((file) => {
      const [top] = dirsBelow(folder, file)
      return top === undefined ? [] : [top]
    })
  )
]

const inside = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)

const trimmed = (folder: string): string => folder.replace(/\/+$/, '').replace(/^\.\//, '')

/** The common prefix of names, up to a separator: `pets_` for `pets_train` and `pets_test`. */
const sharedStart = (names: ReadonlyArray<string>): string => {
  const [first = ''] = names
  const end = [...first].findIndex((_, i) => names.some((name) => name[i] !== first[i]))
  return first.slice(0, Math.max(0, end)).replace(/[^-_ .=]*$/, '')
}

/** The sets among sibling folders, whose names may begin with the data set's: `pets_train`, `pets_test`. */
const setsAmong =
  (classes: O.Option<ReadonlyArray<string>>) =>
  (siblings: ReadonlyArray<string>): ((name: string) => O.Option<SetName>) => {
    const isClass = (name: string): boolean =>
      O.exists((all: ReadonlyArray<string>) => all.includes(name.normalize('NFC')))(classes)
    const from =
      (start: number) =>
      (name: string): O.Option<SetName> =>
        isClass(name) ? O.none : setNamed(name.slice(start))
    const whole = from(0)
    if (siblings.some((name) => O.isSome(whole(name)))) return whole
    const short = from(sharedStart(siblings).length)
    const found = new Set(siblings.map((name) => O.toUndefined(short(name))))
    return found.has('train') && (found.has('valid') || found.has('test')) ? short : whole
  }

/** The folder that contains the sets: the root, or the only folder below it, and so on. */
const baseOf = (isSet: (siblings: ReadonlyArray<string>) => boolean, files: ReadonlyArray<string>): string => {
  for (let base = ''; ;) {
    const tops = topsIn(base, files)
    if (isSet(tops)) return base
    if (tops.length !== 1) return ''
    base = inside(base, tops[0]!)
  }
}

/**
 * Assigns files to sets by the names of their folders. Given names are exact; otherwise any known name matches, in any
 * case, unless it is one of the given classes. Errors: `MissingFolder` (a given folder contains no image),
 * `AmbiguousFolders` (two folders for one set).
 */
export const folderSets =
  (layout: FolderLayout, root: string) =>
  (files: ReadonlyArray<string>): E.Either<DataError, FolderSets> => {
    const among = setsAmong(layout.classes)
    const set = among([])
    const given = { train: layout.train, valid: layout.valid, test: layout.test }
    const named = (['train', 'valid', 'test'] as const).flatMap((name) =>
      O.isSome(given[name]) ? [[name, trimmed(given[name].value)] as const] : []
    )
    const absent = named.find(([, folder]) => !files.some(isBelow(folder)))
    if (absent !== undefined)
      return E.left(
        missingFolder(
          `${root}/${absent[1]}`,
          'images below the given folder',
          'none',
          `name another: imageFolder(path, { ${absent[0]} })`
        )
      )
    const first = named.find(([name]) => name !== 'test') ?? named[0]
    const base =
      first === undefined
        ? baseOf((names) => names.some((name) => O.isSome(among(names)(name))), files)
        : folderOf(first[1])
    const tops = topsIn(base, files)
    const words = tops.map((top) => [inside(base, top), among(tops)(top)] as const)
    const known = (name: SetName): ReadonlyArray<string> =>
      words
        .filter(([folder, is]) => O.isSome(is) && is.value === name && !named.some(([, other]) => other === folder))
        .map(([folder]) => folder)
    const chosen = (name: 'train' | 'valid'): ReadonlyArray<string> => {
      const one = named.find(([of]) => of === name)
      return one === undefined ? known(name) : [one[1]]
    }
    const folders = {
      train: chosen('train'),
      valid: chosen('valid'),
      test: [...named.flatMap(([name, folder]) => (name === 'test' ? [folder] : [])), ...known('test')]
    }
    for (const name of ['train', 'valid'] as const)
      if (folders[name].length > 1)
        return E.left(
          ambiguousFolders(
            root,
            `one folder of ${fullNames[name]} images`,
            folders[name].join(', '),
            `name the one to use: imageFolder(path, { ${name}: '${folders[name][0]!}' })`
          )
        )
    const classesFirst =
      Object.values(folders).every((all) => all.length === 0) &&
      files.some((file) => O.isSome(set(dirsBelow(base, file)[1] ?? '')))
    const placed = files.map((file): Placed => {
      for (const name of ['test', 'valid', 'train'] as const) {
        const folder = folders[name].find((one) => isBelow(one)(file))
        if (folder !== undefined) return { file, set: O.some(name), dirs: dirsBelow(folder, file) }
      }
      const dirs = isBelow(base)(file) ? dirsBelow(base, file) : []
      const within = classesFirst ? set(dirs[1] ?? '') : O.none
      return { file, set: within, dirs: O.isSome(within) ? [dirs[0]!, ...dirs.slice(2)] : dirs }
    })
    return E.right({ placed, folders, base, classesFirst })
  }
