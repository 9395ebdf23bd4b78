/** An image's samples as stored in its file, and their conversion to RGB. */
import * as O from 'fp-ts/lib/Option.js'
import type { Pixels } from '../../data/index.js'

/**
 * Row by row, with `channels` samples per pixel: 1 for grey or a palette index, 2 with alpha, 3 for RGB, 4 for RGBA.
 */
export interface StoredImage {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Uint8Array | Uint16Array | Float32Array
  /** The sample value of white: 1, 3, 15, 255, 4095, 65535. For 32-bit integers and floats, which have none, 255. */
  readonly white: number
  /** Whether samples have more than 8 bits, or are floats. */
  readonly deep: boolean
  /** Red, green and blue of each index. */
  readonly palette?: Uint8Array
  /** Whether the four channels are CMYK. */
  readonly cmyk?: boolean
}

/** Maximum number of pixels, as in libvips; a header can claim any size. */
export const mostPixels = 0x3fff ** 2

/** Checks that sides are positive and the number of pixels is within the limit. */
export const checkSides = (height: number, width: number): void => {
  if (!(height > 0 && width > 0 && height * width <= mostPixels))
    throw new Error(`${height} x ${width} pixels, where 1 to ${mostPixels} can be read`)
}

const to8Bits = ({ white, deep }: StoredImage, range: O.Option<readonly [number, number]>): ((v: number) => number) => {
  if (deep && O.isSome(range)) {
    const [black, whiteAt] = range.value
    return (v) => Math.round((255 * Math.min(Math.max(v - black, 0), whiteAt - black)) / (whiteAt - black))
  }
  // Pillow truncates the fraction
  if (white === 255) return deep ? Math.trunc : (v) => v
  // 16 bits are reduced to 8 as by libvips and Pillow: the upper byte
  if (white === 65_535) return (v) => v >> 8
  return (v) => Math.round((255 * v) / white)
}

/** The product of two 8-bit samples, rounded as in Pillow. */
const product = (a: number, b: number): number => {
  const twice = a * b + 128
  return ((twice >> 8) + twice) >> 8
}

/** The light that ink and black leave, without a colour profile, as in Pillow. */
const leftBy = (ink: number, black: number): number => {
  const light = 255 - black
  return light - product(ink, light)
}

/**
 * Converts to 8-bit RGB. Grey is repeated, alpha is dropped. `range` gives the samples of a deep image that become
 * black and white; others are clamped, and NaN becomes 0.
 */
export const rgbOf = (image: StoredImage, range: O.Option<readonly [number, number]>): Pixels => {
  const { height, width, channels, data, palette } = image
  const isRgb = channels === 3 && palette === undefined && image.cmyk !== true
  if (isRgb && data instanceof Uint8Array && image.white === 255 && !image.deep)
    return { height, width, channels: 3, data }
  const count = height * width
  const rgb = new Uint8ClampedArray(3 * count)
  if (palette !== undefined)
    for (let i = 0; i < count; i++)
      rgb.set(palette.subarray(3 * data[i * channels]!, 3 * data[i * channels]! + 3), 3 * i)
  else {
    const value = to8Bits(image, range)
    const step = channels >= 3 ? 1 : 0
    if (image.cmyk === true)
      for (let i = 0; i < count; i++) {
        const black = value(data[i * channels + 3]!)
        for (let c = 0; c < 3; c++) rgb[3 * i + c] = leftBy(value(data[i * channels + c]!), black)
      }
    else
      for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) rgb[3 * i + c] = value(data[i * channels + c * step]!)
  }
  return { height, width, channels: 3, data: new Uint8Array(rgb.buffer) }
}

/** The minimum and maximum of the finite samples, without alpha. */
export const extremes = ({ channels, data }: StoredImage): readonly [least: number, greatest: number] => {
  const colours = channels === 2 ? 1 : Math.min(channels, 3)
  let [least, greatest] = [Infinity, -Infinity]
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (i % channels >= colours || !Number.isFinite(value)) continue
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  return [least, greatest]
}
