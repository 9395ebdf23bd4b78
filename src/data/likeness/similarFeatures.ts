/** Pairs of images with nearly the same features of a network. */
import { permutation } from '../../Seed.js'
import { nearHashes } from './nearHashes.js'

type Rows = ReadonlyArray<Float32Array>

/** The least cosine of features, less their mean, of near-duplicates. */
const leastCosine = 0.95

/** Up to this number of images, all pairs are compared. */
const few = 3000

/** Tables of hashes: of pairs with a cosine of 0.95, each finds about two thirds. */
const tables = 4

/** Rows of length 1, less their mean: features of a network are positive, and all of them alike. */
const directions = (rows: Rows): Rows => {
  const width = rows[0]?.length ?? 0
  const mean = new Float64Array(width)
  for (const row of rows) for (let f = 0; f < width; f++) mean[f]! += row[f]! / rows.length
  return rows.map((row) => {
    const centred = row.map((value, f) => value - mean[f]!)
    const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0))
    return length === 0 ? centred : centred.map((value) => value / length)
  })
}

const cosine = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let f = 0; f < a.length; f++) sum += a[f]! * b[f]!
  return sum
}

/** 64 signs of differences of random halves of the features (Charikar, 2002), in two halves of 32 bits. */
const signs = (rows: Rows, table: number): Uint32Array => {
  const width = rows[0]?.length ?? 0
  const hashes = new Uint32Array(2 * rows.length)
  for (let bit = 0; bit < 64; bit++) {
    const order = permutation(64 * table + bit, width)
    rows.forEach((row, i) => {
      let sum = 0
      order.forEach((f, at) => (sum += 2 * at < width ? row[f]! : -row[f]!))
      if (sum > 0) hashes[2 * i + (bit >> 5)]! |= 1 << (bit & 31)
    })
  }
  return hashes
}

/**
 * Calls a function for every two rows of features whose cosine, less the mean of all rows, is at least 0.95. Of more than
 * 3,000 rows, pairs are found by hashes of their signs: nearly all, without comparing every two.
 */
export const similarFeatures =
  (rows: Rows) =>
  (found: (i: number, j: number, cosine: number) => void): void => {
    const all = directions(rows)
    const compare = (i: number, j: number): void => {
      const value = cosine(all[i]!, all[j]!)
      if (value >= leastCosine) found(i, j, value)
    }
    if (rows.length <= few) {
      for (let i = 0; i < rows.length; i++) for (let j = i + 1; j < rows.length; j++) compare(i, j)
      return
    }
    for (let table = 0; table < tables; table++) nearHashes(signs(all, table), 7)(compare)
  }
