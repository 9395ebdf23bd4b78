/**
 * `StepTensors`: the inputs that differ in each training step: the batch, dropout masks and hyperparameters.
 */
import * as tf from '@tensorflow/tfjs-core'
import { sizeOf } from '../../model/index.js'
import type { PlanParameter } from '../../plan/index.js'
import { optimiserTraits } from '../../recipe/index.js'
import { generator, type Seed, splitSeed } from '../../Seed.js'
import type { ParameterHyper } from '../optimisers/index.js'
import type { Training, StepInput, StepOptions } from './Training.js'
import { hyperKey } from './trainingBuckets.js'

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
export interface StepTensors {
  readonly x: tf.Tensor
  readonly y: tf.Tensor
  /** The weights of the samples; none: all alike. */
  readonly w: ReadonlyArray<tf.Tensor>
  /** By the path of their dropout or stochastic depth. */
  readonly masks: ReadonlyMap<string, tf.Tensor>
  /** By the parameters that share them, see `hyperKey`. */
  readonly hypers: ReadonlyMap<string, tf.Tensor1D>
}

export const masksOf = ({ plan, options }: Training, n: number, step: number): StepTensors['masks'] =>
  new Map(
    plan.layers.flatMap(({ path, layer, output }) => {
      if ((layer._tag !== 'Dropout' && layer._tag !== 'StochasticDepth') || layer.p === 0) return []
      const whole = output.length === 3 ? [n, output[1]!, output[2]!, output[0]!] : [n, ...output]
      const shape = layer._tag === 'Dropout' ? whole : whole.map((side, axis) => (axis === 0 ? side : 1))
      const mask = tf.tensor(dropoutMask(options.seed, step, path, layer.p, sizeOf(shape)), shape)
      return [[path, mask] as const]
    })
  )

/** What a parameter's update depends on in one step, besides its gradient. */
export const hyperOf = (p: PlanParameter, input: StepInput, options: StepOptions, t: number): ParameterHyper => {
  const lr = input.lrs[p.group]!
  const decay = typeof input.wd === 'number' ? input.wd : input.wd[p.group]!
  const wd = p.decays === 'always' || options.bnWd ? decay : 0
  const { weightDecay } = optimiserTraits(options.optimiser)
  const decoupled = weightDecay === 'decoupled' || (weightDecay === 'trueWd' && options.trueWd)
  return { lr, mom: input.mom, decay: decoupled ? 1 - lr * wd : 1, wd: decoupled ? 0 : wd, t }
}

export const hypersOf = (
  { buckets, options }: Training,
  input: StepInput,
  t: number
): ReadonlyMap<string, ParameterHyper> =>
  new Map(buckets.trained.map(([p]) => [hyperKey(p!, options), hyperOf(p!, input, options, t)]))
