/**
 * The order of items in batches: a pure function of seed and epoch, so a resumed run continues in the same order.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { permutation, splitSeed, type Seed } from '../Seed.js'
import { tooFewItems, type DataError } from './DataError.js'
import { drawnItems, type Draws } from './Sampling.js'

/**
 * Positions of items, one list per batch.
 *
 * @category batches
 * @since 0.1.0
 */
export type Batches = ReadonlyArray<ReadonlyArray<number>>

/**
 * The number of batches of `n` items, including the incomplete last one unless it is dropped.
 *
 * @example
 * import { batchCount } from './index.js'
 *
 * assert.strictEqual(batchCount({ n: 709, bs: 64, dropLast: true }), 11)
 * assert.strictEqual(batchCount({ n: 709, bs: 64, dropLast: false }), 12)
 *
 * @since 0.1.0
 */
export const batchCount = (of: { readonly n: number; readonly bs: number; readonly dropLast: boolean }): number =>
  of.dropLast ? Math.floor(of.n / of.bs) : Math.ceil(of.n / of.bs)

/**
 * The batches of one epoch, shuffled by `splitSeed(seed, 'order', epoch)` or in order; with `draws`, of items that are
 * drawn from seed and epoch, too.
 *
 * @example
 * import { batchOrder } from './index.js'
 *
 * assert.deepStrictEqual(batchOrder({ n: 5, bs: 2, shuffle: false, dropLast: false, seed: 1, epoch: 0 }), [[0, 1], [2, 3], [4]])
 *
 * @since 0.1.0
 */
export const batchOrder = (of: {
  readonly n: number
  readonly bs: number
  readonly shuffle: boolean
  readonly dropLast: boolean
  readonly seed: Seed
  readonly epoch: number
  readonly draws?: Draws
}): Batches => {
  const places = of.shuffle
    ? permutation(splitSeed(of.seed, 'order', of.epoch), of.n)
    : Array.from({ length: of.n }, (_, i) => i)
  const drawn = of.draws === undefined ? undefined : drawnItems(of.draws, of.seed, of.epoch)
  const order = drawn === undefined ? places : places.map((place) => drawn[place]!)
  return Array.from({ length: batchCount(of) }, (_, k) => order.slice(k * of.bs, (k + 1) * of.bs))
}

/**
 * The fields of a data description that determine batches.
 *
 * @category batches
 * @since 0.1.0
 */
export interface Batching {
  readonly bs: number
  readonly shuffle: boolean
  readonly dropLast: boolean
  readonly seed: Seed
  /** Balanced sampling; default: each item once. */
  readonly draws?: Draws
}

/**
 * The training batches of an epoch over `n` items. An error with batch size and number of items if there is no full
 * batch.
 *
 * @example
 * import { imageFolder } from 'graft-vision'
 * import { Io } from 'graft-vision/node'
 *
 * const spec = imageFolder('photos')
 * assert.strictEqual(Io.trainOrder(spec, 130)(0)._tag, 'Right')
 * assert.strictEqual(Io.trainOrder(spec, 63)(0)._tag, 'Left')
 *
 * @category batches
 * @since 0.1.0
 */
export const trainOrder =
  (spec: Batching, n: number) =>
  (epoch: number): E.Either<DataError, Batches> => {
    const { bs, shuffle, dropLast, seed, draws } = spec
    const batches = batchOrder({ n, bs, shuffle, dropLast, seed, epoch, ...(draws === undefined ? {} : { draws }) })
    return batches.length > 0
      ? E.right(batches)
      : E.left(
          tooFewItems(
            'data.train',
            `at least ${dropLast ? bs : 1} training items for batches of ${bs}`,
            `${n}`,
            n === 0
              ? 'add training images'
              : `use withBatchSize(${n}) or less, or keep the incomplete batch: withDropLast(false)`
          )
        )
  }

/**
 * The validation batches: all items in order.
 *
 * @example
 * import { imageFolder } from 'graft-vision'
 * import { Io } from 'graft-vision/node'
 *
 * assert.strictEqual(Io.validOrder(imageFolder('photos'), 65).length, 2)
 *
 * @category batches
 * @since 0.1.0
 */
export const validOrder = (
  spec: { readonly bs: number; readonly validBs: O.Option<number>; readonly seed: Seed },
  n: number
): Batches => {
  const bs = O.getOrElse(() => spec.bs)(spec.validBs)
  return batchOrder({ n, bs, shuffle: false, dropLast: false, seed: spec.seed, epoch: 0 })
}
