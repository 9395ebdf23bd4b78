/** LAMB; its norms are taken over whole parameters. */
import * as tf from '@tensorflow/tfjs-core'
import { average } from './average.js'
import type { OptimiserStep } from './OptimiserStep.js'

const norm = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x)))

const trustRatio = (p: tf.Tensor, update: tf.Tensor): tf.Tensor => {
  const [weight, change] = [norm(p), norm(update)]
  return tf.where(tf.logicalAnd(tf.greater(weight, 0), tf.greater(change, 0)), tf.div(weight, change), tf.scalar(1))
}

export const lambStep: OptimiserStep<
  'Lamb',
  'beta1' | 'beta2' | 'eps' | 'correction1' | 'correction2',
  { readonly alwaysAdapt: boolean }
> = {
  kernelName: 'GraftLambStep',
  hyper: {
    beta1: (_, { mom }) => mom,
    beta2: ({ betas }) => betas[1],
    eps: ({ eps }) => eps,
    correction1: (_, { mom, t }) => 1 - mom ** t,
    correction2: ({ betas }, { t }) => 1 - betas[1] ** t
  },
  attributes: ({ alwaysAdapt }) => ({ alwaysAdapt }),
  composed: ({ p, g, state: { exp_avg, exp_avg_sq }, h }, { decays, alwaysAdapt }) => {
    const m = average(h('beta1'), exp_avg, g)
    const v = average(h('beta2'), exp_avg_sq, tf.square(g))
    const deviation = tf.add(tf.sqrt(tf.div(v, h('correction2'))), h('eps'))
    const direction = tf.div(tf.div(m, h('correction1')), deviation)
    const update = decays ? tf.add(direction, tf.mul(p, h('wd'))) : direction
    const rate = decays || alwaysAdapt ? tf.mul(h('lr'), trustRatio(p, update)) : h('lr')
    return [tf.sub(p, tf.mul(update, rate)), m, v]
  }
}
