/** Stochastic gradient descent with momentum. */
import * as tf from '@tensorflow/tfjs-core'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import type { OptimiserStep } from './OptimiserStep.js'

export const sgdStep: OptimiserStep<'Sgd', 'momentum', { readonly nesterov: boolean }> = {
  kernelName: 'GraftSgdStep',
  hyper: { momentum: (_, { mom }) => mom },
  attributes: ({ nesterov }) => ({ nesterov }),
  composed: ({ p, g, state: { momentum_buffer }, h }, { nesterov }) => {
    const buffer = tf.add(tf.mul(momentum_buffer, h('momentum')), g)
    const step = nesterov ? tf.add(g, tf.mul(buffer, h('momentum'))) : buffer
    return [tf.sub(p, tf.mul(step, h('lr'))), buffer]
  },
  fused: (graph, { p, g, state: { momentum_buffer }, h }, { nesterov }) => {
    const { add, sub, mul } = arithmetic(graph)
    const buffer = add(mul(momentum_buffer, h('momentum')), g)
    const step = nesterov ? add(g, mul(buffer, h('momentum'))) : buffer
    return [sub(p, mul(step, h('lr'))), buffer]
  }
}
