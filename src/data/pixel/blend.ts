/** Enhancements that blend an image with a degenerate version of itself (Pillow's `ImageEnhance`). */
import type { Pixels } from '../index.js'
import { awayFrom, blended } from './lookup.js'

/** Pillow's `L` of a pixel. */
const greyAt = (data: Uint8Array, i: number): number =>
  (data[i]! * 19_595 + data[i + 1]! * 38_470 + data[i + 2]! * 7471 + 0x8000) >> 16

export const withBrightness = (factor: number): ((image: Pixels) => Pixels) => awayFrom(0, factor)

export const withContrast =
  (factor: number) =>
  (image: Pixels): Pixels => {
    const { channels, data } = image
    let sum = 0
    for (let i = 0; i < data.length; i += channels) sum += channels === 3 ? greyAt(data, i) : data[i]!
    return awayFrom(Math.trunc(sum / (data.length / channels) + 0.5), factor)(image)
  }

export const withColour =
  (factor: number) =>
  (image: Pixels): Pixels => {
    const { channels, data } = image
    if (channels !== 3) return image
    const into = new Uint8Array(data.length)
    for (let i = 0; i < data.length; i += 3) {
      const grey = greyAt(data, i)
      into[i] = blended(grey, data[i]!, factor)
      into[i + 1] = blended(grey, data[i + 1]!, factor)
      into[i + 2] = blended(grey, data[i + 2]!, factor)
    }
    return { ...image, data: into }
  }

/** Blends with the mean of 3 x 3 pixels, the middle one counted five times (`ImageFilter.SMOOTH`); edges stay. */
export const withSharpness =
  (factor: number) =>
  (image: Pixels): Pixels => {
    const { height, width, channels, data } = image
    const line = width * channels
    const into = data.slice()
    for (let y = 1; y < height - 1; y++)
      for (let i = y * line + channels, end = (y + 1) * line - channels; i < end; i++) {
        const [up, down] = [i - line, i + line]
        const above = data[up - channels]! + data[up]! + data[up + channels]!
        const below = data[down - channels]! + data[down]! + data[down + channels]!
        const sum = above + below + data[i - channels]! + 5 * data[i]! + data[i + channels]!
        // rounds sum / 13, which is never half of a level
        into[i] = blended(Math.floor((2 * sum + 13) / 26), data[i]!, factor)
      }
    return { ...image, data: into }
  }
