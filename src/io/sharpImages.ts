/**
 * `sharpImages`: pictures through sharp (libvips), which is loaded when the first picture is asked for.
 *
 * @since 0.1.0
 */
import { availableParallelism } from 'node:os'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Sharp, SharpOptions } from 'sharp'
import { cropPad, dataError, scaledSides, sidesOf, type DataError, type Pixels } from '../data/index.js'
import type { DecodeOptions, Images } from './Images.js'
import { ioFailure, messageOf } from './IoError.js'
import { decodePlainPng } from './plainPng.js'

type Open = (input: Uint8Array, options?: SharpOptions) => Sharp

let loading: Promise<Open> | undefined

/** One picture per thread, none remembered: graft decodes many at once and keeps what it needs itself. */
const load = (): Promise<Open> =>
  (loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return (input, options) => sharp(input, options)
  }))

// Truncated and damaged files fail; mere warnings (an odd profile, an unknown chunk) do not.
const reading: SharpOptions = { failOn: 'error' }

/** Grey is repeated, transparency dropped (as PIL's `convert('RGB')`), and the memory becomes our own. */
const toRgb = (samples: Uint8Array, channels: number): Uint8Array => {
  if (channels === 3) return Uint8Array.from(samples)
  const count = samples.length / channels
  const rgb = new Uint8Array(3 * count)
  const step = channels >= 3 ? 1 : 0
  for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) rgb[3 * i + c] = samples[i * channels + c * step]!
  return rgb
}

const decode = async (bytes: Uint8Array, { size, resize, cut = true }: DecodeOptions): Promise<Pixels> => {
  const plain = decodePlainPng(bytes)
  const fits = (height: number, width: number): boolean => {
    if (O.isNone(size)) return true
    const [h, w] = scaledSides(resize, size.value)([height, width])
    return h === height && w === width
  }
  const finish = (pixels: Pixels): Pixels => (O.isSome(size) && cut ? cropPad(sidesOf(size.value))(pixels) : pixels)
  if (plain !== undefined && fits(plain.height, plain.width))
    return finish({ ...plain, channels: 3, data: toRgb(plain.data, plain.channels) })
  const image = (await load())(bytes, reading)
  if (O.isSome(size)) {
    const { height, width } = await image.metadata()
    const [h, w] = scaledSides(resize, size.value)([height, width])
    if (h !== height || w !== width) image.resize({ height: h, width: w, fit: 'fill', kernel: 'linear' })
  }
  const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return finish({ height: info.height, width: info.width, channels: 3, data: toRgb(data, info.channels) })
}

/** Three equal channels are one channel; colours, those of a palette too, are no mask. */
const decodeMask = async (bytes: Uint8Array): Promise<Pixels> => {
  const plain = decodePlainPng(bytes)
  const { data, info } =
    plain === undefined
      ? await (await load())(bytes, reading).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
      : { data: plain.data, info: plain }
  const { height, width, channels } = info
  const grey = new Uint8Array(height * width)
  for (let i = 0; i < grey.length; i++) {
    const value = data[i * channels]!
    if (channels >= 3 && (data[i * channels + 1] !== value || data[i * channels + 2] !== value))
      throw new Error('colours (of a palette, perhaps), where a mask has class indices as grey values')
    grey[i] = value
  }
  return { height, width, channels: 1, data: grey }
}

const unreadable =
  (name: string) =>
  (cause: unknown): DataError =>
    dataError.unreadableImage(name, 'an image that can be decoded', messageOf(cause), 'repair the file or remove it')

/**
 * Pictures through sharp. Grey becomes RGB, transparency is dropped, 16 bits become 8, CMYK becomes sRGB; the
 * orientation tag of a camera is not applied (the reference does not either). Scaling is linear, with smoothing
 * where it shrinks. `workers` is the number of processors unless given.
 *
 * @example
 * import { none } from 'fp-ts/lib/Option.js'
 * import { sharpImages } from 'graft-vision/node'
 *
 * const rubbish = await sharpImages().decode('a.png', Uint8Array.of(1, 2, 3), { size: none, resize: 'crop' })()
 * assert.strictEqual(rubbish._tag === 'Left' && rubbish.left.path, 'a.png')
 *
 * @since 0.1.0
 */
export const sharpImages = (workers: number = availableParallelism()): Images => ({
  workers,
  decode: (name, bytes, how) => TE.tryCatch(() => decode(bytes, how), unreadable(name)),
  mask: (name, bytes) => TE.tryCatch(() => decodeMask(bytes), unreadable(name)),
  header: (name, bytes) =>
    pipe(
      TE.tryCatch(async () => (await load())(bytes, reading).metadata(), unreadable(name)),
      TE.map(({ format, height, width }) => ({ format, height, width }))
    ),
  encode: ({ data, height, width, channels }) =>
    TE.tryCatch(
      async () => {
        const open = await load()
        const image = open(data, { raw: { height, width, channels: channels as 1 | 2 | 3 | 4 } })
        return (channels < 3 ? image.toColourspace('b-w') : image).png().toBuffer()
      },
      (cause) =>
        ioFailure('an image', `${height} x ${width} x ${channels} samples`, messageOf(cause), 'check its shape')
    )
})
