/**
 * `openBatches`: the batches of an epoch, decoded ahead of training.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ReaderIO } from 'fp-ts/lib/ReaderIO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { normaliseInto, type Batches, type DataError, type Pixels, type Stats } from '../../data/index.js'
import type { PointFrame } from '../../data/pixel/index.js'
import type { Dataset, Item, View } from './Data.js'
import type { HasFiles } from '../Files.js'
import type { HasImages } from '../Images.js'
import type { IoError } from '../IoError.js'
import { parallel } from '../workers/parallel.js'

/**
 * `n` images. `x`: normalised, [n, height, width, 3]. `y`: class indices; in segmentation those of pixels, [n, height ·
 * width]; a 0 or 1 for each label, or numbers, [n, outputs]; x and y of points in the network's coordinates, NaN for
 * missing ones, [n, points, 2]; or samples of target images in [0, 1], [n, height · width · channels].
 *
 * @category batches
 * @since 0.1.0
 */
export interface Batch {
  readonly x: Float32Array
  readonly y: Int32Array | Float32Array
  /** How much each image counts in the training loss; default: all alike. */
  readonly w?: Float32Array
  /** For points: the way back to the pixels of each image. */
  readonly frames?: ReadonlyArray<PointFrame>
  readonly n: number
  readonly indices: ReadonlyArray<number>
  readonly files: ReadonlyArray<string>
}

/**
 * Batches in sequence. `next` returns `none` after the last one, after an error, and once closed; `close` waits for
 * pending decoding. `recycle` gives up a batch that `next` returned: a later batch may overwrite its `x`. Without it,
 * every batch allocates memory, and the garbage collector runs about once a batch.
 *
 * @category batches
 * @since 0.1.0
 */
export interface BatchReader {
  readonly next: TaskEither<DataError | IoError, O.Option<Batch>>
  readonly recycle: (batch: Batch) => IO<void>
  readonly close: Task<void>
}

type Loaded = E.Either<DataError | IoError, Batch>

/** Samples in [0, 1]; target images are not normalised. */
const sideBySide = (pictures: ReadonlyArray<Pixels>): Float32Array => {
  const each = pictures[0]!.data.length
  const y = new Float32Array(pictures.length * each)
  pictures.forEach(({ data }, k) => {
    for (let i = 0, at = k * each; i < each; i++, at++) y[at] = data[i]! / 255
  })
  return y
}

/** The targets of images: classes of images or of pixels, labels or numbers, one image after the other. */
const targetsOf = (items: ReadonlyArray<Item>): Batch['y'] => {
  if (items[0]?.points !== undefined) return Float32Array.from(items.flatMap(({ points }) => points!.xy))
  if (items[0]?.goal !== undefined) return sideBySide(items.map(({ goal }) => goal!))
  const each = items[0]?.mask?.length
  if (each === undefined) {
    const targets = items.map((item) => item.target)
    return targets.every((target) => typeof target === 'number')
      ? Int32Array.from(targets)
      : Float32Array.from(targets.flat())
  }
  const y = new Int32Array(items.length * each)
  items.forEach(({ mask }, k) => y.set(mask!, k * each))
  return y
}

/** Weights of images in the loss, if any has one. */
const weightsOf = (items: ReadonlyArray<Item>): Pick<Batch, 'w'> =>
  items.some(({ weight }) => weight !== undefined) ? { w: Float32Array.from(items, ({ weight }) => weight ?? 1) } : {}

const framesOf = (items: ReadonlyArray<Item>): Pick<Batch, 'frames'> =>
  items[0]?.points === undefined ? {} : { frames: items.map(({ points }) => points!.frame) }

