/**
 * `Training`: the input of a training step, and `Stepped`: its result.
 */
import type * as tf from '@tensorflow/tfjs-core'
import type { Plan, PlanParameter } from '../../plan/index.js'
import type { Hyper, Loss, Optimiser, WeightDecay } from '../../recipe/index.js'
import type { Seed } from '../../Seed.js'
import type { Bucket } from './buckets.js'
import type { InPlace } from './inPlace.js'
import type { Values } from './tensors.js'

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
  /** Whether a loss that is not finite leaves everything unchanged. Default false. */
  readonly ifFinite?: boolean
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
  /** Present if steps change the trained parameters and the optimiser's tensors in place. */
  readonly inPlace: InPlace | undefined
}

/**
 * The result of a step: the loss before it, and the tensors that replace the old ones; with `inPlace`, the gradients of
 * the trained buckets instead of new parameters and state.
 */
export interface Stepped {
  readonly loss: tf.Scalar
  readonly values: ReadonlyArray<readonly [key: string, tensor: tf.Tensor]>
  readonly optimiser: ReadonlyArray<readonly [key: string, tensors: ReadonlyArray<tf.Tensor>]>
  readonly slopes: ReadonlyArray<readonly [key: string, tensor: tf.Tensor]>
}

/** The tensors that a step would put in place of others, or change others with. */
export const nextTensors = ({ values, optimiser, slopes }: Stepped): ReadonlyArray<tf.Tensor> => [
  ...values.map(([, tensor]) => tensor),
  ...optimiser.flatMap(([, tensors]) => tensors),
  ...slopes.map(([, tensor]) => tensor)
]
