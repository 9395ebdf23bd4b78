/**
 * One training step: loss, gradients, and the new parameters, statistics and optimiser state. Its inputs are unchanged,
 * so a failed step can be discarded.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { Plan, PlanParameter } from '../../plan/index.js'
import { type Hyper, type Loss, type Optimiser, optimiserTraits, type WeightDecay } from '../../recipe/index.js'
import { generator, type Seed, splitSeed } from '../../Seed.js'
import type { Engine, Replay } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import type { ParameterHyper } from '../optimisers/index.js'
import { type EngineBatch, inputTensor, targetTensor } from './EngineBatch.js'
import { arraysIn, type Bucket, bucketsOf, joined, keyOf } from './buckets.js'
import type { Arrays } from './Arrays.js'
import { type BatchStatistics, runNetwork, type Mode } from './forward.js'
import { lossPerSample, meanLoss } from './losses.js'
import { powerSteps } from './normedWeights.js'
import { hyperTensor, stepWith } from './optimise.js'
import { scoped, type Values } from './tensors.js'

/**
 * Settings of training steps.
 *
 * @category programs
 * @since 0.1.0
 */
export interface StepOptions {
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly trueWd: boolean
  readonly bnWd: boolean
  /** Maximum global 2-norm of the gradients; null: no clipping. */
  readonly clip: number | null
  readonly seed: Seed
}

/**
 * The input of one step.
 *
 * @category programs
 * @since 0.1.0
 */
export interface StepInput extends Hyper {
  readonly mom: number
  /** Weight decay of all parameters, or of each group. */
  readonly wd: WeightDecay
  /** The number of training steps made before this one; part of the seed of its dropout masks. */
  readonly step: number
}

/** The optimiser's tensors by the key of their bucket. */
export type OptimiserTensors = Map<string, ReadonlyArray<tf.Tensor>>

/** Which arrays of a plan share a tensor. */
export interface Buckets {
  /** Trained parameters. Those of a bucket have the same hyperparameters. */
  readonly trained: ReadonlyArray<Bucket<PlanParameter>>
  readonly frozen: ReadonlyArray<Bucket>
  /** The running statistics of batch norms in training mode. */
  readonly statistics: ReadonlyArray<Bucket>
  readonly buffers: ReadonlyArray<Bucket>
}

/** The inputs of a step; `values` are keyed by bucket. */
export interface Training {
  readonly plan: Plan
  readonly options: StepOptions
  readonly buckets: Buckets
  readonly values: Values
  readonly optimiser: OptimiserTensors
}

/** The result of a step: the loss before it, and the tensors that replace the old ones. */
export interface Stepped {
  readonly loss: tf.Scalar
  readonly values: ReadonlyArray<readonly [key: string, tensor: tf.Tensor]>
  readonly optimiser: ReadonlyArray<readonly [key: string, tensors: ReadonlyArray<tf.Tensor>]>
}

/** The tensors that a step would put in place of others. */
export const nextTensors = ({ values, optimiser }: Stepped): ReadonlyArray<tf.Tensor> => [
  ...values.map(([, tensor]) => tensor),
  ...optimiser.flatMap(([, tensors]) => tensors)
]

/** The multiplier of a dropout layer at a step: a function of seed, step and path alone. */
const dropoutMask = (seed: Seed, step: number, path: string, p: number, size: number): Float32Array => {
  const random = generator(splitSeed(seed, 'dropout', step, path))
  const keep = p >= 1 ? 0 : 1 / (1 - p)
  const mask = new Float32Array(size)
  // five times faster than Float32Array.from with a function
  for (let i = 0; i < size; i++) mask[i] = random.uniform() < p ? 0 : keep
  return mask
}

/** The tensors that differ in each step: the inputs of the captured step. */
interface StepTensors {
  readonly x: tf.Tensor
  readonly y: tf.Tensor
  /** By the path of their dropout layer. */
  readonly masks: ReadonlyMap<string, tf.Tensor>
  /** By the parameters that share them, see `hyperKey`. */
  readonly hypers: ReadonlyMap<string, tf.Tensor1D>
}

const masksOf = ({ plan, options }: Training, n: number, step: number): StepTensors['masks'] =>
  new Map(
    plan.layers.flatMap(({ path, layer, output }) => {
      if (layer._tag !== 'Dropout' || layer.p === 0) return []
      const shape = output.length === 3 ? [n, output[1]!, output[2]!, output[0]!] : [n, ...output]
      const mask = tf.tensor(dropoutMask(options.seed, step, path, layer.p, sizeOf(shape)), shape)
      return [[path, mask] as const]
    })
  )

const trainingMode = (masks: StepTensors['masks'], all: Array<BatchStatistics>): Mode => ({
  _tag: 'Training',
  dropout: (path) => masks.get(path)!,
  statistics: (s) => {
    // kept beyond the tape's scope; freed once the step is made or has failed
    tf.keep(s.mean)
    tf.keep(s.variance)
    all.push(s)
  }
})

