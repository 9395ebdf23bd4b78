/**
 * The pictures below a root, decoded as a description wants them and remembered as far as its budget goes.
 */
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  dataError,
  maskTargets,
  resizeOf,
  sizedMask,
  type DataError,
  type DataItem,
  type DataSpec,
  type Pixels,
  type Task
} from '../data/index.js'
import type { Dataset, Item } from './Data.js'
import type { HasFiles } from './Files.js'
import type { HasImages } from './Images.js'
import type { IoError } from './IoError.js'

type Env = HasFiles & HasImages
type Read<A> = ReaderTaskEither<Env, DataError | IoError, A>

export interface Pictures {
  readonly root: string
  readonly decode: (file: string) => Read<Pixels>
  readonly header: (file: string) => Read<{ readonly height: number; readonly width: number }>
  readonly dataset: (items: ReadonlyArray<DataItem>, sides: readonly [number, number], task: Task) => Dataset
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
  const how = { size: spec.size, resize: resizeOf(spec) }
  const bytesOf = (file: string) => (env: Env) => env.files.read(path.join(root, file))
  const decode =
    (file: string): Read<Pixels> =>
    (env) => {
      const known = remembered.get(file)
      return known !== undefined
        ? TE.right(known)
        : pipe(
            bytesOf(file)(env),
            TE.chainW((bytes) => env.images.decode(file, bytes, how)),
            TE.map(remember(file))
          )
    }
  const ignore = spec.source._tag === 'ImageMasks' ? spec.source.ignore : []
  const decodeMask =
    (file: string): Read<Pixels> =>
    (env) => {
      const known = remembered.get(file)
      return known !== undefined
        ? TE.right(known)
        : pipe(
            bytesOf(file)(env),
            TE.chainW((bytes) => env.images.mask(file, bytes)),
            TE.map((mask) => (O.isSome(spec.size) ? sizedMask(how.resize, spec.size.value)(mask) : mask)),
            TE.map(remember(file))
          )
    }
  /** The mask is what labels the image. */
  const maskOf =
    ({ file, label }: DataItem, [height, width]: readonly [number, number], classes: number): Read<Int32Array> =>
    (env) =>
      pipe(
        decodeMask(label)(env),
        TE.chainEitherKW(
          E.fromPredicate(
            (mask) => mask.height === height && mask.width === width,
            (mask) =>
              dataError.mixedSizes(
                label,
                `${height} x ${width}, as its image ${file}`,
                `${mask.height} x ${mask.width}`,
                'make image and mask of one size'
              )
          )
        ),
        TE.chainEitherKW(maskTargets(classes, ignore, label))
      )
  return {
    root,
    decode,
    header: (file) => (env) =>
      pipe(
        bytesOf(file)(env),
        TE.chainW((bytes) => env.images.header(file, bytes))
      ),
    dataset: (items, [height, width], task) => ({
      length: items.length,
      items,
      item: (i) => (env) => {
        const item = items[i]
        if (item === undefined)
          return TE.left(
            dataError.noSuchItem(`item ${i}`, `a position from 0 to ${items.length - 1}`, `${i}`, 'ask for another')
          )
        return pipe(
          decode(item.file)(env),
          TE.filterOrElseW(
            (pixels) => pixels.height === height && pixels.width === width,
            (pixels) =>
              dataError.mixedSizes(
                item.file,
                `${height} x ${width}, as the others`,
                `${pixels.height} x ${pixels.width}`,
                'give a size: withSize(224)'
              )
          ),
          // a copy: what is remembered serves every later epoch
          TE.map((pixels): Item => ({ ...item, pixels: { ...pixels, data: pixels.data.slice() } })),
          TE.chain((one) =>
            task._tag === 'Segmentation'
              ? TE.map((mask: Int32Array): Item => ({ ...one, mask }))(
                  maskOf(item, [height, width], task.codes.length)(env)
                )
              : TE.right(one)
          )
        )
      }
    })
  }
}
