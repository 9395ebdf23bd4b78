/**
 * Gradient accumulation: batches add to gradients that one optimiser step then uses, as if they were one large batch. The
 * sums are kept outside of tfjs, by bucket.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { Engine } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import { type Bucket, joined, keyOf } from './buckets.js'
import { captured } from './captured.js'
import { type EngineBatch, inputTensor, sampleWeights, targetTensor } from './EngineBatch.js'
import { toEngine, toTorch } from './layout.js'
import { totalWeight } from './losses.js'
import { hyperTensor } from './optimise.js'
import type { Accumulated, StateDict } from './StateDict.js'
import { hypersOf, masksOf, type StepTensors } from './stepTensors.js'
import { read, scoped } from './tensors.js'
import { allBuckets } from './trainingBuckets.js'
import { type Stepped, type StepInput, type Training } from './Training.js'
import { differentiated, isOfOnesOwn } from './trainStep.js'
import { clipped, type Update, updatedBy } from './updated.js'

/** The sums of a group of batches. */
export interface Sums {
  /** By the key of the bucket, in the engine's layout. */
  readonly gradients: ReadonlyMap<string, Float32Array>
  readonly weight: number
}

/** The gradients of one batch, and the buffers that its forward pass changed. */
interface Gradients {
  readonly loss: tf.Scalar
  readonly weight: tf.Scalar
  /** In the order of the trained buckets. */
  readonly slopes: ReadonlyArray<tf.Tensor>
  readonly buffers: Stepped['values']
}

const tensorsOf = ({ loss, weight, slopes, buffers }: Gradients): ReadonlyArray<tf.Tensor> => [
  loss,
  weight,
  ...slopes,
  ...buffers.map(([, tensor]) => tensor)
]

const gradientsLike = (like: Gradients, [loss, weight, ...rest]: ReadonlyArray<tf.Tensor>): Gradients => ({
  loss: loss as tf.Scalar,
  weight: weight as tf.Scalar,
  slopes: rest.slice(0, like.slopes.length),
  buffers: like.buffers.map(([key], i) => [key, rest[like.slopes.length + i]!] as const)
})

/** A batch's loss and weight, the sums with it, and the new buffers. */
export interface Added {
  readonly loss: number
  readonly sums: Sums
  readonly buffers: Stepped['values']
}

const sumOf = (before: Float32Array | undefined, slope: Float32Array, weight: number): Float32Array =>
  before === undefined ? slope.map((g) => weight * g) : before.map((sum, i) => sum + weight * slope[i]!)

/** Differentiates batches and adds their gradients to sums, which are not changed in place. */
export const accumulator = (engine: Engine, training: Training) => {
  const { plan, options, buckets, values } = training
  const made = captured<Gradients>(engine, {
    tensorsOf,
    inThePlaceOf: gradientsLike,
    repeats: options.loss._tag !== 'CustomLoss'
  })
  const changing = allBuckets({ ...buckets, frozen: [] }).map(keyOf)
  const trace = (tensors: StepTensors): E.Either<EngineError, Gradients> =>
    differentiated(
      training,
      tensors,
      ({ loss, gradients, buffers }) =>
        E.right({
          loss,
          weight: totalWeight(options.loss, tensors.y, tensors.w[0]),
          slopes: buckets.trained.map((bucket) => joined(bucket.map(({ path }) => gradients.get(path)!))),
          buffers
        }),
      tensorsOf
    )
  return (batch: EngineBatch, step: number, sums: Sums | null): E.Either<EngineError, Added> => {
    const tensors: StepTensors = {
      x: inputTensor(plan, batch),
      y: targetTensor(plan, batch),
      w: sampleWeights(batch),
      masks: masksOf(training, batch.n, step),
      hypers: new Map()
    }
    const structure = JSON.stringify([tensors.x.shape, tensors.y.shape, tensors.y.dtype, tensors.w.length])
    const batched = [tensors.x, tensors.y, ...tensors.w, ...tensors.masks.values()]
    const inputs = () => [...changing.map((key) => values.get(key)!), ...batched]
    try {
      return pipe(
        made(structure, inputs, () => trace(tensors)),
        E.map(({ loss, weight, slopes, buffers }) => {
          try {
            const own = weight.dataSync()[0]!
            const gradients = buckets.trained.map((bucket, i) => {
              const key = keyOf(bucket)
              return [key, sumOf(sums?.gradients.get(key), read(slopes[i]!), own)] as const
            })
            const next = { gradients: new Map(gradients), weight: (sums?.weight ?? 0) + own }
            return { loss: loss.dataSync()[0]!, sums: next, buffers }
          } finally {
            tf.dispose([loss, weight, ...slopes])
          }
        })
      )
    } finally {
      tf.dispose(batched)
    }
  }
}

