/** The validation images of a report: all of them, or evenly spaced ones. */
import type { Batches } from '../../data/index.js'

export interface Sampled {
  readonly batches: Batches
  readonly images: number
  /** Of how many. */
  readonly of: number
}

export const sampledOf = (length: number, batchSize: number, limit: number): Sampled => {
  const every = Math.max(1, length / limit)
  const indices = Array.from({ length: Math.min(length, limit) }, (_, k) => Math.floor(k * every))
  const batches = Array.from({ length: Math.ceil(indices.length / batchSize) }, (_, k) =>
    indices.slice(k * batchSize, (k + 1) * batchSize)
  )
  return { batches, images: indices.length, of: length }
}
