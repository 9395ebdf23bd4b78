/**
 * Seeds and random generators. Every random choice has its own generator, seeded from the run's seed by name
 * (`splitSeed(seed, 'order', epoch)`), so a choice does not depend on how many others were made before it.
 *
 * @category values
 * @since 0.1.0
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** An unsigned 32-bit number. */
export type Seed = number

const mix = (hash: number, word: number): number => {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const h = hash ^ k
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

const finish = (hash: number): number => {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * Derives the seed of a named part (MurmurHash3's 32-bit mixing over the names).
 *
 * @example
 * import { splitSeed } from 'graft-vision'
 *
 * assert.strictEqual(splitSeed(42, 'order', 0), splitSeed(42, 'order', 0))
 * assert.notStrictEqual(splitSeed(42, 'order', 0), splitSeed(42, 'order', 1))
 *
 * @category values
 * @since 0.1.0
 */
export const splitSeed = (seed: Seed, ...names: ReadonlyArray<string | number>): Seed => {
  let hash = mix(0x9747b28c, seed | 0)
  for (const name of names) {
    const text = typeof name === 'number' ? `#${name}` : name
    for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i))
    hash = mix(hash, 0x10000 + text.length)
  }
  return finish(hash)
}

/**
 * A source of random numbers; each call advances it.
 *
 * @category values
 * @since 0.1.0
 */
export interface Generator {
  /** Uniform in [0, 1), 32 bits of resolution. */
  readonly uniform: () => number
  /** Standard normal (Box and Muller's polar form, after Marsaglia). */
  readonly normal: () => number
  /** Uniform integer in [0, n). */
  readonly integer: (n: number) => number
}

/**
 * The generator of a seed (xoroshiro128+). The first numbers of small seeds are much alike (those of 1, 2 and 3 begin with
 * a number near 1), so take the seeds of several generators from `splitSeed`.
 *
 * @example
 * import { generator } from 'graft-vision'
 *
 * assert.strictEqual(generator(7).uniform(), generator(7).uniform())
 *
 * @category values
 * @since 0.1.0
 */
export const generator = (seed: Seed): Generator => {
  const source = xoroshiro128plus(seed | 0)
  let spare: number | undefined
  const uniform = (): number => (source.next() >>> 0) / 0x100000000
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s)
        spare = v * scale
        return u * scale
      }
    }
  }
  return { uniform, normal, integer: (n) => Math.floor(uniform() * n) }
}

/**
 * A uniformly random permutation of 0..n-1 (Fisher and Yates).
 *
 * @example
 * import { permutation } from './Seed.js'
 *
 * assert.deepStrictEqual([...permutation(1, 5)].sort(), [0, 1, 2, 3, 4])
 *
 * @since 0.1.0
 */
export const permutation = (seed: Seed, n: number): ReadonlyArray<number> => {
  const random = generator(seed)
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const other = order[j]!
    order[j] = order[i]!
    order[i] = other
  }
  return order
}
