/**
 * What a training step changes: parameters, optimiser state and running statistics.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { EngineError } from '../EngineError.js'
import type { ParameterHyper } from '../optimisers/index.js'
import { type Bucket, joined, keyOf } from './buckets.js'
import type { BatchStatistics } from './forward.js'
import { stepWith } from './optimise.js'
import type { Training, Stepped } from './Training.js'
import type { StepTensors } from './stepTensors.js'
import { hyperKey } from './trainingBuckets.js'

/** r ← (1−m)·r + m·batch, the variance unbiased (torch's BatchNorm). */
export const movedStatistics = (
  { plan, buckets, values }: Training,
  all: ReadonlyArray<BatchStatistics>
): Stepped['values'] => {
  const momenta = new Map(plan.layers.map(({ path, layer }) => [path, layer._tag === 'BatchNorm' ? layer.momentum : 0]))
  const batch = new Map<string, { readonly momentum: number; readonly of: tf.Tensor1D; readonly factor: number }>()
  for (const { path, mean, variance, count } of all) {
    const momentum = momenta.get(path)!
    batch.set(`${path}.running_mean`, { momentum, of: mean, factor: momentum })
    batch.set(`${path}.running_var`, { momentum, of: variance, factor: momentum * (count / (count - 1)) })
  }
  return buckets.statistics.map((bucket) => {
    const old = values.get(keyOf(bucket))!
    const news = bucket.map(({ path }) => batch.get(path)!)
    const each = (f: (i: number) => number) =>
      tf.tensor(
        bucket.flatMap(({ shape }, i) => Array<number>(sizeOf(shape)).fill(f(i))),
        old.shape
      )
    const kept = tf.mul(
      old,
      each((i) => 1 - news[i]!.momentum)
    )
    const taken = tf.mul(
      joined(news.map(({ of }) => of)),
      each((i) => news[i]!.factor)
    )
    return [keyOf(bucket), tf.add(kept, taken)] as const
  })
}

/** Scales gradients so that their global norm is at most `clip` (torch's clip_grad_norm_). */
export const clipped = (gradients: ReadonlyArray<tf.Tensor>, clip: number | null): ReadonlyArray<tf.Tensor> => {
  if (clip === null) return gradients
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))))
  const factor = tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)))
  return gradients.map((g) => tf.mul(g, factor))
}

export type Update = Pick<Stepped, 'values' | 'optimiser'>

/** The optimiser's step, or the gradients for it, with gradients by the paths of their parameters. */
export const updated = (
  training: Training,
  gradients: ReadonlyMap<string, tf.Tensor>,
  hypers: ReadonlyMap<string, ParameterHyper>,
  tensors: StepTensors['hypers']
): E.Either<EngineError, Update & Pick<Stepped, 'slopes'>> => {
  const paths = [...gradients.keys()]
  const scaled = new Map(clipped([...gradients.values()], training.options.clip).map((g, i) => [paths[i]!, g]))
  const slopeOf = (bucket: Bucket): tf.Tensor => joined(bucket.map(({ path }) => scaled.get(path)!))
  if (training.inPlace === undefined)
    return pipe(
      updatedBy(training, slopeOf, hypers, tensors),
      E.map((update) => ({ ...update, slopes: [] }))
    )
  const slopes = training.buckets.trained.map((bucket) => [keyOf(bucket), slopeOf(bucket)] as const)
  return E.right({ values: [], optimiser: [], slopes })
}

/** The optimiser's step, with the gradients of a bucket in its shape. */
export const updatedBy = (
  { buckets, options, values, optimiser }: Training,
  slopeOf: (bucket: Bucket) => tf.Tensor,
  hypers: ReadonlyMap<string, ParameterHyper>,
  tensors: StepTensors['hypers']
): E.Either<EngineError, Update> => {
  const parameters: Array<Update['values'][number]> = []
  const states: Array<Update['optimiser'][number]> = []
  for (const bucket of buckets.trained) {
    const [key, hyper] = [keyOf(bucket), hyperKey(bucket[0]!, options)]
    const slope = slopeOf(bucket)
    const next = stepWith(
      options.optimiser,
      values.get(key)!,
      slope,
      optimiser.get(key)!,
      hypers.get(hyper)!,
      tensors.get(hyper)!
    )
    if (E.isLeft(next)) return next
    const [parameter, ...arrays] = next.right
    parameters.push([key, parameter!])
    states.push([key, arrays])
  }
  return E.right({ values: parameters, optimiser: states })
}
