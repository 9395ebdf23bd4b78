/**
 * `sharpImages`: pictures through sharp (libvips), which is loaded when the first picture is asked for.
 *
 * @since 0.1.0
 */
import { availableParallelism } from 'node:os'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Metadata } from 'sharp'
import {
  bilinearPixels,
  cropPad,
  dataError,
  defaultDecoding,
  scalingOf,
  sidesOf,
  upright,
  uprightSides,
  type DataError,
  type Decoding,
  type Pixels
} from '../data/index.js'
import { decodingFailure } from './decodingFailure.js'
import { opaqueGif } from './gif.js'
import type { DecodedImage, DecodeOptions, ImageHeader, Images } from './Images.js'
import { ioFailure, messageOf } from './IoError.js'
import { openSharp, reading } from './openSharp.js'
import { headerFrom, isPlainSpace, metadataOf, type ReadImage, readWithoutSharp, readWithSharp } from './readImage.js'
import { readMask } from './readMask.js'
import { extremes, rgbOf } from './StoredImage.js'

type Sides = readonly [height: number, width: number]

/** The middle of an image, and the sides it is scaled to. */
interface Scaling {
  readonly region: Sides
  readonly sides: Sides
}

const same = (a: Sides, b: Sides): boolean => a[0] === b[0] && a[1] === b[1]

const exchanged = (orientation: number, { region, sides }: Scaling): Scaling => ({
  region: uprightSides(orientation, region),
  sides: uprightSides(orientation, sides)
})

/** As `cropPad` finds the middle. */
const middle = (have: number, want: number): number => Math.floor((have - want + 1) / 2)

/** Lets libvips decode a part of an image of 8 bits without alpha, and scale it while it decodes. */
const decodedBySharp = async (
  bytes: Uint8Array,
  { height, width }: Metadata,
  { region, sides }: Scaling,
  colour: Decoding['colour']
): Promise<Pixels> => {
  // What is not scaled is decoded whole, which takes half as long at once as row after row.
  const sequentialRead = !same(region, sides)
  const image = (await openSharp())(bytes, { ...reading, ignoreIcc: colour === 'stored', sequentialRead })
  if (!same(region, [height, width]))
    image.extract({
      top: middle(height, region[0]),
      left: middle(width, region[1]),
      height: region[0],
      width: region[1]
    })
  if (!same(region, sides)) image.resize({ height: sides[0], width: sides[1], fit: 'fill', kernel: 'linear' })
  const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return rgbOf({ ...info, data, white: 255, deep: false }, O.none)
}

/** Scales what is decoded already, in memory of its own. */
const scaled = (pixels: Pixels, { region, sides }: Scaling): Pixels => {
  const { data, ...its } = bilinearPixels(sides)(cropPad(region)(pixels))
  return { ...its, data: data.constructor === Uint8Array ? data : Uint8Array.from(data) }
}

/** Whether libvips has less to decode: it halves JPEG and WebP, and halves them again, while it decodes them. */
const shrinks = ({ format }: Metadata, { region, sides }: Scaling, { exact }: Decoding): boolean =>
  !exact && (format === 'jpeg' || format === 'webp') && region[0] >= 2 * sides[0] && region[1] >= 2 * sides[1]

const isDeep = ({ depth }: Metadata): boolean => depth !== 'uchar' && depth !== 'char'

/** Whether the samples as stored have to be seen: inks and depths are converted as Pillow does. */
const readFirst = (metadata: Metadata, { colour }: Decoding): boolean =>
  isPlainSpace(metadata) && (isDeep(metadata) || (colour === 'stored' && metadata.space === 'cmyk'))

/** 16 bits are made 8 before a profile is applied: libvips would end in another colour space than sRGB. */
const eightBits = async (bytes: Uint8Array): Promise<Uint8Array> =>
  (await openSharp())(bytes, { ...reading, ignoreIcc: true })
    .keepIccProfile()
    .toColourspace('srgb')
    .png()
    .toBuffer()

