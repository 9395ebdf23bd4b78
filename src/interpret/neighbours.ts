/**
 * Nearest neighbours among features of images.
 *
 * @since 0.1.0
 */

/**
 * How features are compared: by the angle between them, or by their distance.
 *
 * @category interpretation
 * @since 0.1.0
 */
export type FeatureMetric = 'cosine' | 'euclidean'

/**
 * Options of `knn`.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface KnnOptions {
  /** Number of neighbours. Default 5. */
  readonly k?: number
  /** Default `cosine`: one minus the cosine of the angle between features. */
  readonly metric?: FeatureMetric
  /** Whether all neighbours count alike, or by the inverse of their distance. Default `uniform`. */
  readonly weights?: 'uniform' | 'distance'
}

/** A row, its index and its distance. */
interface Neighbour {
  readonly index: number
  readonly distance: number
}

const lengthOf = (row: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += row[i]! * row[i]!
  return Math.sqrt(sum)
}

/** A row divided by its length; zero stays zero. */
export const unitRow = (row: ArrayLike<number>): Float32Array => {
  const length = lengthOf(row)
  return Float32Array.from(row, (x) => (length === 0 ? 0 : x / length))
}

const squaredDistance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return sum
}

/**
 * The `k` nearest of some rows of features, in order of distance; equal distances, in order of index. `prepared` rows
 * are used for many queries.
 */
export const nearestRows = (
  rows: ReadonlyArray<ArrayLike<number>>,
  metric: FeatureMetric
): ((k: number) => (row: ArrayLike<number>) => ReadonlyArray<Neighbour>) => {
  const cosine = metric === 'cosine'
  const prepared = cosine ? rows.map(unitRow) : rows
  return (k) => (row) => {
    const query = cosine ? unitRow(row) : row
    const distances = prepared.map((each, index) => ({ index, distance: squaredDistance(query, each) }))
    return distances
      .sort((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, k)
      .map(({ index, distance }) => ({
        index,
        // between rows of length 1, half the squared distance is one minus the cosine
        distance: cosine ? distance / 2 : Math.sqrt(distance)
      }))
  }
}

/**
 * A classifier without training: each image is classified by the `k` nearest of the given features. Returns a function
 * of features to a probability for each of `classes` classes: the share of the neighbours that have it. With `weights:
 * 'distance'`, neighbours at distance zero alone decide. scikit-learn's `KNeighborsClassifier` gives the same.
 *
 * @example
 * import { knn } from 'graft-vision'
 *
 * const classify = knn({ k: 3, metric: 'euclidean' })({ features: [[0], [1], [5], [6]], targets: [0, 0, 1, 1], classes: 2 })
 * assert.deepStrictEqual(classify([0.4]), [2 / 3, 1 / 3])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const knn =
  ({ k = 5, metric = 'cosine', weights = 'uniform' }: KnnOptions = {}) =>
  (reference: {
    readonly features: ReadonlyArray<ArrayLike<number>>
    readonly targets: ReadonlyArray<number>
    readonly classes: number
  }): ((features: ArrayLike<number>) => ReadonlyArray<number>) => {
    const nearest = nearestRows(reference.features, metric)(k)
    return (features) => {
      const found = nearest(features)
      const exact = weights === 'distance' && found.some(({ distance }) => distance === 0)
      const votes = Array.from({ length: reference.classes }, () => 0)
      for (const { index, distance } of found)
        votes[reference.targets[index]!]! += weights === 'uniform' ? 1 : exact ? Number(distance === 0) : 1 / distance
      const all = votes.reduce((a, b) => a + b, 0)
      return votes.map((vote) => vote / all)
    }
  }
