/**
 * Verification of the files of opened data: which can be read, their sizes, whether masks match their images and
 * classes, and warnings.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  dataError,
  dataWarning,
  someOf,
  unknownValues,
  type DataError,
  type DataSpec,
  type DataWarning,
  type Labelled,
  type Verify
} from '../../data/index.js'
import type { ImageSizes } from './Data.js'
import type { HasFiles } from '../Files.js'
import type { HasImages, ImageHeader } from '../Images.js'
import type { IoError } from '../IoError.js'
import { countingCodes, lookWarnings, maskWarnings } from './lookWarnings.js'
import { same, sidesSeen, type Sides } from './pairing.js'
import { parallel } from '../workers/parallel.js'
import type { Pictures } from './pictures.js'
import type { HasProgress } from '../Progress.js'
import { pairKind, type Verified, verifyPair } from './verifyPair.js'

type Env = HasFiles & HasImages & HasProgress

type Failure = DataError | IoError

export interface Looked {
  /** The sides, after orientation, of every image that was read. */
  readonly sides: ReadonlyMap<string, Sides>
  /** What is wrong with an image, its mask or its target, by the image's file. */
  readonly unreadable: ReadonlyMap<string, Failure>
  readonly warnings: ReadonlyArray<DataWarning>
}

/** Maximum numbers of images that `auto` decodes, and of those whose headers it reads. */
const [fewImages, manyImages] = [20_000, 200_000]

/** How much of each image is read on opening, given how many there are. */
export const verifyOf = ({ verify }: DataSpec, images: number): Exclude<Verify, 'auto'> =>
  verify !== 'auto' ? verify : images <= fewImages ? 'decode' : images <= manyImages ? 'header' : 'none'

/** A loss over no pixel would be NaN. */
const nothingCounts = (root: string, masks: number): DataError =>
  dataError.badMask(
    root,
    'masks with pixels that are not ignored',
    `${masks === 1 ? '1 mask' : `${masks} masks`}, all of whose pixels are ignored`,
    'check the ignored values (ignore, null in a map) against the masks'
  )

/** Checks all masks together: an error for values without a class, and warnings. */
const masksOf =
  (spec: DataSpec, from: Pictures, pairs: ReadonlyArray<Verified>) =>
  (env: Env): TE.TaskEither<Failure, ReadonlyArray<DataWarning>> => {
    const masks = pairs.flatMap(({ label }) => (label?.mask === undefined ? [] : [{ ...label, mask: label.mask }]))
    return O.exists((kind) => kind === 'mask')(pairKind(spec)) && masks.length > 0
      ? pipe(
          from.legend(env),
          TE.chainEitherKW((legend) => {
            const named = masks.map(({ file, mask }) => [file, mask] as const)
            if (masks.some(({ mask }) => mask.unknown.size > 0)) return E.left(unknownValues(legend, named))
            return masks.some(({ mask }) => mask.lossy) || countingCodes(legend, masks).length > 0
              ? E.right(maskWarnings(from.root, legend, masks))
              : E.left(nothingCounts(from.root, masks.length))
          })
        )
      : TE.right([])
  }

/** The headers of an image and of its mask or target. */
const headersOf = (spec: DataSpec, from: Pictures) => {
  const header = (file: string) => RTE.map((its: ImageHeader) => ({ header: its }))(from.header(file))
  return verifyPair(spec, { image: header, mask: header })
}

const reasonOf = (file: string, error: Failure): string =>
  error.path.includes(file) ? error.found : `${error.path}: ${error.found}`

/** If no file can be read, the reason of the first is most likely that of all. */
const noneReadable = (root: string, unreadable: ReadonlyMap<string, Failure>): Failure => {
  const [[file, first]] = [...unreadable] as [[string, Failure]]
  return dataError.noImages(
    root,
    first.expected,
    `${unreadable.size} files, none of which can be read; ${file}: ${reasonOf(file, first)}`,
    first.hint
  )
}

/** A mask that does not match its image is an error of the data set, not of one file. */
const isFatal = (error: Failure): boolean => error._tag === 'BadMask' || error._tag === 'BadSpec'

/**
 * Verifies files as far as the description asks. Errors: masks that do not match their images or classes (`BadMask`),
 * and no readable file.
 */
