/**
 * The pictures below a root, decoded as a description wants them and remembered as far as its budget goes.
 */
import * as path from 'node:path'
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  cropPad,
  dataError,
  greyed,
  maskTargets,
  nearestPixels,
  resizeOf,
  scaledSides,
  type DataError,
  type DataItem,
  type DataSpec,
  type Pixels,
  type Task
} from '../data/index.js'
import { applyTransforms } from '../data/pixel/index.js'
import type { Dataset, Item, View } from './Data.js'
import type { HasFiles } from './Files.js'
import type { HasImages } from './Images.js'
import type { IoError } from './IoError.js'

type Env = HasFiles & HasImages
type Read<A> = ReaderTaskEither<Env, DataError | IoError, A>

/** What is known of a picture that was decoded. */
export type Verified = Omit<Pixels, 'data'>

export interface Pictures {
  readonly root: string
  /** Decodes a file, and remembers it as far as the budget goes. */
  readonly verify: (file: string) => Read<Verified>
  readonly header: (file: string) => Read<{ readonly height: number; readonly width: number }>
  readonly dataset: (items: ReadonlyArray<DataItem>, sides: readonly [number, number], task: Task) => Dataset
}

/** A target goes where its image goes; how light falls on the image is what a network has to see through. */
const isOfPlace = ({ _tag }: View[number]): boolean => _tag !== 'Brightness' && _tag !== 'Contrast'

export const itemAt = (items: ReadonlyArray<DataItem>, i: number): E.Either<DataError, DataItem> => {
  const item = items[i]
  return item === undefined
    ? E.left(dataError.noSuchItem(`item ${i}`, `a position from 0 to ${items.length - 1}`, `${i}`, 'ask for another'))
    : E.right(item)
}

/** What an entry costs beside its samples. */
const overhead = 256

export const pictures = (spec: DataSpec, root: string): Pictures => {
  const remembered = new Map<string, Pixels>()
  let left = spec.cacheBytes
  const remember =
    (file: string) =>
    (pixels: Pixels): Pixels => {
      const cost = pixels.data.length + overhead
      if (cost <= left && !remembered.has(file)) {
        remembered.set(file, pixels)
        left -= cost
      }
      return pixels
    }
  const resize = resizeOf(spec)
  const bytesOf = (file: string) => (env: Env) => env.files.read(path.resolve(root, file))
  const known =
    (file: string, otherwise: Read<Pixels>): Read<Pixels> =>
    (env) => {
      const found = remembered.get(file)
      return found !== undefined ? TE.right(found) : TE.map(remember(file))(otherwise(env))
    }
  /** Scaled, and not yet cut: where to cut is another matter in every epoch of training. */
  const decode = (file: string): Read<Pixels> =>
    known(file, (env) =>
      pipe(
        bytesOf(file)(env),
        TE.chainW((bytes) => env.images.decode(file, bytes, { size: spec.size, resize, cut: false }))
      )
    )
  const ignore = spec.source._tag === 'ImageMasks' ? spec.source.ignore : []
  const decodeMask = (file: string): Read<Pixels> =>
    known(file, (env) =>
      pipe(
        bytesOf(file)(env),
        TE.chainW((bytes) => env.images.mask(file, bytes)),
        TE.map((mask) =>
          O.isSome(spec.size)
            ? nearestPixels(scaledSides(resize, spec.size.value)([mask.height, mask.width]))(mask)
            : mask
        )
      )
    )
  /** Scaled pixels at the data's sides; without a size they must have them already. */
  const fitted =
    (
      file: string,
      as: string,
      sides: readonly [number, number],
      view: View | undefined,
      kind: 'image' | 'mask' | 'target'
    ) =>
    (pixels: Pixels): E.Either<DataError, Pixels> => {
      if (O.isNone(spec.size) && (pixels.height !== sides[0] || pixels.width !== sides[1]))
        return E.left(
          dataError.mixedSizes(
            file,
            `${sides[0]} x ${sides[1]}, as ${as}`,
            `${pixels.height} x ${pixels.width}`,
            kind === 'image'
              ? 'give a size: withSize(224)'
              : `make image and ${kind} of one size, or give one: withSize(224)`
          )
        )
      const fits =
        view === undefined
          ? cropPad(sides)
          : applyTransforms(kind === 'target' ? view.filter(isOfPlace) : view, {
              size: O.some(sides),
              resize,
              mask: kind === 'mask'
            })
      const result = fits(pixels)
      // a copy: what is remembered serves every later epoch
      return E.right(result === pixels ? { ...pixels, data: pixels.data.slice() } : result)
    }
  return {
    root,
    verify: (file) =>
      flow(
        decode(file),
        TE.map(({ data: _, ...known }): Verified => known)
      ),
    header: (file) => (env) =>
      pipe(
        bytesOf(file)(env),
        TE.chainW((bytes) => env.images.header(file, bytes))
      ),
    dataset: (items, sides, task) => ({
      length: items.length,
      items,
      item: (i, view) => (env) => {
        const found = itemAt(items, i)
        if (E.isLeft(found)) return TE.left(found.left)
        const item = found.right
        const { file, label } = item
        return pipe(
          decode(file)(env),
          TE.chainEitherKW(fitted(file, 'the others', sides, view, 'image')),
          TE.map((pixels): Item => ({ ...item, pixels })),
          // the mask or the target is what labels the image
          TE.chain((one) => {
            switch (task._tag) {
              case 'Segmentation':
                return pipe(
                  decodeMask(label)(env),
                  TE.chainEitherKW(fitted(label, `its image ${file}`, sides, view, 'mask')),
                  TE.chainEitherKW(maskTargets(task.codes.length, ignore, label)),
                  TE.map((mask): Item => ({ ...one, mask }))
                )
              case 'ImageRegression':
                return pipe(
                  decode(label)(env),
                  TE.chainEitherKW(fitted(label, `its image ${file}`, sides, view, 'target')),
                  TE.map((goal): Item => ({ ...one, goal: task.channels === 1 ? greyed(goal) : goal }))
                )
              default:
                return TE.right(one)
            }
          })
        )
      }
    })
  }
}
