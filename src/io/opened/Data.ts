/**
 * `Data`: opened data: what was found, what was left out, and the training and validation items.
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import type { Task as AsTask } from 'fp-ts/lib/Task.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import {
  decodingOf,
  type DataError,
  type DataItem,
  type DataSpec,
  type DataWarning,
  type Legend,
  type Pixels,
  type PlaceOf,
  type Size,
  type Stats,
  type Task,
  type Transform
} from '../../data/index.js'
import type { PointFrame } from '../../data/pixel/index.js'
import type { HasFiles } from '../Files.js'
import type { HasImages } from '../Images.js'
import type { IoError } from '../IoError.js'

/**
 * One image, its label, and its target.
 *
 * @category data
 * @since 0.1.0
 */
export interface Item extends DataItem {
  readonly pixels: Pixels
  /** For segmentation: the class of each pixel, -1 for ignored ones. */
  readonly mask?: Int32Array
  /** For image regression: the target image. */
  readonly goal?: Pixels
  /** For points: x and y of each in the network's coordinates, NaN for missing ones, and the way back to pixels. */
  readonly points?: { readonly xy: ReadonlyArray<number>; readonly frame: PointFrame }
}

/**
 * The drawn transforms of one image.
 *
 * @category data
 * @since 0.1.0
 */
export type View = ReadonlyArray<Transform.DrawnTransform>

/**
 * Labelled images in a fixed order. `item(i)` decodes one, or returns it from the cache; with a view, the image and its
 * mask, target image or points are transformed.
 *
 * @category data
 * @since 0.1.0
 */
export interface Dataset {
  readonly length: number
  /** Files relative to the data's root, with `/`. */
  readonly items: ReadonlyArray<DataItem>
  /** Number of items worth requesting at once; default: the number of workers. */
  readonly atOnce?: number
  readonly item: (i: number, view?: View) => ReaderTaskEither<HasFiles & HasImages, DataError | IoError, Item>
}

/**
 * The sides of images as they are seen, in pixels: the smallest and the largest of each.
 *
 * @category data
 * @since 0.1.0
 */
export interface ImageSizes {
  /** How many images were read for it. */
  readonly images: number
  readonly height: readonly [smallest: number, largest: number]
  readonly width: readonly [smallest: number, largest: number]
}

/**
 * Opened data.
 *
 * @category data
 * @since 0.1.0
 */
export interface Data {
  readonly spec: DataSpec
  /** The folder that file names are relative to. */
  readonly root: string
  readonly task: Task
  /** Whether graft generated the images (`digits`). */
  readonly generated: boolean
  readonly shape: readonly [channels: 3, height: number, width: number]
  /** The sizes of the images before they are resized; absent: none was read on opening. */
  readonly sizes?: ImageSizes
  readonly train: Dataset
  readonly valid: Dataset
  /** Opens the same images in another size; absent: they have only one. */
  readonly resized?: (size: Size) => AsTask<Pick<Data, 'spec' | 'shape' | 'train' | 'valid'>>
  /** The fingerprint of the data before a recipe resized them; absent: they are as they were opened. */
  readonly begunAs?: string
  /** The unlabelled files of the test folder, if there is one. */
  readonly test: ReadonlyArray<string>
  /**
   * Reads the bytes of an image, by its file, or of a mask, by its label; if missing, all are files of their own.
   * `withImagesOf` makes an environment of it.
   */
  readonly bytesOf?: (file: string) => ReaderTaskEither<HasFiles, DataError | IoError, Uint8Array>
  /** Where the images are that `bytesOf` reads; if missing, all are files of their own. */
  readonly placeOf?: PlaceOf
  /** The classes of masks, by their values or colours; absent: there are no masks. */
  readonly legend?: Legend
  /** The statistics used for normalisation, one value per channel; mean 0 and deviation 1 for none. */
  readonly stats: Stats
  /** A hash of the contents of both sets' files, in order. */
  readonly contents: string
  readonly warnings: ReadonlyArray<DataWarning>
  /** Files that could not be read and were left out, with the reason. */
  readonly skipped: ReadonlyArray<{ readonly file: string; readonly reason: string }>
}

/** Items to hash at once. */
const part = 1000

/**
 * A hash (SHA-256, hexadecimal) of everything about data that affects training: files by name and content, labels,
 * targets, size, normalisation, transforms, batches, seed; not their location. For data opened without verification, a
 * file's content is its size and its first and last 64 KiB.
 *
 * @example
 * import { digits } from 'graft-vision'
 * import { Io, nodeIo, openData } from 'graft-vision/node'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const path = join(mkdtempSync(join(tmpdir(), 'graft-')), 'digits')
 * const data = await openData(digits({ n: 8, path }))(nodeIo())()
 * assert.ok(data._tag === 'Right' && /^[0-9a-f]{64}$/.test(Io.dataFingerprint(data.right)))
 *
 * @category batches
 * @since 0.1.0
 */
export const dataFingerprint = ({ begunAs, spec, task, shape, stats, contents, train, valid }: Data): string => {
  if (begunAs !== undefined) return begunAs
  const { resize, transforms, bs, validBs, shuffle, dropLast, seed, source, sampling } = spec
  const listed = (items: ReadonlyArray<DataItem>) =>
    items.map(({ file, label, target, weight }) => [file, label, target, ...(weight === undefined ? [] : [weight])])
  // determines the class of each pixel
  const masks = source._tag === 'ImageMasks' ? [source.ignore, source.values, source.colours] : []
  const decoding = decodingOf(spec)
  const what = {
    ...{ resize, decoding, masks, transforms, bs, validBs, shuffle, dropLast, seed, task, shape, stats },
    // left out where there is none, so that older checkpoints stay valid
    ...(sampling._tag === 'EachOnce' ? {} : { sampling })
  }
  // the text of one JSON list, hashed in parts
  const hash = createHash('sha256').update(`[${JSON.stringify(what)},${JSON.stringify(contents)}`)
  for (const { items } of [train, valid]) {
    hash.update(',[')
    for (let from = 0; from < items.length; from += part) {
      const text = JSON.stringify(listed(items.slice(from, from + part)))
      hash.update(`${from === 0 ? '' : ','}${text.slice(1, -1)}`)
    }
    hash.update(']')
  }
  return hash.update(']').digest('hex')
}
