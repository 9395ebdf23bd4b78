/**
 * `PairNaming`: how the path of an image's mask or target is found, both relative to the root: the same name in another
 * folder, a pattern and its replacement (`$1` is the first group), or a user-defined function.
 *
 * @category data
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { opaque, type Opaque } from '../../Opaque.js'
import type { Arrangement, Labelled } from '../folders/Arrangement.js'
import { missingFolder, noImages, noMatch, someOf, type DataError } from '../DataError.js'
import { indexed, mapIndexed } from '../Indexed.js'
import type { Holdout } from '../holdouts/Holdout.js'
import { isImageName, tidied, type Listing } from '../folders/Listing.js'
import { separated, type Sets, setsOfPaths } from '../holdouts/sets.js'

// -------------------------------------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------------------------------------

export type PairNaming =
  | { readonly _tag: 'InFolder'; readonly folder: string }
  | { readonly _tag: 'ByPattern'; readonly pattern: string; readonly replacement: string }
  | { readonly _tag: 'ByFunction'; readonly f: Opaque<string, (image: string) => string> }

/** The words for pairs in error messages, and how the second file of a pair is named in its folder. */
export interface PairWords {
  readonly what: string
  readonly source: string
  readonly option: string
  readonly by: string
  readonly inFolder: (name: string) => string
}

/** The fields of a source that pairs depend on. */
export interface Pairs {
  readonly images: string
  readonly naming: PairNaming
  readonly holdout: Holdout
}

// -------------------------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------------------------

export const pairedIn = (folder: string): PairNaming => ({ _tag: 'InFolder', folder })

export const pairedByPattern = (pattern: string, replacement: string): PairNaming => ({
  _tag: 'ByPattern',
  pattern,
  replacement
})

export const pairedBy = (label: string, f: (image: string) => string): PairNaming => ({
  _tag: 'ByFunction',
  f: opaque(label, f)
})

// -------------------------------------------------------------------------------------------------------------------
// arranging
// -------------------------------------------------------------------------------------------------------------------

/** The path of an image's mask or target; `images` is the folder of the images. */
export const pairOf =
  (words: PairWords) =>
  (images: string, naming: PairNaming) =>
  (image: string): E.Either<DataError, string> => {
    switch (naming._tag) {
      case 'InFolder':
        return E.right(`${naming.folder}${words.inFolder(image.slice(images.length))}`)
      case 'ByPattern':
        return E.chain((pattern: RegExp) =>
          pattern.test(image)
            ? E.right(image.replace(pattern, naming.replacement))
            : E.left<DataError>(noMatch(image, `a match of ${naming.pattern}`, 'none', 'change the pattern'))
        )(
          E.tryCatch(
            () => new RegExp(naming.pattern),
            (e) => noMatch(naming.pattern, 'a regular expression', String(e), 'correct the pattern')
          )
        )
      case 'ByFunction': {
        const path = `a ${words.what}'s path`
        const mend = `fix ${words.by}('${naming.f.label}')`
        return E.chain((paired: unknown) =>
          typeof paired === 'string'
            ? E.right(paired)
            : E.left<DataError>(noMatch(image, path, `a ${typeof paired}`, mend))
        )(
          E.tryCatch(
            (): unknown => naming.f.run(image),
            (e) => noMatch(image, path, `it threw: ${String(e)}`, mend)
          )
        )
      }
    }
  }

/** Divides images, labelled by the paths of their masks or targets, into training and validation sets. */
export const arrangePairs =
  (words: PairWords) =>
  (source: Pairs, root: string) =>
  (everything: Listing): E.Either<DataError, Arrangement> => {
    const listing = tidied(everything)
    const below = `${source.images}/`
    const images = listing.files.filter((file) => file.startsWith(below) && isImageName(file))
    if (images.length === 0)
      return E.left(
        noImages(`${root}/${source.images}`, 'images', 'none', `name their folder: ${words.source}(path, { images })`)
      )
    const paired = E.traverseArray(pairOf(words)(source.images, source.naming))(images)
    if (E.isLeft(paired)) return paired
    const all = new Map(listing.files.map((file) => [file.normalize('NFC'), file]))
    const files = paired.right.map((file) => all.get(file.normalize('NFC')))
    const named = setsOfPaths(`${root}/${source.images}`)(images.map((file) => file.slice(below.length)))
    if (E.isLeft(named)) return named
    const sets = named.right
    const isTest = (i: number): boolean => O.exists((name) => name === 'test')(sets[i]!)
    const missing = paired.right.filter((_, i) => files[i] === undefined && !isTest(i))
    if (missing.length > 0)
      return E.left(
        missingFolder(
          `${root}/${missing[0]!}`,
          `a ${words.what} for every image`,
          `${missing.length} missing: ${someOf(missing)}`,
          `specify how to find the ${words.option}: ${words.source}(path, { ${words.option} })`
        )
      )
    return E.map(({ train, valid, test, warnings }: Sets<Labelled>): Arrangement => ({
      train,
      valid,
      test: test.map(({ file }) => file),
      warnings
    }))(
      separated(source.holdout, {
        root: `${root}/${source.images}`,
        names: { train: 'train', valid: 'valid', test: 'test' },
        by: 'folders named train and valid',
        hint: 'to choose the sets yourself, put the images into folders named train and valid'
      })(mapIndexed((file: string, i) => ({ item: { file, label: files[i] ?? '' }, set: sets[i]! }))(indexed(images)))
    )
  }
