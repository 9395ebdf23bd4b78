/** The bytes of an image that is a file, lies in one, or is drawn. */
import { resolve } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, drawnMask, type DataError, type DrawnMask, type ImagePlace } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'
import { parquetCells } from '../shards/parquet.js'

const withHeader = (header: string, samples: Uint8Array): Uint8Array => {
  const head = new TextEncoder().encode(header)
  const all = new Uint8Array(head.length + samples.length)
  all.set(head)
  all.set(samples, head.length)
  return all
}

const types = ['GRAYSCALE', 'GRAYSCALE_ALPHA', 'RGB', 'RGB_ALPHA']

/** Samples as a Netpbm image (PAM). */
const asPam = ({ height, width, channels }: Extract<ImagePlace, { _tag: 'Samples' }>, samples: Uint8Array) =>
  withHeader(
    `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${channels}\nMAXVAL 255\nTUPLTYPE ${types[channels - 1]!}\nENDHDR\n`,
    samples
  )

/** Samples pixel by pixel, from those channel by channel. */
const interleaved = (samples: Uint8Array, channels: number): Uint8Array => {
  const area = samples.length / channels
  const out = new Uint8Array(samples.length)
  for (let c = 0; c < channels; c++) for (let i = 0; i < area; i++) out[i * channels + c] = samples[c * area + i]!
  return out
}

/** The value of pixels that do not count, in a mask of 16 bits. */
export const drawnIgnored = 65_535

const asPgm = (mask: DrawnMask): Uint8Array => {
  const values = drawnMask(mask)
  const samples = new Uint8Array(2 * values.length)
  values.forEach((value, i) => {
    samples[2 * i] = value >> 8
    samples[2 * i + 1] = value & 255
  })
  return withHeader(`P5\n${mask.width} ${mask.height}\n65535\n`, samples)
}

/** Reads the bytes of an image at a place, and no others. Error: `UnreadableImage` if its file has ended. */
export const readPlace = (root: string) => {
  const cells = parquetCells()
  return (place: ImagePlace) =>
    ({ files }: HasFiles): TE.TaskEither<DataError | IoError, Uint8Array> => {
      const range = (path: string, from: number, length: number): TE.TaskEither<DataError | IoError, Uint8Array> =>
        pipe(
          files.readRange(resolve(root, path), from, length),
          TE.filterOrElseW(
            (bytes) => bytes.length === length,
            (bytes) =>
              dataError.unreadableImage(
                path,
                `${length} bytes from ${from} on`,
                `${bytes.length}, where the file ends`,
                'complete the file'
              )
          )
        )
      switch (place._tag) {
        case 'File':
          return files.read(resolve(root, place.path))
        case 'Range':
          return range(place.path, place.from, place.length)
        case 'Samples': {
          const { path, from, height, width, channels, planar } = place
          return pipe(
            range(path, from, height * width * channels),
            TE.map((samples) => asPam(place, planar && channels > 1 ? interleaved(samples, channels) : samples))
          )
        }
        case 'Cell':
          return cells(resolve(root, place.path), place.column, place.row)({ files })
        case 'Drawn':
          return TE.right(asPgm(place.mask))
      }
    }
}
