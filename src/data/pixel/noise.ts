/** Transforms that fill pixels, from a seed: holes and noise (fastai's `cutout` and `rgb_randomize`). */
import type { Pixels } from '../index.js'
import { generator } from '../../Seed.js'

/** Blackens squares around random pixels. */
export const withHoles =
  (holes: number, length: number, seed: number) =>
  (image: Pixels): Pixels => {
    const { height, width, channels } = image
    const random = generator(seed)
    const data = image.data.slice()
    const ends = (n: number): readonly [number, number] => {
      const at = random.integer(n)
      return [Math.trunc(Math.max(at - length / 2, 0)), Math.trunc(Math.min(at + length / 2, n))]
    }
    for (let hole = 0; hole < holes; hole++) {
      const [[top, bottom], [left, right]] = [ends(height), ends(width)]
      for (let y = top; y < bottom; y++) data.fill(0, (y * width + left) * channels, (y * width + right) * channels)
    }
    return { ...image, data }
  }

/** Fills a channel with noise of up to a random part of `thresh`. */
export const withNoise =
  (channel: number, thresh: number, seed: number) =>
  (image: Pixels): Pixels => {
    const { channels } = image
    if (channel >= channels) return image
    const random = generator(seed)
    const most = random.uniform() * thresh * 255
    const data = image.data.slice()
    for (let i = channel; i < data.length; i += channels) data[i] = Math.round(random.uniform() * most)
    return { ...image, data }
  }
