/**
 * `ManifestItem`: one image of a job, and its line of `manifest.jsonl`.
 *
 * @since 0.1.0
 */
import type { DataItem, ImagePlace } from '../../data/index.js'

/**
 * Where the bytes of an image are: in the data set, or packed into the job's file `images.bin`.
 *
 * @category jobs
 * @since 0.1.0
 */
export type ManifestPlace = ImagePlace | { readonly _tag: 'Packed'; readonly from: number; readonly length: number }

/**
 * What is known of an image from reading it: its height and width as stored, before its orientation is applied, and the
 * CRC-32 of its bytes.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface ImageRead {
  readonly height: number
  readonly width: number
  readonly crc32: number
}

/**
 * An image of a job with its target.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface ManifestItem extends DataItem {
  readonly place: ManifestPlace
  /** Where the mask or the target image is; null if the target is a class, or consists of labels or numbers. */
  readonly targetPlace: ManifestPlace | null
  /** The image's size in bytes. */
  readonly bytes: number
  /** Null if the images of this data set are not verified. */
  readonly read: ImageRead | null
}

/** A place as JSON; paths are relative to the data root. */
const placeTo = (place: ManifestPlace): object => {
  switch (place._tag) {
    case 'File':
      return { path: place.path }
    case 'Range':
      return { path: place.path, range: { from: place.from, length: place.length } }
    case 'Samples': {
      const { _tag: _, path, ...samples } = place
      return { path, samples }
    }
    case 'Cell':
      return { path: place.path, cell: { column: place.column, row: place.row } }
    case 'Drawn':
      return { drawn: place.mask }
    case 'Packed':
      return { packed: { from: place.from, length: place.length } }
  }
}

const line = (set: 'train' | 'valid', item: ManifestItem): string =>
  JSON.stringify({
    set,
    file: item.file,
    ...placeTo(item.place),
    bytes: item.bytes,
    ...(item.read ?? {}),
    label: item.label,
    target: item.targetPlace === null ? item.target : placeTo(item.targetPlace),
    ...(item.weight === undefined ? {} : { weight: item.weight })
  })

/**
 * Returns the text of `manifest.jsonl`: one line per training image, in the order of the data set, then one per
 * validation image.
 *
 * @example
 * import { manifest } from './index.js'
 *
 * const item = { file: 'a/1.png', label: 'a', target: 0, bytes: 70, read: null, targetPlace: null }
 * const text = manifest([{ ...item, place: { _tag: 'File', path: 'a/1.png' } }], [])
 * assert.strictEqual(JSON.parse(text).path, 'a/1.png')
 *
 * @since 0.1.0
 */
export const manifest = (train: ReadonlyArray<ManifestItem>, valid: ReadonlyArray<ManifestItem>): string =>
  [...train.map((item) => line('train', item)), ...valid.map((item) => line('valid', item))]
    .map((text) => `${text}\n`)
    .join('')