/** Smaller than any sensible weight; a group of ignored pixels alone has none. */
const nothing = 1e-12

const updateTensors = ({ values, optimiser }: Update): ReadonlyArray<tf.Tensor> => [
  ...values.map(([, tensor]) => tensor),
  ...optimiser.flatMap(([, tensors]) => tensors)
]

const updateLike = (like: Update, tensors: ReadonlyArray<tf.Tensor>): Update => {
  const next = tensors[Symbol.iterator]()
  const take = (): tf.Tensor => next.next().value as tf.Tensor
  return {
    values: like.values.map(([key]) => [key, take()] as const),
    optimiser: like.optimiser.map(([key, all]) => [key, all.map(take)] as const)
  }
}

/** The optimiser's step with the mean of accumulated gradients. `t` counts the optimiser's steps, including this one. */
export const updater = (engine: Engine, training: Training) => {
  const { options, buckets, values, optimiser } = training
  const made = captured<Update>(engine, {
    tensorsOf: updateTensors,
    inThePlaceOf: updateLike,
    repeats: !isOfOnesOwn(options)
  })
  const keys = buckets.trained.map(keyOf)
  const slopeOf = ({ gradients, weight }: Sums, key: string): tf.Tensor => {
    const divisor = Math.max(weight, nothing)
    return tf.tensor(
      gradients.get(key)!.map((sum) => sum / divisor),
      values.get(key)!.shape
    )
  }
  return (sums: Sums, input: Omit<StepInput, 'step'>, t: number): E.Either<EngineError, Update> => {
    const hypers = hypersOf(training, { ...input, step: 0 }, t)
    const tensors = new Map([...hypers].map(([key, h]) => [key, hyperTensor(options.optimiser, h)]))
    const slopes = keys.map((key) => slopeOf(sums, key))
    const inputs = () => [
      ...keys.map((key) => values.get(key)!),
      ...[...optimiser.values()].flat(),
      ...slopes,
      ...tensors.values()
    ]
    const trace = (): E.Either<EngineError, Update> =>
      scoped(
        () => {
          const scaled = clipped(slopes, options.clip)
          return updatedBy(training, (bucket) => scaled[keys.indexOf(keyOf(bucket))]!, hypers, tensors)
        },
        (result) => (E.isLeft(result) ? [] : updateTensors(result.right))
      )
    try {
      return pipe(
        made(JSON.stringify([...hypers.values()].map((h) => h.wd !== 0)), inputs, trace),
        E.map((next) => {
          // a lazy engine computes the step when one of its tensors is read; only then may the old ones be freed
          updateTensors(next)
            .reduce((least, tensor) => (tensor.size < least.size ? tensor : least))
            .dataSync()
          return next
        })
      )
    } finally {
      tf.dispose([...slopes, ...tensors.values()])
    }
  }
}

const parts = (bucket: Bucket, sums: Float32Array): ReadonlyArray<readonly [path: string, values: Float32Array]> => {
  let offset = 0
  return bucket.map(({ path, shape }) => {
    const own = sums.slice(offset, (offset += sizeOf(shape)))
    return [path, toTorch(own, shape)] as const
  })
}

/** Sums by the paths of parameters, in torch's layout. */
export const accumulatedOf = ({ buckets }: Training, { gradients, weight }: Sums): Accumulated => ({
  gradients: new Map(buckets.trained.flatMap((bucket) => parts(bucket, gradients.get(keyOf(bucket))!))),
  weight
})

const whole = (bucket: Bucket, gradients: StateDict): Float32Array => {
  const all = new Float32Array(bucket.reduce((sum, { shape }) => sum + sizeOf(shape), 0))
  let offset = 0
  for (const { path, shape } of bucket) {
    all.set(toEngine(gradients.get(path)!, shape), offset)
    offset += sizeOf(shape)
  }
  return all
}

/** The inverse of `accumulatedOf`. */
export const sumsOf = ({ buckets }: Training, { gradients, weight }: Accumulated): Sums => ({
  gradients: new Map(buckets.trained.map((bucket) => [keyOf(bucket), whole(bucket, gradients)])),
  weight
})
