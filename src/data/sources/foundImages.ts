/** The images that files of annotations name, found below a folder. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { type DataError, missingFolder, noImages, someOf } from '../DataError.js'
import { isImageName, type Listing, tidied } from '../folders/Listing.js'
import { type SetName, setNamed, setOfPath } from '../holdouts/SetName.js'
import { indexWhere } from '../Indexed.js'
import type { Annotated, AnnotatedImages, Annotations } from '../masks/annotations.js'
import type { FromAnnotations } from './Source.js'

export const filesOf = ({ files }: FromAnnotations, listing: Listing): ReadonlyArray<string> =>
  O.getOrElse((): ReadonlyArray<string> => tidied(listing).files.filter((file) => /\.json$/i.test(file)))(files)

/** The set that a file of annotations is named after: `instances_val2017.json`. */
const setOfFile = (file: string): O.Option<SetName> =>
  file
    .split('/')
    .at(-1)!
    .replace(/\.json$/i, '')
    .split(/[-_.]/)
    .map(setNamed)
    .find(O.isSome) ?? O.none

/** Finds an image below the root by the end of its name, which may be a path or URL elsewhere. */
const finder = (listing: Listing) => {
  const images = listing.files.filter(isImageName)
  // most names occur once
  const byTail = new Map<string, string | Array<string>>()
  for (const file of images) {
    const name = file.slice(file.lastIndexOf('/') + 1)
    const same = byTail.get(name)
    if (same === undefined) byTail.set(name, file)
    else if (typeof same === 'string') byTail.set(name, [same, file])
    else same.push(file)
  }
  return (name: string, set: O.Option<SetName>): string | undefined => {
    const [, local] = /[?&]d=([^&]*)/.exec(name) ?? []
    const said = local ?? (/^[a-z][a-z\d+.-]*:\/\//i.test(name) ? name.replace(/[?#].*$/s, '') : name)
    const path = O.getOrElse(() => said)(O.tryCatch(() => decodeURIComponent(said)))
    const parts = path.split(/[\\/]/)
    const last = parts.at(-1)!
    const known = byTail.get(last) ?? byTail.get(last.replace(/^[0-9a-f]{8}-/, '')) ?? []
    if (typeof known === 'string' || known.length < 2) return typeof known === 'string' ? known : known[0]
    const shared = (file: string): number => {
      const its = file.split('/')
      let n = 0
      while (n < its.length && n < parts.length && its.at(-1 - n) === parts.at(-1 - n)) n++
      return n
    }
    const ofSet = (file: string): number =>
      O.isSome(set) && O.exists((its) => its === set.value)(setOfPath(file)) ? 0.5 : 0
    return known.toSorted((a, b) => shared(b) + ofSet(b) - shared(a) - ofSet(a))[0]
  }
}

/** An image in its file of annotations. */
export interface Place {
  readonly images: AnnotatedImages
  readonly i: number
  /** The file of annotations. */
  readonly by: string
}

/** The annotated images that are there: their files, their sets, and where they are annotated. */
export interface Found {
  readonly files: ReadonlyArray<string>
  readonly sets: ReadonlyArray<O.Option<SetName>>
  readonly at: (line: number) => Place
}

export const oneAt = ({ at }: Found, line: number): Annotated => {
  const { images, i } = at(line)
  return images.at(i)
}

/** Where an image is annotated, for errors. */
export const placeOf =
  ({ format }: FromAnnotations, root: string) =>
  ({ images, i, by }: Place): string =>
    `${root}/${by}: ${format === 'coco' ? 'image' : 'task'} ${images.at(i).number}`

/** One value for each set: there may be a million images. */
const some: Readonly<Record<SetName, O.Option<SetName>>> = {
  train: O.some('train'),
  valid: O.some('valid'),
  test: O.some('test')
}

const shared = (set: O.Option<SetName>): O.Option<SetName> => (O.isSome(set) ? some[set.value] : O.none)

export const imagesIn =
  (source: FromAnnotations, root: string, annotations: ReadonlyArray<Annotations>) =>
  (listing: Listing): E.Either<DataError, Found> => {
    const files = filesOf(source, listing)
    const find = finder(tidied(listing))
    const missing: Array<{ readonly name: string; readonly place: string }> = []
    const found: Array<string> = []
    const sets: Array<O.Option<SetName>> = []
    // without a file of annotations for each set, folders say which image is in which
    const isLabelled = ({ length, labelledAt }: AnnotatedImages): boolean =>
      indexWhere({ length, at: labelledAt }, (is) => is) !== -1
    const byFile = annotations.some(({ images }, i) => O.isSome(setOfFile(files[i]!)) && isLabelled(images))
    const starts = annotations.map(({ images }, k) => {
      const start = found.length
      const set = shared(setOfFile(files[k]!))
      for (let i = 0; i < images.length; i++) {
        const name = images.nameAt(i)
        const image = find(name, set)
        if (image === undefined) missing.push({ name, place: placeOf(source, root)({ images, i, by: files[k]! }) })
        else {
          found.push(image)
          sets.push(!images.labelledAt(i) ? some.test : byFile ? set : shared(setOfPath(image)))
        }
      }
      return start
    })
    if (missing.length > 0)
      return E.left(
        missingFolder(
          missing[0]!.place,
          `the image ${missing[0]!.name} below ${root}`,
          `${missing.length} images that are not there: ${someOf(missing.map(({ name }) => name))}`,
          'name the folder that the images are below'
        )
      )
    if (found.length === 0)
      return E.left(noImages(root, 'annotated images', `none in ${someOf(files) || 'no JSON file'}`, 'check the path'))
    const at = (line: number): Place => {
      const k = starts.findLastIndex((start, n) => start <= line && annotations[n]!.images.length > 0)
      return { images: annotations[k]!.images, i: line - starts[k]!, by: files[k]! }
    }
    return E.right({ files: found, sets, at })
  }