const samplesOf = ({ image }: ReadImage, { range }: Decoding): Pick<DecodedImage, 'samples'> =>
  image.deep ? { samples: { extremes: extremes(image), range: O.isSome(range) ? range.value : [0, image.white] } } : {}

/** Pixels as stored but for their size, which is that of the upright picture. */
interface Fitted {
  readonly pixels: Pixels
  readonly header: ImageHeader
  readonly samples?: DecodedImage['samples']
}

const decodeFitted = async (bytes: Uint8Array, how: DecodeOptions, decoding: Decoding): Promise<Fitted> => {
  const { size, resize } = how
  const scalingFor = (header: ImageHeader): Scaling => {
    const stored: Sides = [header.height, header.width]
    const turn = decoding.orientation === 'apply' ? header.orientation : 1
    return O.isSome(size)
      ? exchanged(turn, scalingOf(resize, size.value)(uprightSides(turn, stored)))
      : { region: stored, sides: stored }
  }
  const fit = (read: ReadImage): Fitted => ({
    pixels: scaled(rgbOf(read.image, decoding.range), scalingFor(read.header)),
    header: read.header,
    ...samplesOf(read, decoding)
  })
  const read = readWithoutSharp(bytes)
  if (read !== undefined) return fit(read)
  const metadata = await metadataOf(bytes)
  const header = headerFrom(metadata)
  const scaling = scalingFor(header)
  const converts = decoding.colour === 'convert' && metadata.icc !== undefined
  if (converts && isDeep(metadata)) return { ...(await decodeFitted(await eightBits(bytes), how, decoding)), header }
  if (!converts && readFirst(metadata, decoding)) return fit(await readWithSharp(bytes, metadata))
  if (shrinks(metadata, scaling, decoding) && !metadata.hasAlpha)
    return { pixels: await decodedBySharp(bytes, metadata, scaling, decoding.colour), header }
  const whole = { region: scaling.region, sides: scaling.region }
  return { pixels: scaled(await decodedBySharp(bytes, metadata, whole, decoding.colour), scaling), header }
}

const decode = async (bytes: Uint8Array, how: DecodeOptions): Promise<DecodedImage> => {
  const { size, cut = true, decoding = defaultDecoding } = how
  const { pixels, header, samples } = await decodeFitted(bytes, how, decoding)
  const turned = upright(decoding.orientation === 'apply' ? header.orientation : 1)(pixels)
  const whole = O.isSome(size) && cut ? cropPad(sidesOf(size.value))(turned) : turned
  return { ...whole, header, ...(samples === undefined ? {} : { samples }) }
}

const header = async (bytes: Uint8Array): Promise<ImageHeader> =>
  readWithoutSharp(bytes)?.header ?? headerFrom(await metadataOf(bytes))

const unreadable =
  (name: string, bytes: Uint8Array) =>
  (cause: unknown): DataError => {
    const { found, hint } = decodingFailure(bytes, cause)
    return dataError.unreadableImage(name, 'an image that can be decoded', found, hint)
  }

/**
 * Pictures through sharp, and BMP and Netpbm by readers of our own. Grey becomes RGB, alpha is dropped, CMYK and 16 bits
 * become RGB of 8 bits as in Pillow; `decoding` has what can be chosen. Scaling is linear, with antialiasing, as in Pillow.
 * `workers` is the number of processors unless given.
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
  decode: (name, bytes, how) => TE.tryCatch(() => decode(opaqueGif(bytes), how), unreadable(name, bytes)),
  mask: (name, bytes, how) => TE.tryCatch(() => readMask(bytes, how), unreadable(name, bytes)),
  header: (name, bytes) => TE.tryCatch(() => header(bytes), unreadable(name, bytes)),
  encode: ({ data, height, width, channels }) =>
    TE.tryCatch(
      async () => {
        const open = await openSharp()
        const image = open(data, { raw: { height, width, channels: channels as 1 | 2 | 3 | 4 } })
        return (channels < 3 ? image.toColourspace('b-w') : image).png().toBuffer()
      },
      (cause) =>
        ioFailure('an image', `${height} x ${width} x ${channels} samples`, messageOf(cause), 'check its shape')
    )
})
