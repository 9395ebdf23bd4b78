/**
 * One training step: loss, gradients, and what parameters, statistics and the optimiser's arrays become. It changes
 * nothing that it is given, so that a step which fails can be forgotten.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { Plan, PlanParameter } from '../../plan/index.js'
import type { Hyper, Loss, Optimiser } from '../../recipe/index.js'
import { generator, type Seed, splitSeed } from '../../Seed.js'
import type { EngineError } from '../EngineError.js'
import { type EngineBatch, inputTensor, targetTensor } from './EngineBatch.js'
import { type BatchStatistics, forward, type Mode } from './forward.js'
import { lossPerSample, meanLoss } from './losses.js'
import { hyperTensor, isDecoupled, optimiserStep, type ParameterHyper } from './optimise.js'
import { scoped, type Values } from './tensors.js'

/**
 * How steps are made.
 *
 * @since 0.1.0
 */
export interface StepOptions {
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly trueWd: boolean
  readonly bnWd: boolean
  /** Largest 2-norm of all gradients together; null: no clipping. */
  readonly clip: number | null
  readonly seed: Seed
}

/**
 * What one step is told.
 *
 * @since 0.1.0
 */
export interface StepInput extends Hyper {
  readonly mom: number
  readonly wd: number
  /** Names the step for its dropout masks: the number of training steps made before it. */
  readonly step: number
}

/** The optimiser's tensors by the path of their parameter. */
export type OptimiserTensors = Map<string, ReadonlyArray<tf.Tensor>>

/** What a step reads. */
export interface Training {
  readonly plan: Plan
  readonly trainable: ReadonlyArray<PlanParameter>
  readonly options: StepOptions
  readonly values: Values
  readonly optimiser: OptimiserTensors
}

/** What a step gives, kept: the loss before it, and the tensors to put in the place of the old ones. */
export interface Stepped {
  readonly loss: tf.Scalar
  readonly values: ReadonlyArray<readonly [path: string, tensor: tf.Tensor]>
  readonly optimiser: ReadonlyArray<readonly [path: string, tensors: ReadonlyArray<tf.Tensor>]>
}

/** The tensors that a step would put in the place of others. */
export const nextTensors = ({ values, optimiser }: Stepped): ReadonlyArray<tf.Tensor> => [
  ...values.map(([, tensor]) => tensor),
  ...optimiser.flatMap(([, tensors]) => tensors)
]

/** The multiplier of a dropout layer at a step: a function of seed, step and path alone. */
const dropoutMask = (seed: Seed, step: number, path: string, p: number, size: number): Float32Array => {
  const random = generator(splitSeed(seed, 'dropout', step, path))
  const keep = p >= 1 ? 0 : 1 / (1 - p)
  return Float32Array.from({ length: size }, () => (random.uniform() < p ? 0 : keep))
}

const trainingMode = (options: StepOptions, step: number, all: Array<BatchStatistics>): Mode => ({
  _tag: 'Training',
  dropout: (path, p, shape) => tf.tensor(dropoutMask(options.seed, step, path, p, sizeOf(shape)), [...shape]),
  statistics: (s) => {
    // kept beyond the tape's scope; freed once the step is made or has failed
    tf.keep(s.mean)
    tf.keep(s.variance)
    all.push(s)
  }
})

/** r ← (1−m)·r + m·batch, the variance unbiased (torch's BatchNorm). */
const movedStatistics = ({ plan, values }: Training, all: ReadonlyArray<BatchStatistics>): Stepped['values'] => {
  const momenta = new Map(plan.layers.map(({ path, layer }) => [path, layer._tag === 'BatchNorm' ? layer.momentum : 0]))
  return all.flatMap(({ path, mean, variance, count }) => {
    const m = momenta.get(path)!
    const moved = (name: string, batch: tf.Tensor) => {
      const key = `${path}.${name}`
      return [key, tf.add(tf.mul(values.get(key)!, 1 - m), tf.mul(batch, m))] as const
    }
    return [moved('running_mean', mean), moved('running_var', tf.mul(variance, count / (count - 1)))]
  })
}