/** The memory of batches that have been given up. */
const arrays = () => {
  const lent = new WeakSet<Float32Array>()
  const spare: Array<Float32Array> = []
  return {
    take: (length: number): Float32Array => {
      const found = spare.findIndex((array) => array.length === length)
      const array = found < 0 ? new Float32Array(length) : spare.splice(found, 1)[0]!
      lent.add(array)
      return array
    },
    /** Only once per batch, so that two batches never share memory. */
    giveBack: (array: Float32Array): void => {
      if (lent.delete(array)) spare.push(array)
    }
  }
}

const assemble = (
  items: ReadonlyArray<Item>,
  indices: ReadonlyArray<number>,
  stats: Stats,
  take: (length: number) => Float32Array
): Batch => {
  const into = normaliseInto(stats)
  const each = items[0]?.pixels.data.length ?? 0
  const x = take(items.length * each)
  items.forEach((item, k) => into(x, k * each, item.pixels.data))
  return {
    x,
    y: targetsOf(items),
    ...weightsOf(items),
    ...framesOf(items),
    n: items.length,
    indices,
    files: items.map((i) => i.file)
  }
}

/**
 * Opens the batches of one epoch. Up to `prefetch` (2) batches are decoded in parallel while one is used; nothing
 * starts before the first `next`. `views` gives the transforms of each position's image, and `repeats` says for each
 * how often it was drawn in the epoch before (default: never). A file that can no longer be
 * read is an error that names it.
 *
 * @example
 * import { digits, withBatchSize } from 'graft-vision'
 * import { Io, nodeIo, openData } from 'graft-vision/node'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const env = nodeIo()
 * const path = join(mkdtempSync(join(tmpdir(), 'graft-')), 'digits')
 * const data = await openData(withBatchSize(4)(digits({ n: 8, path })))(env)()
 * if (data._tag === 'Left') throw new Error(data.left.found)
 * const { spec, train, stats } = data.right
 * const order = Io.trainOrder(spec, train.length)(0)
 * if (order._tag === 'Left') throw new Error(order.left.found)
 * const reader = Io.openBatches({ dataset: train, batches: order.right, stats })(env)()
 * const first = await reader.next()
 * assert.ok(first._tag === 'Right' && first.right._tag === 'Some' && first.right.value.x.length === 4 * 28 * 28 * 3)
 * await reader.close()
 *
 * @category batches
 * @since 0.1.0
 */
export const openBatches =
  (of: {
    readonly dataset: Dataset
    readonly batches: Batches
    readonly stats: Stats
    readonly prefetch?: number
    readonly views?: (i: number, repeat: number) => View
    readonly repeats?: ReadonlyArray<ReadonlyArray<number>>
  }): ReaderIO<HasFiles & HasImages, BatchReader> =>
  (env) =>
  () => {
    const { dataset, batches, stats, prefetch = 2, views, repeats } = of
    const ahead: Array<Promise<Loaded>> = []
    const { take, giveBack } = arrays()
    let started = 0
    let closed = false
    const load = async (b: number): Promise<Loaded> => {
      const indices = batches[b]!
      const atOnce = dataset.atOnce ?? env.images.workers
      const viewOf = (i: number, k: number): View | undefined => views?.(i, repeats?.[b]?.[k] ?? 0)
      const items = await parallel(atOnce, (i: number, k) => dataset.item(i, viewOf(i, k))(env))(indices)()
      return E.map((all: ReadonlyArray<Item>) => assemble(all, indices, stats, take))(E.sequenceArray(items))
    }
    const fill = (): void => {
      while (!closed && started < batches.length && ahead.length < prefetch) ahead.push(load(started++))
    }
    return {
      next: async () => {
        if (closed) return E.right(O.none)
        const batch = ahead.shift() ?? (started < batches.length ? load(started++) : undefined)
        fill()
        if (batch === undefined) return E.right(O.none)
        const loaded = await batch
        if (E.isLeft(loaded)) closed = true
        return E.map(O.some<Batch>)(loaded)
      },
      recycle:
        ({ x }) =>
        () =>
          giveBack(x),
      close: async () => {
        closed = true
        await Promise.all(ahead.splice(0))
      }
    }
  }
