/** Masks as stored in their files: values and palette indices unchanged, no profile applied, nothing scaled. */
import { upright, type MaskSamples } from '../../data/index.js'
import { Undecodable } from './decodingFailure.js'
import { filledAround, gifInset, gifOfIndices, opaqueGif } from './gif.js'
import type { DecodedMask, MaskOptions } from '../Images.js'
import { isPng, readPng } from './png.js'
import { headerFrom, metadataOf, type ReadImage, readWithoutSharp, readWithSharp } from './readImage.js'
import { extremes, rgbOf, type StoredImage } from './StoredImage.js'
import { withoutTiffPalette } from './tiffPalette.js'
import * as O from 'fp-ts/lib/Option.js'

/** libvips scales samples of fewer than 8 bits to 255; those of a mask are indices. */
const unscaled = ({ image, header }: ReadImage, bits: number): ReadImage => {
  const white = 2 ** bits - 1
  return bits >= 8
    ? { image, header }
    : { image: { ...image, data: image.data.map((value) => Math.round((value * white) / 255)), white }, header }
}

const read = async (bytes: Uint8Array, { as }: MaskOptions): Promise<ReadImage> => {
  const own = readWithoutSharp(bytes)
  if (own !== undefined) return own
  const metadata = await metadataOf(bytes)
  const header = headerFrom(metadata)
  if (isPng(bytes)) return { image: readPng(bytes), header }
  const asked = as === 'values' ? withoutTiffPalette(gifOfIndices(bytes)) : opaqueGif(bytes)
  const its = asked === bytes ? metadata : await metadataOf(asked)
  const decoded = await readWithSharp(asked, its)
  const inset = gifInset(bytes, as)
  const found = inset === undefined ? decoded : { ...decoded, image: filledAround(inset, decoded.image) }
  // palette colours have 8 bits, whatever the depth of the indices; a GIF's values are such colours too
  return as === 'colours' || its.format === 'gif' ? found : unscaled(found, its.bitsPerSample ?? 8)
}

const isLossy = (format: string, bytes: Uint8Array): boolean => {
  // the chunk of a lossless WebP
  const lossless = format === 'webp' && Buffer.from(bytes.subarray(12, 4096)).includes('VP8L')
  return ['jpeg', 'webp', 'heif'].includes(format) && !lossless
}

/** The first of every `step` samples, or the first three. */
const picked = ({ height, width, channels, data }: StoredImage, kept: 1 | 3): StoredImage['data'] => {
  if (channels === kept) return data
  const count = height * width * kept
  const out = data.slice(0, count)
  for (let i = 0; i < height * width; i++) for (let c = 0; c < kept; c++) out[i * kept + c] = data[i * channels + c]!
  return out
}

const isGrey = ({ channels, data }: StoredImage): boolean => {
  for (let i = 0; i < data.length; i += channels) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false
  return true
}

/** The error for a mask that is in the alpha channel, over a constant colour. */
const refuseAlphaAlone = (image: StoredImage): void => {
  const { channels, data } = image
  if (channels !== 2 && channels !== 4) return
  const [least, greatest] = extremes(image)
  const alpha = data.filter((_, i) => i % channels === channels - 1)
  if (least === greatest && alpha.some((value) => value !== alpha[0]))
    throw new Undecodable(
      `every pixel ${least}, under an alpha that differs`,
      'the mask seems to be in the alpha channel: save that channel as a grey PNG'
    )
}

const samplesOf = (image: StoredImage, as: MaskOptions['as']): Pick<MaskSamples, 'channels' | 'data'> => {
  if (as === 'colours') return { channels: 3, data: rgbOf(image, O.none).data }
  if (image.palette !== undefined) return { channels: 1, data: picked(image, 1) }
  refuseAlphaAlone(image)
  return image.channels < 3 || isGrey(image)
    ? { channels: 1, data: picked(image, 1) }
    : { channels: 3, data: rgbOf(image, O.none).data }
}

/** A mask's samples, rotated by its own orientation. Throws for files that cannot be decoded. */
export const readMask = async (bytes: Uint8Array, how: MaskOptions): Promise<DecodedMask> => {
  const { image, header } = await read(bytes, how)
  const { height, width } = image
  const samples = { height, width, ...samplesOf(image, how.as), lossy: isLossy(header.format, bytes), header }
  return upright(how.orientation === 'apply' ? header.orientation : 1)(samples)
}
