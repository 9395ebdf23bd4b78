import { type Generator, generator, permutation, type Seed, splitSeed } from '../../Seed.js'
import type { BatchViewKind, BatchSamples } from './BatchViewKind.js'

/**
 * Mixes each image of a training batch with another one of the batch.
 *
 * @category data
 * @since 0.1.0
 */
export interface MixUp {
  readonly _tag: 'MixUp'
  /** Both parameters of the beta distribution of λ. */
  readonly alpha: number
}

/**
 * Mixup (Zhang et al., 2018), as in fastai: every image of a training batch becomes λ·itself + (1−λ)·another image of
 * the batch, where λ = max(b, 1−b) and b is drawn from Beta(α, α) for each image. α is positive, default 0.4. For
 * classes the loss becomes λ·(loss for its own class) + (1−λ)·(loss for the other class); multi-label and regression
 * targets, and points, are mixed like the images; a point that is missing in either is missing in the mixture. Validation and metrics use unmixed images.
 *
 * @example
 * import { mixup, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.batchView.show(mixup(0.2)), 'mixup(0.2)')
 *
 * @category data
 * @since 0.1.0
 */
export const mixup = (alpha = 0.4): MixUp => ({ _tag: 'MixUp', alpha })

/** Gamma(a, 1) by Marsaglia and Tsang (2000); for a < 1 through Gamma(a + 1, 1). */
const gamma = (random: Generator, a: number): number => {
  if (a < 1) return gamma(random, a + 1) * (1 - random.uniform()) ** (1 / a)
  const d = a - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Beta(α, α). For a tiny α both gammas may underflow to 0; then either end is equally likely. */
export const beta = (random: Generator, alpha: number): number => {
  const [x, y] = [gamma(random, alpha), gamma(random, alpha)]
  return x + y === 0 ? Math.round(random.uniform()) : x / (x + y)
}

/**
 * Each image's partner, and its λ.
 *
 * @internal
 */
export interface Mix {
  readonly partners: ReadonlyArray<number>
  readonly shares: ReadonlyArray<number>
}

/**
 * The mix of a batch of `n`, drawn from a seed.
 *
 * @internal
 */
export const drawMix = (seed: Seed, alpha: number, n: number): Mix => {
  const random = generator(splitSeed(seed, 'shares'))
  const shares = Array.from({ length: n }, () => beta(random, alpha)).map((b) => Math.max(b, 1 - b))
  return { partners: permutation(splitSeed(seed, 'partners'), n), shares }
}

const mixedRows = (rows: Float32Array, n: number, { partners, shares }: Mix): Float32Array => {
  const result = new Float32Array(rows.length)
  const width = rows.length / n
  for (let i = 0; i < n; i++) {
    const [own, other, share] = [i * width, partners[i]! * width, shares[i]!]
    for (let k = 0; k < width; k++) result[own + k] = rows[own + k]! * share + rows[other + k]! * (1 - share)
  }
  return result
}

/**
 * Applies a mix to a batch. Class targets become rows of three: own class, partner's class, λ.
 *
 * @internal
 */
export const mixed =
  (mix: Mix) =>
  <B extends BatchSamples>(batch: B): B => {
    const { x, y, n } = batch
    const targets =
      y instanceof Int32Array
        ? Float32Array.from({ length: 3 * n }, (_, k) => {
            const i = Math.floor(k / 3)
            return [y[i]!, y[mix.partners[i]!]!, mix.shares[i]!][k % 3]!
          })
        : mixedRows(y, n, mix)
    return { ...batch, x: mixedRows(x, n, mix), y: targets }
  }

/** What is wrong with the parameter of a beta distribution. */
export const alphaMistake = ({ alpha }: { readonly alpha: number }) =>
  Number.isFinite(alpha) && alpha > 0 ? null : { expected: 'a positive alpha', found: alpha }

export const mixUpKind: BatchViewKind<MixUp> = {
  name: 'mixup',
  show: ({ alpha }) => `mixup(${alpha})`,
  tasks: ['Classification', 'MultiLabel', 'Regression', 'ImageRegression', 'Points'],
  mixes: true,
  mistake: alphaMistake,
  seen:
    ({ alpha }, seed) =>
    (batch) =>
      mixed(drawMix(seed, alpha, batch.n))(batch)
}
