/**
 * Pairs of 64-bit hashes that differ in few bits, without comparing all pairs: multi-index hashing (Norouzi, Punjani and
 * Fleet, Fast Search in Hamming Space with Multi-Index Hashing, 2012).
 */
import { bitCount } from './perceptualHash.js'

/** Two halves of 32 bits for each hash. */
export type Hashes = Uint32Array

const bands = 4
const bandBits = 16
const buckets = 2 ** bandBits

/**
 * The largest distance that is searched for: of four bands of 16 bits, one differs in at most one bit if all differ in at
 * most seven.
 */
export const widest = 2 * bands - 1

const bandOf = (hashes: Hashes, i: number, band: number): number =>
  (hashes[2 * i + (band >> 1)]! >>> (band % 2 === 0 ? bandBits : 0)) & (buckets - 1)

/** The hashes in order of one band, so that those of a value are read one after the other, and where each value begins. */
interface Index {
  readonly from: Uint32Array
  readonly order: Uint32Array
  readonly sorted: Hashes
}

const indexOf = (hashes: Hashes, band: number): Index => {
  const n = hashes.length / 2
  const from = new Uint32Array(buckets + 1)
  for (let i = 0; i < n; i++) from[bandOf(hashes, i, band) + 1]!++
  for (let b = 0; b < buckets; b++) from[b + 1]! += from[b]!
  const [next, order] = [from.slice(), new Uint32Array(n)]
  for (let i = 0; i < n; i++) order[next[bandOf(hashes, i, band)]!++] = i
  const sorted = new Uint32Array(2 * n)
  order.forEach((i, at) => {
    sorted[2 * at] = hashes[2 * i]!
    sorted[2 * at + 1] = hashes[2 * i + 1]!
  })
  return { from, order, sorted }
}

/**
 * Calls a function for every two hashes that differ in at most `most` bits, at most 7; the first is the earlier one. A
 * pair may be found more than once.
 *
 * @example
 * import { nearHashes } from '../index.js'
 *
 * const pairs: Array<string> = []
 * nearHashes(Uint32Array.of(0, 0, 7, 1, 0xffffffff, 0), 6)((i, j) => pairs.push(`${i} ${j}`))
 * assert.deepStrictEqual([...new Set(pairs)], ['0 1'])
 *
 * @since 0.1.0
 */
export const nearHashes =
  (hashes: Hashes, most: number) =>
  (found: (i: number, j: number) => void): void => {
    const n = hashes.length / 2
    const within = Math.min(most, widest)
    for (let band = 0; band < bands; band++) {
      const { from, order, sorted } = indexOf(hashes, band)
      for (let k = 0; k < n; k++) {
        const [high, low, value] = [sorted[2 * k]!, sorted[2 * k + 1]!, bandOf(sorted, k, band)]
        for (let bit = -1; bit < bandBits; bit++) {
          const key = bit < 0 ? value : value ^ (1 << bit)
          const end = from[key + 1]!
          // of two hashes, the later one in this order looks no further back
          for (let at = Math.max(from[key]!, k + 1); at < end; at++)
            if (bitCount(high ^ sorted[2 * at]!) + bitCount(low ^ sorted[2 * at + 1]!) <= within)
              found(Math.min(order[k]!, order[at]!), Math.max(order[k]!, order[at]!))
        }
      }
    }
  }
