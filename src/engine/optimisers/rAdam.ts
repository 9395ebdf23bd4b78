/**
 * RAdam, and Ranger, which adds lookahead. Numbers that depend on the step alone are hyperparameters, 0 or 1 where they
 * choose, so that one graph serves every step.
 */
import * as tf from '@tensorflow/tfjs-core'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import type { Graph, Ref } from '../onnxruntime/graph/Graph.js'
import { average, averageIn } from './average.js'
import type { OptimiserStep, StepInputs } from './OptimiserStep.js'

/** √(1−β2ᵗ) times the rectification of the second moment's variance, or 0 while its ρ is at most 5 (Liu et al. 2019). */
const rectified = (beta2: number, t: number): number => {
  const correction = 1 - beta2 ** t
  const most = 2 / (1 - beta2) - 1
  const rho = most - (2 * t * beta2 ** t) / correction
  if (rho <= 5) return 0
  return Math.sqrt((correction * ((rho - 4) * (rho - 2) * most)) / ((most - 4) * (most - 2) * rho))
}

type Moments = 'exp_avg' | 'exp_avg_sq'
type MomentHyper = 'beta1' | 'beta2' | 'eps' | 'correction1' | 'rectified' | 'plain'

const hyper: OptimiserStep<'RAdam' | 'Ranger', MomentHyper>['hyper'] = {
  beta1: (_, { mom }) => mom,
  beta2: ({ betas }) => betas[1],
  eps: ({ eps }) => eps,
  correction1: (_, { mom, t }) => 1 - mom ** t,
  rectified: ({ betas }, { t }) => rectified(betas[1], t),
  plain: ({ betas }, { t }) => (rectified(betas[1], t) === 0 ? 1 : 0)
}

/** The updated parameter, and both moments. */
const composed = ({ p, g, state: { exp_avg, exp_avg_sq }, h }: StepInputs<tf.Tensor, Moments, MomentHyper>) => {
  const m = average(h('beta1'), exp_avg, g)
  const v = average(h('beta2'), exp_avg_sq, tf.square(g))
  const scale = tf.add(tf.div(h('rectified'), tf.add(tf.sqrt(v), h('eps'))), h('plain'))
  return [tf.sub(p, tf.mul(tf.mul(m, scale), tf.div(h('lr'), h('correction1')))), m, v] as const
}

const fused = (graph: Graph, { p, g, state: { exp_avg, exp_avg_sq }, h }: StepInputs<Ref, Moments, MomentHyper>) => {
  const { add, sub, mul, div, sqrt, square } = arithmetic(graph)
  const m = averageIn(graph)(h('beta1'), exp_avg, g)
  const v = averageIn(graph)(h('beta2'), exp_avg_sq, square(g))
  const scale = add(div(h('rectified'), add(sqrt(v), h('eps'))), h('plain'))
  return [sub(p, mul(mul(m, scale), div(h('lr'), h('correction1')))), m, v] as const
}

export const rAdamStep: OptimiserStep<'RAdam', MomentHyper> = {
  kernelName: 'GraftRAdamStep',
  hyper,
  attributes: () => ({}),
  composed,
  fused
}

export const rangerStep: OptimiserStep<'Ranger', MomentHyper | 'first' | 'pull' | 'keep' | 'sync'> = {
  kernelName: 'GraftRangerStep',
  hyper: {
    ...hyper,
    first: (_, { t }) => (t === 1 ? 1 : 0),
    pull: ({ k, alpha }, { t }) => (t % k === 0 ? alpha : 0),
    keep: ({ k }, { t }) => (t % k === 0 ? 0 : 1),
    sync: ({ k }, { t }) => (t % k === 0 ? 1 : 0)
  },
  attributes: () => ({}),
  composed: ({ p, g, state, h }, { decays }) => {
    const decayed = decays ? tf.sub(p, tf.mul(p, tf.mul(h('lr'), h('wd')))) : p
    const [fast, m, v] = composed({ p: decayed, g, state, h })
    const before = tf.add(state.slow, tf.mul(p, h('first')))
    const slow = tf.add(before, tf.mul(tf.sub(fast, before), h('pull')))
    return [tf.add(tf.mul(fast, h('keep')), tf.mul(slow, h('sync'))), m, v, slow]
  },
  fused: (graph, { p, g, state, h }, { decays }) => {
    const { add, sub, mul } = arithmetic(graph)
    const decayed = decays ? sub(p, mul(p, mul(h('lr'), h('wd')))) : p
    const [fast, m, v] = fused(graph, { p: decayed, g, state, h })
    const before = add(state.slow, mul(p, h('first')))
    const slow = add(before, mul(sub(fast, before), h('pull')))
    return [add(mul(fast, h('keep')), mul(slow, h('sync'))), m, v, slow]
  }
}
