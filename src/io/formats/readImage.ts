/** Image files as stored: with our own readers where libvips has none or would convert, otherwise with sharp. */
import type { Metadata } from 'sharp'
import { isBmp, readBmp } from './bmp.js'
import { Undecodable } from './decodingFailure.js'
import { foreign } from './imageFormat.js'
import type { ImageTrait } from '../../data/index.js'
import type { ImageHeader } from '../Images.js'
import type { PlainJpeg } from './jpeg.js'
import { isNetpbm, readNetpbm } from './netpbm.js'
import { openSharp, reading } from './openSharp.js'
import { readPlainPng } from './png.js'
import type { StoredImage } from './StoredImage.js'

/** Samples with the file's header. */
export interface ReadImage {
  readonly image: StoredImage
  readonly header: ImageHeader
}

const readBy = (format: string, image: StoredImage): ReadImage => ({
  image,
  header: withTraits(
    { format, height: image.height, width: image.width, orientation: 1 },
    {
      sixteenBit: image.deep,
      palette: image.palette !== undefined,
      alpha: image.channels === 2 || (image.channels === 4 && image.cmyk !== true),
      cmyk: image.cmyk === true,
      frames: false
    }
  )
})

/** Formats that do not need libvips: BMP, Netpbm, and small plain PNGs. */
export const readWithoutSharp = (bytes: Uint8Array): ReadImage | undefined => {
  if (isBmp(bytes)) return readBy('bmp', readBmp(bytes))
  if (isNetpbm(bytes)) return readBy('netpbm', readNetpbm(bytes))
  const plain = readPlainPng(bytes)
  return plain && readBy('png', plain)
}

/** libvips' metadata of a file. Throws `Undecodable` for a file that is not an image, or in an unsupported format. */
export const metadataOf = async (bytes: Uint8Array): Promise<Metadata> => {
  const not = foreign(bytes)
  if (not !== undefined) throw new Undecodable(not.name, not.hint)
  return (await openSharp())(bytes, reading).metadata()
}

/** The metadata that decoding needs. */
export type ImageFacts = Pick<
  Metadata,
  'format' | 'height' | 'width' | 'orientation' | 'space' | 'depth' | 'hasAlpha' | 'icc' | 'isPalette' | 'pages'
>

/** What libvips would say of a plain JPEG. */
export const factsOf = (plain: PlainJpeg): ImageFacts => ({
  ...plain,
  format: 'jpeg',
  space: 'srgb',
  depth: 'uchar',
  hasAlpha: false,
  isPalette: false
})

/** Absent if there are none, as of most images. */
const withTraits = (header: Omit<ImageHeader, 'traits'>, has: Readonly<Record<ImageTrait, boolean>>): ImageHeader => {
  const traits = (Object.keys(has) as ReadonlyArray<ImageTrait>).filter((trait) => has[trait])
  return traits.length === 0 ? header : { ...header, traits }
}

/** The header by libvips' metadata. Every GIF has a palette, and frames of an animated one are transparent where they do not change. */
export const headerFrom = ({
  format,
  height,
  width,
  orientation = 1,
  depth,
  isPalette,
  hasAlpha,
  space,
  pages = 1
}: ImageFacts): ImageHeader =>
  withTraits(
    { format, height, width, orientation },
    {
      sixteenBit: depth !== 'uchar' && depth !== 'char',
      palette: isPalette && format !== 'gif',
      alpha: hasAlpha && format !== 'gif',
      cmyk: space === 'cmyk',
      frames: pages > 1
    }
  )

const whites: Readonly<Record<string, number>> = { uchar: 255, ushort: 65_535 }

/** Colour spaces whose samples are RGB, grey or CMYK. */
const plainSpaces: ReadonlyArray<string> = ['srgb', 'rgb', 'rgb16', 'b-w', 'grey16', 'cmyk']

export const isPlainSpace = ({ space }: ImageFacts): boolean => plainSpaces.includes(space)

const typed = (data: Buffer, depth: string): StoredImage['data'] => {
  const own = Uint8Array.from(data)
  return depth === 'uchar' ? own : depth === 'ushort' ? new Uint16Array(own.buffer) : new Float32Array(own.buffer)
}

/** The samples that libvips decodes, without applying a profile. */
export const readWithSharp = async (bytes: Uint8Array, metadata: ImageFacts): Promise<ReadImage> => {
  const { space, depth } = metadata
  const kept = depth === 'uchar' || depth === 'ushort' ? depth : 'float'
  const { data, info } = await (
    await openSharp()
  )(bytes, { ...reading, ignoreIcc: true })
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: kept })
    .toBuffer({ resolveWithObject: true })
  const { height, width, channels } = info
  const image: StoredImage = {
    height,
    width,
    channels,
    data: typed(data, kept),
    white: whites[kept] ?? 255,
    deep: kept !== 'uchar',
    ...(space === 'cmyk' ? { cmyk: true } : {})
  }
  return { image, header: headerFrom(metadata) }
}
