/**
 * `Stats`: mean and standard deviation per channel of pixels in [0, 1], and normalisation: `(x - mean) / std` (fastai's
 * `normalize`).
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { flatChannel, type DataError } from './DataError.js'
import type { Pixels } from './images/Pixels.js'

/**
 * Mean and standard deviation per channel; a single value applies to all channels.
 *
 * @category data
 * @since 0.1.0
 */
export interface Stats {
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
}

/**
 * ImageNet's statistics (RGB), which most pretrained weights expect.
 *
 * @example
 * import { imagenetStats } from 'graft-vision'
 *
 * assert.deepStrictEqual(imagenetStats.mean, [0.485, 0.456, 0.406])
 *
 * @category data
 * @since 0.1.0
 */
export const imagenetStats: Stats = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

/**
 * CIFAR-10's statistics (RGB).
 *
 * @example
 * import { cifarStats } from 'graft-vision'
 *
 * assert.deepStrictEqual(cifarStats.std, [0.247, 0.243, 0.261])
 *
 * @category data
 * @since 0.1.0
 */
export const cifarStats: Stats = { mean: [0.491, 0.482, 0.447], std: [0.247, 0.243, 0.261] }

/**
 * MNIST's statistics (one value for all channels).
 *
 * @example
 * import { mnistStats } from 'graft-vision'
 *
 * assert.deepStrictEqual(mnistStats, { mean: [0.131], std: [0.308] })
 *
 * @category data
 * @since 0.1.0
 */
export const mnistStats: Stats = { mean: [0.131], std: [0.308] }

/**
 * The same statistics with one entry per channel.
 *
 * @example
 * import { mnistStats } from 'graft-vision'
 * import { statsPerChannel } from './index.js'
 *
 * assert.deepStrictEqual(statsPerChannel(3)(mnistStats).std, [0.308, 0.308, 0.308])
 *
 * @since 0.1.0
 */
export const statsPerChannel =
  (channels: number) =>
  ({ mean, std }: Stats): Stats => {
    const each = (values: ReadonlyArray<number>) =>
      values.length === channels ? values : Array.from({ length: channels }, () => values[0]!)
    return { mean: each(mean), std: each(std) }
  }

const perSample =
  (f: (x: number, mean: number, std: number) => number) =>
  (stats: Stats) =>
  (values: ArrayLike<number>): Float32Array => {
    const channels = stats.mean.length
    const result = new Float32Array(values.length)
    for (let i = 0; i < values.length; i++) {
      const c = i % channels
      result[i] = f(values[i]!, stats.mean[c]!, stats.std[c]!)
    }
    return result
  }

/**
 * `(x - mean) / std` for values in [0, 1], channels last, with as many channels as the statistics.
 *
 * @example
 * import { denormaliseValues, normaliseValues } from './index.js'
 *
 * const stats = { mean: [0.5], std: [0.25] }
 * assert.deepStrictEqual([...normaliseValues(stats)([0.5, 1])], [0, 2])
 * assert.deepStrictEqual([...denormaliseValues(stats)([0, 2])], [0.5, 1])
 *
 * @since 0.1.0
 */
export const normaliseValues = /*#__PURE__*/ perSample((x, mean, std) => (x - mean) / std)

/**
 * `x * std + mean`, the inverse of `normaliseValues`.
 *
 * @example
 * import { denormaliseValues } from './index.js'
 *
 * assert.deepStrictEqual([...denormaliseValues({ mean: [0.5], std: [0.25] })([2])], [1])
 *
 * @since 0.1.0
 */
export const denormaliseValues = /*#__PURE__*/ perSample((x, mean, std) => x * std + mean)

/**
 * Writes normalised images into a batch, using a table of the 256 possible values. `at` is an offset in samples, not in
 * images.
 *
 * @example
 * import { normaliseInto } from './index.js'
 *
 * const batch = new Float32Array(3)
 * normaliseInto({ mean: [0, 0, 0], std: [1, 1, 1] })(batch, 0, Uint8Array.of(0, 255, 0))
 * assert.deepStrictEqual([...batch], [0, 1, 0])
 *
 * @since 0.1.0
 */
export const normaliseInto = (stats: Stats): ((batch: Float32Array, at: number, samples: Uint8Array) => void) => {
  const { mean, std } = statsPerChannel(3)(stats)
  const tables = mean.map((m, c) => Float32Array.from({ length: 256 }, (_, v) => (v / 255 - m) / std[c]!))
  const [red, green, blue] = [tables[0]!, tables[1]!, tables[2]!]
  return (batch, at, samples) => {
    for (let i = 0; i < samples.length; i += 3) {
      batch[at + i] = red[samples[i]!]!
      batch[at + i + 1] = green[samples[i + 1]!]!
      batch[at + i + 2] = blue[samples[i + 2]!]!
    }
  }
}

/**
 * Mean and standard deviation (dividing by n - 1, as torch's `std`) per channel of images: fastai's `batch_stats`. A
 * constant channel is an error, since normalisation would divide by zero.
 *
 * @example
 * import { statsOf } from './index.js'
 *
 * const image = { height: 1, width: 2, channels: 1, data: Uint8Array.of(0, 255) }
 * assert.deepStrictEqual(statsOf([image]), { _tag: 'Right', right: { mean: [0.5], std: [Math.SQRT1_2] } })
 *
 * @since 0.1.0
 */
export const statsOf = (images: ReadonlyArray<Pixels>): E.Either<DataError, Stats> => {
  const channels = images[0]?.channels ?? 0
  const mean: Array<number> = []
  const std: Array<number> = []
  for (let c = 0; c < channels; c++) {
    let [n, sum, squares] = [0, 0, 0]
    // Sums of 8-bit integers are exact for any possible batch, so the variance suffers no cancellation.
    for (const { data } of images)
      for (let i = c; i < data.length; i += channels) {
        const v = data[i]!
        n++
        sum += v
        squares += v * v
      }
    const variance = (squares - (sum * sum) / n) / (n - 1)
    if (!(variance > 0))
      return E.left(
        flatChannel(
          `channel ${c}`,
          'pixels that are not all equal',
          `${n} equal pixels in the batch`,
          'pass the statistics: normalise(imagenetStats)'
        )
      )
    mean.push(sum / n / 255)
    std.push(Math.sqrt(variance) / 255)
  }
  return E.right({ mean, std })
}
