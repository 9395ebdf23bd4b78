/** Features of all images, computed once, and batches of them. */
import * as E from 'fp-ts/lib/Either.js'
import { constVoid } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Batches, validOrder } from '../../data/index.js'
import { compileInference, type Inference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  type Batch,
  type BatchReader,
  type Dataset,
  type HasFiles,
  type HasImages,
  openBatches,
  type View
} from '../../io/index.js'
import { sizeOf } from '../../model/index.js'
import type { FeaturesCached } from '../../plan/index.js'
import type { HasEngine } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { breathe } from './evaluation.js'
import { finiteOutputs } from './finite.js'

/** The features and targets of a dataset, in its order. */
interface Kept {
  /** For each view, `[length, features]`. */
  readonly views: ReadonlyArray<Float32Array>
  /** For each view; all the same, except for points. */
  readonly y: ReadonlyArray<Batch['y']>
  /** For points, the way back to pixels, for each view. */
  readonly frames: ReadonlyArray<Batch['frames']>
  /** The files of the images, and their weights in the loss. */
  readonly items: Dataset['items']
}

/** A dataset in one view. */
type Seen = Pick<Batch, 'x' | 'y' | 'frames'>

/** Features of the training and of the validation images. */
export interface Features {
  readonly train: Kept
  readonly valid: Kept
}

/** Called with the number of images done, counted once for each view; may end the computation with an `H`. */
export type OnImages<H> = (done: number, total: number) => Promise<E.Either<GraftError | H, void>>

type Result<H, A> = Promise<E.Either<GraftError | H, A>>

interface Computing<H> {
  readonly env: HasFiles & HasImages
  readonly learner: Learner
  readonly network: Inference
  /** Numbers in the features of an image. */
  readonly each: number
  readonly seen: (images: number) => ReturnType<OnImages<H>>
}

/** Copies the targets of a batch into those of its dataset, which are allocated at the first batch. */
const withTargets = (y: Batch['y'] | null, batch: Batch, first: number, length: number): Batch['y'] => {
  const each = batch.y.length / batch.n
  const all = y ?? (batch.y instanceof Int32Array ? new Int32Array(length * each) : new Float32Array(length * each))
  all.set(batch.y, first * each)
  return all
}

/** Computes the features of a dataset in one view. Batches are the same in every run, and so are features, bit for bit. */
const ofView = async <H>(c: Computing<H>, dataset: Dataset, view: View): Result<H, Seen> => {
  const { spec, stats } = c.learner.data
  const batches = validOrder(spec, dataset.length)
  const views = view.length === 0 ? {} : { views: () => view }
  const reader = openBatches({ dataset, batches, stats, ...views })(c.env)()
  const x = new Float32Array(dataset.length * c.each)
  const frames: Array<NonNullable<Batch['frames']>[number]> = []
  let y: Batch['y'] | null = null
  let done = 0
  try {
    for (;;) {
      const next = await reader.next()
      if (E.isLeft(next)) return next
      if (O.isNone(next.right))
        return E.right({ x, y: y ?? new Int32Array(0), ...(frames.length === 0 ? {} : { frames }) })
      const batch = next.right.value
      const outputs = E.chainW(finiteOutputs(batch.files))(c.network.predict(batch.x, batch.n))
      if (E.isLeft(outputs)) return outputs
      x.set(outputs.right, done * c.each)
      frames.push(...(batch.frames ?? []))
      y = withTargets(y, batch, done, dataset.length)
      done += batch.n
      const told = await c.seen(batch.n)
      if (E.isLeft(told)) return told
      reader.recycle(batch)()
      await breathe()
    }
  } finally {
    await reader.close()
  }
}

const ofDataset = async <H>(c: Computing<H>, dataset: Dataset, views: ReadonlyArray<View>): Result<H, Kept> => {
  const seen: Array<Seen> = []
  for (const view of views) {
    const made = await ofView(c, dataset, view)
    if (E.isLeft(made)) return made
    seen.push(made.right)
  }
  const [first] = seen
  const moved = first?.frames !== undefined
  return E.right({
    views: seen.map(({ x }) => x),
    y: seen.map(({ y }) => (moved ? y : first!.y)),
    frames: seen.map(({ frames }) => frames),
    items: dataset.items
  })
}

/** Computes the features of all training and validation images. */
export const computeFeatures = async <H>(
  env: HasEngine & HasFiles & HasImages,
  learner: Learner,
  { frozen, features, views }: FeaturesCached,
  told: OnImages<H>
): Result<H, Features> => {
  const { train, valid } = learner.data
  const total = views.length * train.length + valid.length
  const network = compileInference(env.engine)(frozen, learner.state)
  if (E.isLeft(network)) return network
  let done = 0
  const seen = (images: number): ReturnType<OnImages<H>> => told((done += images), total)
  const computing = { env, learner, network: network.right, each: sizeOf(features), seen }
  try {
    const began = await told(0, total)
    if (E.isLeft(began)) return began
    const ofTrain = await ofDataset(computing, train, views)
    if (E.isLeft(ofTrain)) return ofTrain
    const ofValid = await ofDataset(computing, valid, [[]])
    return E.map((kept: Kept) => ({ train: ofTrain.right, valid: kept }))(ofValid)
  } finally {
    network.right.dispose()
  }
}

/** Copies the rows at `indices`; `from` gives the array that has row `i`, which comes at place `k`. */
const rowsAt = <A extends Float32Array | Int32Array>(
  indices: ReadonlyArray<number>,
  length: number,
  from: (i: number, k: number) => A
): A => {
  const first = from(indices[0] ?? 0, 0)
  const each = first.length / length
  const rows = (
    first instanceof Int32Array ? new Int32Array(indices.length * each) : new Float32Array(indices.length * each)
  ) as A
  indices.forEach((i, k) => rows.set(from(i, k).subarray(i * each, (i + 1) * each), k * each))
  return rows
}

/** The weights of images in the loss; absent if no image has one. */
const weightsOf = (items: Dataset['items']): Pick<Batch, 'w'> =>
  items.some(({ weight }) => weight !== undefined) ? { w: Float32Array.from(items, ({ weight }) => weight ?? 1) } : {}

/** Batches of features; `viewOf` gives the view of image `i` at place `k` of batch `b`. */
export const featureBatches = (
  { views, y, frames, items }: Kept,
  batches: Batches,
  viewOf: (i: number, b: number, k: number) => number = () => 0
): BatchReader => {
  let next = 0
  const batchAt = (indices: ReadonlyArray<number>, b: number): Batch => {
    const its = indices.map((i) => items[i]!)
    const viewAt = indices.map((i, k) => viewOf(i, b, k))
    const framed = frames[0] !== undefined
    return {
      x: rowsAt(indices, items.length, (_, k) => views[viewAt[k]!]!),
      y: rowsAt<Batch['y']>(indices, items.length, (_, k) => y[viewAt[k]!]!),
      ...(framed ? { frames: indices.map((i, k) => frames[viewAt[k]!]![i]!) } : {}),
      ...weightsOf(its),
      n: indices.length,
      indices,
      files: its.map(({ file }) => file)
    }
  }
  return {
    next: () => {
      const b = next++
      const batch = O.map((indices: ReadonlyArray<number>) => batchAt(indices, b))(O.fromNullable(batches[b]))
      return Promise.resolve(E.right(batch))
    },
    recycle: () => constVoid,
    close: () => {
      next = batches.length
      return Promise.resolve()
    }
  }
}
