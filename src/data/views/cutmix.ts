import { generator, permutation, type Seed, splitSeed } from '../../Seed.js'
import type { BatchSamples, BatchSetting, BatchViewKind } from './BatchViewKind.js'
import { alphaMistake, beta, mixed, type Mix } from './mixup.js'

/**
 * Pastes a box of another image of the batch into each image of a training batch.
 *
 * @category data
 * @since 0.1.0
 */
export interface CutMix {
  readonly _tag: 'CutMix'
  /** Both parameters of the beta distribution of λ. */
  readonly alpha: number
}

/**
 * CutMix (Yun et al., 2019), as in fastai 2 and timm: every image of a training batch gets a box of another image of the
 * batch, the same box in all of them. Its area is 1−λ of the image, where λ is drawn from Beta(α, α) for each batch; its
 * centre is uniform, and where it is cut off at an edge, λ becomes the share that is left. α is positive, default 1. For
 * classes the loss becomes λ·its own loss + (1−λ)·that for the other class; labels and numbers are mixed by λ; masks and
 * target images get the box of the other one. Validation and metrics use plain images.
 *
 * @example
 * import { cutmix, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.batchView.show(cutmix()), 'cutmix(1)')
 *
 * @category data
 * @since 0.1.0
 */
export const cutmix = (alpha = 1): CutMix => ({ _tag: 'CutMix', alpha })

type Sides = readonly [height: number, width: number]

/**
 * A box of pixels; the ends are excluded.
 *
 * @internal
 */
export interface Box {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/**
 * The box around a centre (timm's `rand_bbox`), and the share of the image that it leaves.
 *
 * @internal
 */
export const boxOf = (
  lambda: number,
  [height, width]: Sides,
  [row, col]: readonly [row: number, col: number]
): { readonly box: Box; readonly share: number } => {
  const ratio = Math.sqrt(1 - lambda)
  const ends = (n: number, centre: number): readonly [number, number] => {
    const half = Math.floor(Math.floor(n * ratio) / 2)
    return [Math.max(0, centre - half), Math.min(n, centre + half)]
  }
  const [[top, bottom], [left, right]] = [ends(height, row), ends(width, col)]
  const share = 1 - ((bottom - top) * (right - left)) / (height * width)
  return { box: { top, bottom, left, right }, share }
}

/** The partners, the box and its λ of a batch of `n`. */
const drawCut = (seed: Seed, alpha: number, n: number, sides: Sides) => {
  const random = generator(splitSeed(seed, 'shares'))
  const lambda = beta(random, alpha)
  const centre = [random.integer(sides[0]), random.integer(sides[1])] as const
  return { partners: permutation(splitSeed(seed, 'partners'), n), ...boxOf(lambda, sides, centre) }
}

/** Copies a box of each row's partner into it; rows are images of `channels` samples a pixel. */
const pasted = <A extends Float32Array | Int32Array>(
  rows: A,
  { top, bottom, left, right }: Box,
  partners: ReadonlyArray<number>,
  width: number,
  channels: number
): A => {
  const result = rows.slice() as A
  const each = rows.length / partners.length
  partners.forEach((partner, i) => {
    for (let y = top; y < bottom; y++) {
      const from = (y * width + left) * channels
      const line = rows.subarray(partner * each + from, partner * each + (y * width + right) * channels)
      result.set(line, i * each + from)
    }
  })
  return result
}

/**
 * Pastes a box into the images of a batch, and mixes its targets or pastes the same box into them.
 *
 * @internal
 */
export const cut =
  ({ box, share, partners }: { readonly box: Box; readonly share: number } & Pick<Mix, 'partners'>, of: BatchSetting) =>
  <B extends BatchSamples>(batch: B): B => {
    const { x, y, n } = batch
    const [height, width] = of.sides
    const area = height * width
    const images = pasted(x, box, partners, width, x.length / n / area)
    if (of.task._tag === 'Segmentation' || of.task._tag === 'ImageRegression')
      return { ...batch, x: images, y: pasted(y, box, partners, width, y.length / n / area) }
    // targets as those of mixup, with one share for all
    const targets = mixed({ partners, shares: partners.map(() => share) })({ x: new Float32Array(n), y, n })
    return { ...batch, x: images, y: targets.y }
  }

export const cutMixKind: BatchViewKind<CutMix> = {
  name: 'cutmix',
  show: ({ alpha }) => `cutmix(${alpha})`,
  tasks: ['Classification', 'MultiLabel', 'Regression', 'Segmentation', 'ImageRegression'],
  mixes: true,
  mistake: alphaMistake,
  seen:
    ({ alpha }, seed, of) =>
    (batch) =>
      cut(drawCut(seed, alpha, batch.n, of.sides), of)(batch)
}
