/** Lion. */
import * as tf from '@tensorflow/tfjs-core'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import { average, averageIn } from './average.js'
import type { OptimiserStep } from './OptimiserStep.js'

export const lionStep: OptimiserStep<'Lion', 'beta1' | 'beta2'> = {
  kernelName: 'GraftLionStep',
  hyper: { beta1: (_, { mom }) => mom, beta2: ({ betas }) => betas[1] },
  attributes: () => ({}),
  composed: ({ p, g, state: { exp_avg }, h }) => [
    tf.sub(p, tf.mul(tf.sign(average(h('beta1'), exp_avg, g)), h('lr'))),
    average(h('beta2'), exp_avg, g)
  ],
  fused: (graph, { p, g, state: { exp_avg }, h }) => {
    const { sub, mul } = arithmetic(graph)
    const direction = graph.op('Sign', [averageIn(graph)(h('beta1'), exp_avg, g)], g.shape)
    return [sub(p, mul(direction, h('lr'))), averageIn(graph)(h('beta2'), exp_avg, g)]
  }
}