const STATISTICS = ['running_mean', 'running_var'] as const

/** The bucketing of a plan's arrays. Some optimisers must see each parameter by itself. */
export const trainingBuckets = (plan: Plan, options: StepOptions): Buckets => {
  const [trained, frozen] = [plan.parameters.filter((p) => p.trainable), plan.parameters.filter((p) => !p.trainable)]
  const { joins } = optimiserTraits(options.optimiser)
  const moving = new Set(
    plan.layers.flatMap(({ path, batchNorm }) => (batchNorm === 'batch' ? STATISTICS.map((n) => `${path}.${n}`) : []))
  )
  return {
    trained: bucketsOf(trained, (p) => (joins ? hyperKey(p, options) : undefined)),
    frozen: bucketsOf(frozen, () => undefined),
    statistics: bucketsOf(
      plan.buffers.filter(({ path }) => moving.has(path)),
      () => 'statistics'
    ),
    buffers: bucketsOf(
      plan.buffers.filter(({ path }) => !moving.has(path)),
      () => undefined
    )
  }
}

/** Every bucket of a plan's parameters and buffers. */
export const allBuckets = ({ trained, frozen, statistics, buffers }: Buckets): ReadonlyArray<Bucket> => [
  ...trained,
  ...frozen,
  ...statistics,
  ...buffers
]

/** r ← (1−m)·r + m·batch, the variance unbiased (torch's BatchNorm). */
const movedStatistics = (
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
const clipped = (gradients: ReadonlyArray<tf.Tensor>, clip: number | null): ReadonlyArray<tf.Tensor> => {
  if (clip === null) return gradients
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))))
  const factor = tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)))
  return gradients.map((g) => tf.mul(g, factor))
}

const hyperOf = (p: PlanParameter, input: StepInput, options: StepOptions, t: number): ParameterHyper => {
  const lr = input.lrs[p.group]!
  const decay = typeof input.wd === 'number' ? input.wd : input.wd[p.group]!
  const wd = p.decays === 'always' || options.bnWd ? decay : 0
  const { weightDecay } = optimiserTraits(options.optimiser)
  const decoupled = weightDecay === 'decoupled' || (weightDecay === 'trueWd' && options.trueWd)
  return { lr, mom: input.mom, decay: decoupled ? 1 - lr * wd : 1, wd: decoupled ? 0 : wd, t }
}

type Update = Pick<Stepped, 'values' | 'optimiser'>

/** Parameters of one group with the same decay have the same hyperparameters. */
const hyperKey = (p: PlanParameter, { bnWd }: StepOptions): string => (bnWd ? `${p.group}` : `${p.group} ${p.decays}`)

const hypersOf = ({ buckets, options }: Training, input: StepInput, t: number): ReadonlyMap<string, ParameterHyper> =>
  new Map(buckets.trained.map(([p]) => [hyperKey(p!, options), hyperOf(p!, input, options, t)]))

/** `gradients` by the paths of their parameters. */
const updated = (
  { buckets, options, values, optimiser }: Training,
  gradients: ReadonlyMap<string, tf.Tensor>,
  hypers: ReadonlyMap<string, ParameterHyper>,
  tensors: StepTensors['hypers']
): E.Either<EngineError, Update> => {
  const parameters: Array<Update['values'][number]> = []
  const states: Array<Update['optimiser'][number]> = []
  for (const bucket of buckets.trained) {
    const [key, hyper] = [keyOf(bucket), hyperKey(bucket[0]!, options)]
    const slope = joined(bucket.map(({ path }) => gradients.get(path)!))
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

/** tfjs frees what the tape saved once the gradients are computed, but not when one of them fails. */
const freeTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0) return
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? [])
  state.activeTape = []
}

/** Loss and gradients, by path; zeros for a parameter that the loss does not depend on. */
const differentiated = (
  { plan, buckets, options }: Training,
  { x, y }: StepTensors,
  arrays: Arrays,
  mode: Mode
): { readonly loss: tf.Scalar; readonly gradients: ReadonlyMap<string, tf.Tensor> } => {
  const paths = buckets.trained.flat().map(({ path }) => path)
  const parameters = paths.map(arrays)
  const { value, grads } = tf.engine().gradients(
    () => {
      const outputs = runNetwork(plan, x, arrays, mode)
      return meanLoss(options.loss, lossPerSample(options.loss, outputs, y), y)
    },
    parameters,
    undefined,
    true
  )
  const gradients = grads.map((g, i) => (g as tf.Tensor | null) ?? tf.zerosLike(parameters[i]!))
  const scaled = clipped(gradients, options.clip)
  return { loss: value, gradients: new Map(paths.map((path, i) => [path, scaled[i]!])) }
}

