/**
 * `ClassFrom`: which of the folders on an image's path names its class.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { ambiguousFolders, type DataError, type DataWarning, foldersUsed, missingFolder, someOf } from '../DataError.js'
import { inferClasses } from '../Labelling.js'

/**
 * The folder that names an image's class: the one that contains the image (`parent`), the outermost below the root or
 * below the set's folder (`top`), or the n-th from there, counted from 1.
 *
 * @category data
 * @since 0.1.0
 */
export type ClassFrom = 'parent' | 'top' | number

/** The folders on an image's path, below the root or below the set's folder. */
type Dirs = ReadonlyArray<string>

/** How classes are read from folders; none: no folder names a class. */
export interface ClassReading {
  readonly train: (dirs: Dirs) => O.Option<string>
  /** For sets other than the training set. */
  readonly others: (all: ReadonlyArray<Dirs>) => (dirs: Dirs) => O.Option<string>
  /** Outer folders that contain every image and so name no class. */
  readonly wrapping: Dirs
  readonly warnings: ReadonlyArray<DataWarning>
}

const named = (folder: string | undefined): O.Option<string> =>
  folder === undefined ? O.none : O.some(folder.normalize('NFC'))

const labelAt = (from: ClassFrom, dirs: Dirs): O.Option<string> =>
  named(from === 'parent' ? dirs.at(-1) : from === 'top' ? dirs[0] : dirs[from - 1])

/** The folders that contain everything, at most `most`: each the only one at its level, with folders inside. */
const wrappingOf = (all: ReadonlyArray<Dirs>, most = Infinity): Dirs => {
  const foldered = all.filter((dirs) => dirs.length > 0)
  const [first = []] = foldered
  let depth = 0
  while (
    depth < most &&
    foldered.length > 0 &&
    foldered.every((dirs) => dirs.length > depth + 1 && dirs[depth] === first[depth])
  )
    depth += 1
  return first.slice(0, depth)
}

const readingOf = (from: ClassFrom, wrapping: Dirs, warnings: ReadonlyArray<DataWarning>): ClassReading => ({
  train: (dirs) => labelAt(from, dirs.slice(wrapping.length)),
  others: (all) => {
    const { length } = wrappingOf(all, wrapping.length)
    return (dirs) => labelAt(from, dirs.slice(length))
  },
  wrapping,
  warnings
})

const choose = "imageFolder(path, { classFrom: 'parent' }) or imageFolder(path, { classFrom: 'top' })"

/** Returns whether a name is a number or a date, unlike a class: `2023`, `2024-05`, `batch_1`, `part2`, `day 3`. */
const isNumbered = (folder: string): boolean =>
  /^((batch|part|day|week|month|year|session|run|shard|chunk|fold|split|set|disk|camera|cam|site)[-_ .]?(\d+|[a-z])|\d+([-_.]\d+)*)$/i.test(
    folder
  )

/**
 * Reads classes from the folders of training images. By default the class is the outermost folder that differs between
 * images; deeper folders are then reported. If the deeper folders could be the classes instead, `AmbiguousFolders`
 * shows both readings.
 */
export const readClasses =
  (from: O.Option<ClassFrom>, root: string, ambiguous: boolean) =>
  (train: ReadonlyArray<Dirs>): E.Either<DataError, ClassReading> => {
    if (O.isSome(from)) {
      const deepest = train.reduce((most, dirs) => Math.max(most, dirs.length), 0)
      return typeof from.value === 'number' && from.value > deepest
        ? E.left(
            missingFolder(
              root,
              `images at least ${from.value} folders deep (classFrom)`,
              deepest === 0 ? 'images in no folder' : `images at most ${deepest} deep`,
              `count folders from 1, below the data's folder or its set's: imageFolder(path, { classFrom: ${Math.max(1, deepest)} })`
            )
          )
        : E.right(readingOf(from.value, [], []))
    }
    const wrapping = wrappingOf(train)
    const inner = train.map((dirs) => dirs.slice(wrapping.length)).filter((dirs) => dirs.length > 0)
    if (inner.every((dirs) => dirs.length === 1)) return E.right(readingOf('top', wrapping, []))
    const tops = inferClasses(inner.map((dirs) => dirs[0]!))
    const parents = inferClasses(inner.map((dirs) => dirs.at(-1)!))
    const pairs = new Set(inner.map((dirs) => `${dirs[0]!}/${dirs.at(-1)!}`))
    const divides = pairs.size === parents.length && parents.length > tops.length
    const counts = tops.every(isNumbered) && !parents.some(isNumbered)
    // every outer folder contains the same folders: `alice/cat` and `bob/cat`, or `cat/indoors` and `dog/indoors`
    const crossed =
      Math.min(tops.length, parents.length) > 1 &&
      pairs.size === tops.length * parents.length &&
      !parents.every(isNumbered)
    if (ambiguous || ((divides || counts || crossed) && inner.every((dirs) => dirs.length > 1)))
      return E.left(
        ambiguousFolders(
          root,
          'one folder for each class',
          `nested folders: ${tops.length} classes by the outer ones (${someOf(tops)}), ${parents.length} by the inner ones (${someOf(parents)})`,
          `choose one: ${choose}`
        )
      )
    const deeper = inferClasses(inner.filter((dirs) => dirs.length > 1).map((dirs) => dirs.slice(0, 2).join('/')))
    const said = foldersUsed(
      root,
      'one folder for each class',
      `the outer folders as classes: ${someOf(tops)}; not the inner ones: ${someOf(deeper, 3)}`,
      `if the inner ones are the classes: imageFolder(path, { classFrom: 'parent' })`
    )
    return E.right(readingOf('top', wrapping, [said]))
  }