export const look =
  (spec: DataSpec, items: ReadonlyArray<Labelled>, from: Pictures) =>
  (env: Env): TE.TaskEither<Failure, Looked> =>
  async () => {
    const verify = verifyOf(spec, items.length)
    // without verification, sizes are still needed; one file represents all
    const asked = verify !== 'none' ? items : O.isSome(spec.size) ? [] : items.slice(0, 1)
    let done = 0
    const at = verify === 'decode' ? from.verify : headersOf(spec, from)
    const answers = await parallel(2 * env.images.workers, (item: Labelled) => async () => {
      const answer = await at(item)(env)()
      done += 1
      if (done % 500 === 0 || done === asked.length)
        env.progress({ stage: 'verify', what: from.root, done, total: asked.length })()
      return answer
    })(asked)()
    const pairs = answers.flatMap((answer) => (E.isRight(answer) ? [answer.right] : []))
    const unreadable = new Map(
      answers.flatMap((answer, i) => (E.isLeft(answer) ? [[asked[i]!.file, answer.left] as const] : []))
    )
    const fatal = [...unreadable.values()].find(isFatal)
    if (fatal !== undefined) return E.left(fatal)
    // a strict description reports the first of them as its error
    if (asked.length > 0 && pairs.length === 0)
      return E.left(spec.strict ? [...unreadable.values()][0]! : noneReadable(from.root, unreadable))
    const masks = await masksOf(spec, from, pairs)(env)()
    if (E.isLeft(masks)) return masks
    const sides = new Map(pairs.map(({ file, image }) => [file, sidesSeen(spec.orientation, image.header)] as const))
    const warnings = [...lookWarnings(spec, from.root, pairs), ...masks.right, ...skippedWarning(from.root, unreadable)]
    return E.right({ sides, unreadable, warnings })
  }

const skippedWarning = (root: string, unreadable: Looked['unreadable']): ReadonlyArray<DataWarning> => {
  if (unreadable.size === 0) return []
  const named = [...unreadable].map(([file, error]) => `${file} (${reasonOf(file, error)})`)
  const [hint] = new Set([...unreadable.values()].map((error) => error.hint))
  return [
    dataWarning.skippedFiles(
      root,
      'images that can be read',
      `${unreadable.size === 1 ? '1 file' : `${unreadable.size} files`} that cannot be read, left out: ${someOf(named)}`,
      hint!
    )
  ]
}

/** What was left out, with the reasons. */
export const skippedOf = ({ unreadable }: Looked): ReadonlyArray<{ readonly file: string; readonly reason: string }> =>
  [...unreadable].map(([file, error]) => ({ file, reason: `${reasonOf(file, error)} (${error._tag})` }))

/** The range of sides among the images that were read; undefined if none was. */
export const sizesOf = ({ sides }: Looked): ImageSizes | undefined => {
  const [first] = sides.values()
  if (first === undefined) return undefined
  const [smallest, largest]: [Array<number>, Array<number>] = [[...first], [...first]]
  for (const its of sides.values())
    its.forEach((side, axis) => {
      smallest[axis] = Math.min(smallest[axis]!, side)
      largest[axis] = Math.max(largest[axis]!, side)
    })
  return { images: sides.size, height: [smallest[0]!, largest[0]!], width: [smallest[1]!, largest[1]!] }
}

/** The sides that all images have, or two that differ. */
export const sidesOfAll = (spec: DataSpec, root: string, { sides }: Looked): E.Either<DataError, Sides> => {
  if (O.isSome(spec.size))
    return E.right(typeof spec.size.value === 'number' ? [spec.size.value, spec.size.value] : spec.size.value)
  const [first, ...others] = sides
  if (first === undefined)
    return E.left(dataError.missingFolder(root, 'an image that can be read', 'none', 'check the files'))
  const [name, its] = first
  const other = others.find(([, found]) => !same(found, its))
  return other === undefined
    ? E.right(its)
    : E.left(
        dataError.mixedSizes(
          root,
          'images of equal size, because no size is given',
          `${its.join(' x ')} (${name}) and ${other[1].join(' x ')} (${other[0]})`,
          'set a size: withSize(224)'
        )
      )
}
