/** Adam and AdamW, which differ in how weight decay is applied. */
import * as tf from '@tensorflow/tfjs-core'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import { adamModule } from './adamModule.js'
import { average, averageIn } from './average.js'
import type { OptimiserStep } from './OptimiserStep.js'

export const adamStep: OptimiserStep<'Adam' | 'AdamW', 'beta1' | 'beta2' | 'eps' | 'correction1' | 'correction2'> = {
  kernelName: 'GraftAdamStep',
  hyper: {
    beta1: (_, { mom }) => mom,
    beta2: ({ betas }) => betas[1],
    eps: ({ eps }) => eps,
    correction1: (_, { mom, t }) => 1 - mom ** t,
    correction2: ({ betas }, { t }) => 1 - betas[1] ** t
  },
  attributes: () => ({}),
  composed: ({ p, g, state: { exp_avg, exp_avg_sq }, h }) => {
    const m = average(h('beta1'), exp_avg, g)
    const v = average(h('beta2'), exp_avg_sq, tf.square(g))
    const deviation = tf.add(tf.sqrt(tf.div(v, h('correction2'))), h('eps'))
    return [tf.sub(p, tf.div(tf.mul(m, tf.div(h('lr'), h('correction1'))), deviation)), m, v]
  },
  // Parameters are large, so everything that depends only on the step is computed on scalars, which all parameters of a
  // group share.
  fused: (graph, { p, g, state: { exp_avg, exp_avg_sq }, h }) => {
    const { add, sub, mul, div, sqrt, square } = arithmetic(graph)
    const m = averageIn(graph)(h('beta1'), exp_avg, g)
    const v = averageIn(graph)(h('beta2'), exp_avg_sq, square(g))
    // lr·(m/c1) / (sqrt(v/c2) + eps) with both corrections factored out
    const root = sqrt(h('correction2'))
    const rate = div(mul(h('lr'), root), h('correction1'))
    const direction = div(m, add(sqrt(v), mul(h('eps'), root)))
    return [sub(p, mul(direction, rate)), m, v]
  },
  inPlace: {
    module: adamModule,
    arguments: ({ p, g, state: { exp_avg, exp_avg_sq }, count }, h) => {
      const f = Math.fround
      const [beta1, beta2] = [h('beta1'), h('beta2')]
      const root = f(Math.sqrt(h('correction2')))
      const rate = f(f(h('lr') * root) / h('correction1'))
      const moments = [beta1, f(1 - beta1), beta2, f(1 - beta2)]
      return [p, g, exp_avg, exp_avg_sq, count, h('decay'), h('wd'), ...moments, f(h('eps') * root), rate]
    }
  }
}