/** Scales gradients so that their common norm is at most `clip` (torch's clip_grad_norm_). */
const clipped = (gradients: ReadonlyArray<tf.Tensor>, clip: number | null): ReadonlyArray<tf.Tensor> => {
  if (clip === null) return gradients
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))))
  const factor = tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)))
  return gradients.map((g) => tf.mul(g, factor))
}

const hyperOf = (p: PlanParameter, input: StepInput, options: StepOptions, t: number): ParameterHyper => {
  const lr = input.lrs[p.group]!
  const wd = p.decays === 'always' || options.bnWd ? input.wd : 0
  const decoupled = isDecoupled(options.optimiser, options.trueWd)
  return { lr, mom: input.mom, decay: decoupled ? 1 - lr * wd : 1, l2: decoupled ? 0 : wd, t }
}

type Update = Pick<Stepped, 'values' | 'optimiser'>

const updated = (
  { trainable, options, values, optimiser }: Training,
  gradients: ReadonlyArray<tf.Tensor>,
  input: StepInput,
  t: number
): E.Either<EngineError, Update> => {
  const hypers = new Map<string, { readonly h: ParameterHyper; readonly tensor: tf.Tensor1D }>()
  const parameters: Array<Update['values'][number]> = []
  const states: Array<Update['optimiser'][number]> = []
  for (const [i, p] of trainable.entries()) {
    const key = `${p.group} ${p.decays}`
    if (!hypers.has(key)) {
      const h = hyperOf(p, input, options, t)
      hypers.set(key, { h, tensor: hyperTensor(options.optimiser, h) })
    }
    const { h, tensor } = hypers.get(key)!
    const [value, state] = [values.get(p.path)!, optimiser.get(p.path)!]
    const next = optimiserStep(options.optimiser, value, gradients[i]!, state, h, tensor)
    if (E.isLeft(next)) return next
    const [parameter, ...arrays] = next.right
    parameters.push([p.path, parameter!])
    states.push([p.path, arrays])
  }
  return E.right({ values: parameters, optimiser: states })
}

/** tfjs frees what the tape saved for the gradients once they are there, and never when one of them fails. */
const freeTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0) return
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? [])
  state.activeTape = []
}

/** Loss and gradients; a parameter that the loss does not depend on has zeros. */
const differentiated = (
  { plan, trainable, options, values }: Training,
  batch: EngineBatch,
  mode: Mode
): { readonly loss: tf.Scalar; readonly gradients: ReadonlyArray<tf.Tensor> } => {
  const [x, y] = [inputTensor(plan, batch), targetTensor(batch)]
  const parameters = trainable.map((p) => values.get(p.path)!)
  const { value, grads } = tf.engine().gradients(
    () => {
      const outputs = forward(plan, x, (path) => values.get(path)!, mode)
      return meanLoss(options.loss, lossPerSample(options.loss, outputs, y), y)
    },
    parameters,
    undefined,
    true
  )
  return { loss: value, gradients: grads.map((g, i) => (g as tf.Tensor | null) ?? tf.zerosLike(parameters[i]!)) }
}

/** `t` counts the optimiser's steps, this one included. */
export const trainStep = (
  training: Training,
  batch: EngineBatch,
  input: StepInput,
  t: number
): E.Either<EngineError, Stepped> => {
  const statistics: Array<BatchStatistics> = []
  const step = (): E.Either<EngineError, Stepped> => {
    const mode = trainingMode(training.options, input.step, statistics)
    const { loss, gradients } = differentiated(training, batch, mode)
    return pipe(
      updated(training, clipped(gradients, training.options.clip), input, t),
      E.map(({ values, optimiser }) => ({
        loss,
        values: [...values, ...movedStatistics(training, statistics)],
        optimiser
      }))
    )
  }
  try {
    return scoped(step, (result) => (E.isLeft(result) ? [] : [result.right.loss, ...nextTensors(result.right)]))
  } catch (cause) {
    freeTape()
    throw cause
  } finally {
    tf.dispose(statistics.flatMap(({ mean, variance }) => [mean, variance]))
  }
}
