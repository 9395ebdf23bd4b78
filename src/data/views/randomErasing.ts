import { generator, type Generator, splitSeed } from '../../Seed.js'
import type { BatchSamples, BatchSetting, BatchViewKind } from './BatchViewKind.js'
import { roundHalfEven } from '../images/resizing.js'

/**
 * What erased pixels become: the mean of the normalisation, black, or normal noise in each channel of each pixel.
 *
 * @category data
 * @since 0.1.0
 */
export type ErasedWith = 'mean' | 'zero' | 'noise'

/**
 * Erases a rectangle of images of a training batch.
 *
 * @category data
 * @since 0.1.0
 */
export interface RandomErasing {
  readonly _tag: 'RandomErasing'
  /** The probability that an image is changed. */
  readonly p: number
  /** Bounds of the erased share of the area. */
  readonly area: readonly [low: number, high: number]
  /** Bounds of the rectangle's height over its width, drawn uniformly in the logarithm. */
  readonly aspect: readonly [low: number, high: number]
  readonly fill: ErasedWith
}

/**
 * Random erasing (Zhong et al., 2017), as in timm: a rectangle of an image is replaced, with probability `p` (0.25). Its
 * `area` is a share of the image ([0.02, 1/3]), its `aspect` its height over its width ([0.3, 1/0.3]). `fill`: `mean`
 * (default), which is 0 after normalisation, `zero` for black, or `noise`. If none of ten draws fits, the image stays as
 * it is. Targets do not change.
 *
 * @example
 * import { randomErasing, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.batchView.show(randomErasing({ p: 0.5 })), "randomErasing({ p: 0.5 })")
 *
 * @category data
 * @since 0.1.0
 */
export const randomErasing = (options: Partial<Omit<RandomErasing, '_tag'>> = {}): RandomErasing => ({
  ...usual,
  ...options
})

const usual: RandomErasing = {
  _tag: 'RandomErasing',
  p: 0.25,
  area: [0.02, 1 / 3],
  aspect: [0.3, 1 / 0.3],
  fill: 'mean'
}

const between = ({ uniform }: Generator, [low, high]: readonly [number, number]): number =>
  low + uniform() * (high - low)

/** A rectangle within an image, if one of ten draws fits. */
const drawRectangle = ({ area, aspect }: RandomErasing, random: Generator, [height, width]: BatchSetting['sides']) => {
  const logs = [Math.log(aspect[0]), Math.log(aspect[1])] as const
  for (let tries = 0; tries < 10; tries++) {
    const pixels = between(random, area) * height * width
    const ratio = Math.exp(between(random, logs))
    const [h, w] = [roundHalfEven(Math.sqrt(pixels * ratio)), roundHalfEven(Math.sqrt(pixels / ratio))]
    if (h < height && w < width)
      return { top: random.integer(height - h + 1), left: random.integer(width - w + 1), height: h, width: w }
  }
  return null
}

/** The value of a sample of a channel. */
const valuesOf = (fill: ErasedWith, { mean, std }: BatchSetting['stats'], random: Generator) => {
  switch (fill) {
    case 'mean':
      return () => 0
    case 'zero':
      return (channel: number) => -mean[channel % mean.length]! / std[channel % std.length]!
    case 'noise':
      return () => random.normal()
  }
}

/** Erases the rectangle drawn for one image of `x`, which starts at `first`. */
const erase = (
  x: Float32Array,
  first: number,
  channels: number,
  view: RandomErasing,
  random: Generator,
  of: BatchSetting
) => {
  if (!(random.uniform() < view.p)) return
  const rectangle = drawRectangle(view, random, of.sides)
  if (rectangle === null) return
  const value = valuesOf(view.fill, of.stats, random)
  const { top, left, height, width } = rectangle
  for (let y = top; y < top + height; y++) {
    const from = first + (y * of.sides[1] + left) * channels
    for (let i = 0; i < width * channels; i++) x[from + i] = value(i % channels)
  }
}

const isRange = ([low, high]: readonly [number, number], [least, most]: readonly [number, number]): boolean =>
  low >= least && low <= high && high <= most && Number.isFinite(high)

export const randomErasingKind: BatchViewKind<RandomErasing> = {
  name: 'randomErasing',
  show: (view) => {
    const given = Object.entries(view).filter(([name, value]) => {
      const plain = (usual as unknown as Readonly<Record<string, unknown>>)[name]
      return JSON.stringify(value) !== JSON.stringify(plain)
    })
    const shown = given.map(
      ([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}`
    )
    return `randomErasing(${shown.length === 0 ? '' : `{ ${shown.join(', ')} }`})`
  },
  tasks: ['Classification', 'MultiLabel', 'Regression', 'Segmentation', 'ImageRegression', 'Points'],
  mixes: false,
  mistake: ({ p, area, aspect, fill }) => {
    if (!(p >= 0 && p <= 1)) return { expected: 'p from 0 to 1', found: p }
    if (!isRange(area, [0, 1])) return { expected: 'bounds of area from 0 to 1, in order', found: area.join(', ') }
    if (!isRange(aspect, [1e-3, Infinity]))
      return { expected: 'positive bounds of aspect, in order', found: aspect.join(', ') }
    return ['mean', 'zero', 'noise'].includes(fill) ? null : { expected: 'fill: mean, zero or noise', found: fill }
  },
  seen:
    (view, seed, of) =>
    <B extends BatchSamples>(batch: B): B => {
      const x = batch.x.slice()
      const each = x.length / batch.n
      const channels = each / (of.sides[0] * of.sides[1])
      for (let i = 0; i < batch.n; i++) erase(x, i * each, channels, view, generator(splitSeed(seed, i)), of)
      return { ...batch, x }
    }
}
