/** The data of a job: each image's place, size and checksum. Images that Python cannot read in place are packed. */
import { isAbsolute, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataItem, type ImagePlace, wholeFiles } from '../../data/index.js'
import type { ImageRead, JobData, ManifestItem, ManifestPlace } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Data, type HasFiles, type HasImages, parallel, verifyOf } from '../../io/index.js'

type Env = HasFiles & HasImages

/** Whether Python can read an image in place: it knows only the data root, and cannot read Parquet files. */
const isReadable = (place: ImagePlace): boolean =>
  place._tag === 'Drawn' ||
  (place._tag !== 'Cell' && !isAbsolute(place.path) && !place.path.startsWith('../') && !/^[a-z]:/i.test(place.path))

/** Appends bytes to one file, and returns their places in it. */
const packing = () => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  return {
    add: (bytes: Uint8Array): ManifestPlace => {
      const place: ManifestPlace = { _tag: 'Packed', from: size, length: bytes.length }
      chunks.push(bytes)
      size += bytes.length
      return place
    },
    all: (): Uint8Array => Buffer.concat(chunks)
  }
}

interface Placed {
  readonly place: ImagePlace
  /** The image's bytes, if they were read. */
  readonly bytes: Uint8Array | null
  readonly size: number
}

const bytesOf =
  (data: Data, file: string) =>
  (env: Env): TE.TaskEither<GraftError, Uint8Array> =>
    data.bytesOf === undefined ? env.files.read(resolve(data.root, file)) : data.bytesOf(file)(env)

const placed =
  (data: Data, file: string, whole: boolean) =>
  (env: Env): TE.TaskEither<GraftError, Placed> => {
    const place = (data.placeOf ?? wholeFiles)(file)
    if (place._tag === 'Drawn') return TE.right({ place, bytes: null, size: 0 })
    if (whole || !isReadable(place))
      return pipe(
        bytesOf(data, file)(env),
        TE.map((bytes) => ({ place, bytes, size: bytes.length }))
      )
    if (place._tag === 'File')
      return pipe(
        env.files.stat(resolve(data.root, place.path)),
        TE.map((stat) => ({ place, bytes: null, size: stat.bytes }))
      )
    const size = place._tag === 'Range' ? place.length : place._tag === 'Samples' ? samples(place) : 0
    return TE.right({ place, bytes: null, size })
  }

const samples = ({ height, width, channels }: Extract<ImagePlace, { _tag: 'Samples' }>): number =>
  height * width * channels

/** Keeps only bytes that will be packed: all images together may not fit into memory. */
const kept = (image: Placed): Placed => (isReadable(image.place) ? { ...image, bytes: null } : image)

const readOf =
  (file: string, { place, bytes }: Placed, whole: boolean) =>
  (env: Env): TE.TaskEither<GraftError, ImageRead | null> =>
    bytes === null || !whole
      ? TE.right(null)
      : pipe(
          env.images.header(file, bytes),
          TE.map(({ height, width }) => ({
            height,
            width,
            // reading adds a header before the samples, which is not in the file
            crc32: crc32(place._tag === 'Samples' ? bytes.subarray(bytes.length - samples(place)) : bytes)
          }))
        )

interface Looked {
  readonly image: Placed
  readonly target: Placed | null
  readonly read: ImageRead | null
}

const look =
  (data: Data, whole: boolean) =>
  (item: DataItem) =>
  (env: Env): TE.TaskEither<GraftError, Looked> => {
    const paired = data.task._tag === 'Segmentation' || data.task._tag === 'ImageRegression'
    return pipe(
      placed(data, item.file, whole)(env),
      TE.bindTo('image'),
      TE.bind('target', () => (paired ? placed(data, item.label, false)(env) : TE.right(null))),
      TE.bind('read', ({ image }) => readOf(item.file, image, whole)(env)),
      TE.map(({ image, target, read }) => ({ image: kept(image), target: target && kept(target), read }))
    )
  }

/** The data of a job, and the bytes of the images that Python cannot read in place. */
export const jobData = (
  data: Data
): RTE.ReaderTaskEither<Env, GraftError, { readonly data: JobData; readonly packed: Uint8Array }> =>
  pipe(
    RTE.ask<Env>(),
    RTE.chainTaskEitherK((env) => async () => {
      const items = [...data.train.items, ...data.valid.items]
      const whole = verifyOf(data.spec, items.length) !== 'none'
      const at = look(data, whole)
      const looked = E.sequenceArray(await parallel(2 * env.images.workers, (item: DataItem) => at(item)(env))(items)())
      if (E.isLeft(looked)) return looked
      const pack = packing()
      const placeOf = ({ place, bytes }: Placed): ManifestPlace =>
        isReadable(place) || bytes === null ? place : pack.add(bytes)
      const manifest = items.map((item, i): ManifestItem => {
        const { image, target, read } = looked.right[i]!
        return {
          ...item,
          place: placeOf(image),
          targetPlace: target === null ? null : placeOf(target),
          bytes: image.place._tag === 'Samples' ? samples(image.place) : image.size,
          read
        }
      })
      const n = data.train.length
      const { spec, task, shape, stats, legend = null } = data
      return E.right({
        data: { spec, task, shape, stats, legend, train: manifest.slice(0, n), valid: manifest.slice(n) },
        packed: pack.all()
      })
    })
  )
