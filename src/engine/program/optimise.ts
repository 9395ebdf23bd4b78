/**
 * Optimisers as tfjs operations: the state of a parameter, and one step.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Optimiser } from '../../recipe/index.js'
import { adamStep, rmspropStep, sgdStep } from '../fused.js'

/** Hyper-parameters of one parameter at one step. */
export interface ParameterHyper {
  readonly lr: number
  /** Momentum, or β1. */
  readonly mom: number
  /** Decoupled decay, 1 − lr·wd or 1. */
  readonly decay: number
  /** Decay inside the gradient, or 0. */
  readonly l2: number
  /** Steps since the optimiser was made, from 1. */
  readonly t: number
}

/** The names of an optimiser's state arrays, as torch calls them. */
export const stateNames = (o: Optimiser): ReadonlyArray<string> => {
  switch (o._tag) {
    case 'Adam':
      return ['exp_avg', 'exp_avg_sq']
    case 'Sgd':
      return ['momentum_buffer']
    case 'Rmsprop':
      return ['square_avg', 'momentum_buffer']
    case 'CustomOptimiser':
      return o.f.run.init(1).map((_, i) => `state.${i}`)
  }
}

/** Whether weight decay is decoupled from the gradient: `trueWd`, and always for AdamW. */
export const isDecoupled = (o: Optimiser, trueWd: boolean): boolean => trueWd || (o._tag === 'Adam' && o.decoupled)

/** The hyper-parameters as the fused step wants them, one small tensor. */
export const hyperTensor = (o: Optimiser, h: ParameterHyper): tf.Tensor1D => {
  switch (o._tag) {
    case 'Adam': {
      const beta2 = o.betas[1]
      return tf.tensor1d([h.lr, h.decay, h.l2, h.mom, beta2, o.eps, 1 - h.mom ** h.t, 1 - beta2 ** h.t])
    }
    case 'Sgd':
      return tf.tensor1d([h.lr, h.decay, h.l2, h.mom])
    case 'Rmsprop':
      return tf.tensor1d([h.lr, h.decay, h.l2, o.alpha, o.eps, h.mom])
    case 'CustomOptimiser':
      return tf.tensor1d([h.lr])
  }
}

const customStep = (
  o: Extract<Optimiser, { _tag: 'CustomOptimiser' }>,
  p: tf.Tensor,
  g: tf.Tensor,
  state: ReadonlyArray<tf.Tensor>,
  h: ParameterHyper
): ReadonlyArray<tf.Tensor> => {
  const read = (t: tf.Tensor): Float32Array => t.dataSync<'float32'>()
  const result = o.f.run.update({
    parameter: read(p).map((v) => v * h.decay),
    gradient: read(g),
    state: state.map(read),
    t: h.t,
    lr: h.lr,
    mom: h.mom,
    wd: h.l2
  })
  return [result.parameter, ...result.state].map((values) => tf.tensor(values, p.shape, 'float32'))
}

/** The parameter after a step, then its state in the order of `stateNames`. */
export const optimiserStep = (
  o: Optimiser,
  p: tf.Tensor,
  g: tf.Tensor,
  state: ReadonlyArray<tf.Tensor>,
  h: ParameterHyper,
  hyper: tf.Tensor1D
): ReadonlyArray<tf.Tensor> => {
  switch (o._tag) {
    case 'Adam': {
      const next = adamStep({ p, g, m: state[0]!, v: state[1]!, h: hyper })
      return [next.p, next.m, next.v]
    }
    case 'Sgd': {
      const next = sgdStep({ p, g, buf: state[0]!, h: hyper }, { nesterov: o.nesterov })
      return [next.p, next.buf]
    }
    case 'Rmsprop': {
      const next = rmspropStep({ p, g, v: state[0]!, buf: state[1]!, h: hyper })
      return [next.p, next.v, next.buf]
    }
    case 'CustomOptimiser':
      return customStep(o, p, g, state, h)
  }
}
