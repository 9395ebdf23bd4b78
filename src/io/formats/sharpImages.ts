/**
 * `sharpImages`: images through sharp (libvips), which is loaded when the first image is needed.
 *
 * @since 0.1.0
 */
import { availableParallelism } from 'node:os'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
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
} from '../../data/index.js'
import { decodingFailure } from './decodingFailure.js'
import { filledAround, gifInset, opaqueGif } from './gif.js'
import type { DecodedImage, DecodeOptions, ImageHeader, Images } from '../Images.js'
import { ioFailure, messageOf } from '../IoError.js'
import { readPlainJpeg } from './jpeg.js'
import { withJpegPixels } from './jpegPixels.js'
import { openSharp, plainBytes, reading } from './openSharp.js'
import {
  headerFrom,
  isPlainSpace,
  type ImageFacts,
  factsOf,
  metadataOf,
  type ReadImage,
  readWithoutSharp,
  readWithSharp
} from './readImage.js'
import { readMask } from './readMask.js'
import { extremes, rgbOf } from './StoredImage.js'

type Sides = readonly [height: number, width: number]

/** The central part of an image, and the sides to scale it to. */
interface Scaling {
  readonly region: Sides
  readonly sides: Sides
}

const same = (a: Sides, b: Sides): boolean => a[0] === b[0] && a[1] === b[1]

const exchanged = (orientation: number, { region, sides }: Scaling): Scaling => ({
  region: uprightSides(orientation, region),
  sides: uprightSides(orientation, sides)
})

/** The same centre as `cropPad`. */
const middle = (have: number, want: number): number => Math.floor((have - want + 1) / 2)

/** Lets libvips decode a part of an 8-bit image without alpha, scaling during decoding. */
const decodedBySharp = async (
  bytes: Uint8Array,
  { height, width }: ImageFacts,
  { region, sides }: Scaling,
  colour: Decoding['colour']
): Promise<Pixels> => {
  // without scaling, decoding all at once takes half as long as row by row
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
  return rgbOf({ ...info, data: plainBytes(data), white: 255, deep: false }, O.none)
}

/** Scales decoded pixels. */
const scaled = (pixels: Pixels, { region, sides }: Scaling): Pixels => {
  const { data, ...its } = bilinearPixels(sides)(cropPad(region)(pixels))
  return { ...its, data: data.constructor === Uint8Array ? data : Uint8Array.from(data) }
}

/** Scales pixels whose memory will be used again. */
const scaledCopy = (pixels: Pixels, scaling: Scaling): Pixels => {
  const { data, ...its } = scaled(pixels, scaling)
  return { ...its, data: data === pixels.data ? data.slice() : data }
}

/** Whether libvips can reduce during decoding: it halves JPEG and WebP repeatedly. */
const shrinks = ({ format }: ImageFacts, { region, sides }: Scaling, { exact }: Decoding): boolean =>
  !exact && (format === 'jpeg' || format === 'webp') && region[0] >= 2 * sides[0] && region[1] >= 2 * sides[1]

const isDeep = ({ depth }: ImageFacts): boolean => depth !== 'uchar' && depth !== 'char'

/** Whether the stored samples are needed: CMYK and deep samples are converted as in Pillow. */
const readFirst = (metadata: ImageFacts, { colour }: Decoding): boolean =>
  isPlainSpace(metadata) && (isDeep(metadata) || (colour === 'stored' && metadata.space === 'cmyk'))

/** 16 bits are reduced to 8 before a profile is applied; otherwise libvips would not convert to sRGB. */
const eightBits = async (bytes: Uint8Array): Promise<Uint8Array> =>
  (await openSharp())(bytes, { ...reading, ignoreIcc: true })
    .keepIccProfile()
    .toColourspace('srgb')
    .png()
    .toBuffer()

const samplesOf = ({ image }: ReadImage, { range }: Decoding): Pick<DecodedImage, 'samples'> =>
  image.deep ? { samples: { extremes: extremes(image), range: O.isSome(range) ? range.value : [0, image.white] } } : {}

/** Pixels as stored, but with the size of the rotated image. */
interface Fitted {
  readonly pixels: Pixels
  readonly header: ImageHeader
  readonly samples?: DecodedImage['samples']
}

const decodeFitted = async (stored: Uint8Array, how: DecodeOptions, decoding: Decoding): Promise<Fitted> => {
  const bytes = opaqueGif(stored)
  const { size, resize } = how
  const scalingFor = (header: ImageHeader): Scaling => {
    const sides: Sides = [header.height, header.width]
    const turn = decoding.orientation === 'apply' ? header.orientation : 1
    return O.isSome(size)
      ? exchanged(turn, scalingOf(resize, size.value)(uprightSides(turn, sides)))
      : { region: sides, sides }
  }
  const fit = (read: ReadImage): Fitted => ({
    pixels: scaled(rgbOf(read.image, decoding.range), scalingFor(read.header)),
    header: read.header,
    ...samplesOf(read, decoding)
  })
  const read = readWithoutSharp(bytes)
  if (read !== undefined) return fit(read)
  const plain = readPlainJpeg(bytes)
  const metadata = plain === undefined ? await metadataOf(bytes) : factsOf(plain)
  const header = headerFrom(metadata)
  const scaling = scalingFor(header)
  if (plain !== undefined && !shrinks(metadata, scaling, decoding)) {
    const pixels = withJpegPixels(bytes, plain, (whole) => scaledCopy(whole, scaling))
    if (pixels !== undefined) return { pixels, header }
  }
  const converts = decoding.colour === 'convert' && metadata.icc !== undefined
  if (converts && isDeep(metadata)) return { ...(await decodeFitted(await eightBits(bytes), how, decoding)), header }
  const inset = gifInset(stored, 'colours')
  if (inset !== undefined) {
    const { image } = await readWithSharp(bytes, metadata)
    return fit({ image: filledAround(inset, image), header })
  }
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
 * Images through sharp; BMP and Netpbm with our own readers. Grey becomes RGB, alpha is dropped, CMYK and 16 bits
 * become 8-bit RGB as in Pillow; `decoding` has the options. Scaling is bilinear with antialiasing, as in Pillow.
 * `workers` defaults to the number of processors.
 *
 * @example
 * import { none } from 'fp-ts/lib/Option.js'
 * import { Io } from 'graft-vision/node'
 *
 * const rubbish = await Io.sharpImages().decode('a.png', Uint8Array.of(1, 2, 3), { size: none, resize: 'crop' })()
 * assert.strictEqual(rubbish._tag === 'Left' && rubbish.left.path, 'a.png')
 *
 * @category capabilities
 * @since 0.1.0
 */
export const sharpImages = (workers: number = availableParallelism()): Images => ({
  workers,
  decode: (name, bytes, how) => TE.tryCatch(() => decode(bytes, how), unreadable(name, bytes)),
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