const traced = (
  training: Training,
  tensors: StepTensors,
  hypers: ReadonlyMap<string, ParameterHyper>
): E.Either<EngineError, Stepped> => {
  const statistics: Array<BatchStatistics> = []
  const step = (): E.Either<EngineError, Stepped> => {
    const before = arraysIn(allBuckets(training.buckets), training.values)
    const powers = powerSteps(training.plan, (path) => before.get(path)!)
    const arrays = new Map([...before, ...powers])
    const mode = trainingMode(tensors.masks, statistics)
    const { loss, gradients } = differentiated(training, tensors, (path) => arrays.get(path)!, mode)
    return pipe(
      updated(training, gradients, hypers, tensors.hypers),
      E.map(({ values, optimiser }) => ({
        loss,
        values: [...values, ...movedStatistics(training, statistics), ...powers],
        optimiser
      }))
    )
  }
  try {
    return scoped(step, (result) => (E.isLeft(result) ? [] : outputsOf(result.right)))
  } catch (cause) {
    freeTape()
    throw cause
  } finally {
    tf.dispose(statistics.flatMap(({ mean, variance }) => [mean, variance]))
  }
}

const outputsOf = (stepped: Stepped): ReadonlyArray<tf.Tensor> => [stepped.loss, ...nextTensors(stepped)]

/** Replaces the tensors of a step by others. */
const inThePlaceOf = (like: Stepped, [loss, ...rest]: ReadonlyArray<tf.Tensor>): Stepped => {
  const next = rest[Symbol.iterator]()
  const take = (): tf.Tensor => next.next().value as tf.Tensor
  return {
    loss: loss as tf.Scalar,
    values: like.values.map(([key]) => [key, take()] as const),
    optimiser: like.optimiser.map(([key, tensors]) => [key, tensors.map(take)] as const)
  }
}

interface Kept {
  readonly replay: Replay
  readonly like: Stepped
}

/** A user's own functions may do something different in every step. */
const isOfOnesOwn = ({ loss, optimiser }: StepOptions): boolean =>
  loss._tag === 'CustomLoss' || optimiser._tag === 'CustomOptimiser'

/**
 * Makes steps: the first of each structure is traced through tfjs and captured if the engine supports it; later ones
 * replay it. `t` counts the optimiser's steps, including this one.
 */
export const stepper = (engine: Engine, training: Training) => {
  const { plan, options, buckets, values, optimiser } = training
  const kept = new Map<string, Kept | undefined>()
  const changing = allBuckets({ ...buckets, frozen: [] }).map(keyOf)

  const inputsOf = ({ x, y, masks, hypers }: StepTensors): ReadonlyArray<tf.Tensor> => [
    ...changing.map((key) => values.get(key)!),
    ...[...optimiser.values()].flat(),
    x,
    y,
    ...masks.values(),
    ...hypers.values()
  ]

  const keep = (capture: ReturnType<Engine['capture']>, tensors: StepTensors, stepped: Stepped): Kept | undefined => {
    if (isOfOnesOwn(options)) return undefined
    const replay = capture({ inputs: inputsOf(tensors), outputs: outputsOf(stepped) })
    return replay && { replay, like: stepped }
  }

  const made = (
    structure: string,
    tensors: StepTensors,
    hypers: ReadonlyMap<string, ParameterHyper>
  ): E.Either<EngineError, Stepped> => {
    const known = kept.get(structure)
    const again = ({ replay, like }: Kept): Stepped => inThePlaceOf(like, replay(inputsOf(tensors)))
    if (known !== undefined) return E.right(again(known))
    const capture = engine.capture()
    return pipe(
      traced(training, tensors, hypers),
      E.map((stepped) => {
        const now = kept.has(structure) ? undefined : keep(capture, tensors, stepped)
        kept.set(structure, now)
        if (now === undefined) return stepped
        tf.dispose([...outputsOf(stepped)])
        return again(now)
      })
    )
  }

  return (batch: EngineBatch, input: StepInput, t: number): E.Either<EngineError, Stepped> => {
    const hypers = hypersOf(training, input, t)
    const tensors: StepTensors = {
      x: inputTensor(plan, batch),
      y: targetTensor(batch),
      masks: masksOf(training, batch.n, input.step),
      hypers: new Map([...hypers].map(([key, h]) => [key, hyperTensor(options.optimiser, h)]))
    }
    const decays = [...hypers.values()].map((h) => h.wd !== 0)
    const structure = JSON.stringify([tensors.x.shape, tensors.y.shape, tensors.y.dtype, decays])
    try {
      return made(structure, tensors, hypers)
    } finally {
      tf.dispose([tensors.x, tensors.y, ...tensors.masks.values(), ...tensors.hypers.values()])
    }
  }
}
