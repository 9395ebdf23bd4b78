/** RMSprop. */
import * as tf from '@tensorflow/tfjs-core'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import { average, averageIn } from './average.js'
import type { OptimiserStep } from './OptimiserStep.js'

export const rmspropStep: OptimiserStep<'Rmsprop', 'alpha' | 'eps' | 'momentum'> = {
  kernelName: 'GraftRmspropStep',
  hyper: { alpha: ({ alpha }) => alpha, eps: ({ eps }) => eps, momentum: (_, { mom }) => mom },
  attributes: () => ({}),
  composed: ({ p, g, state: { square_avg, momentum_buffer }, h }) => {
    const v = average(h('alpha'), square_avg, tf.square(g))
    const buffer = tf.add(tf.mul(momentum_buffer, h('momentum')), tf.div(g, tf.add(tf.sqrt(v), h('eps'))))
    return [tf.sub(p, tf.mul(buffer, h('lr'))), v, buffer]
  },
  fused: (graph, { p, g, state: { square_avg, momentum_buffer }, h }) => {
    const { add, sub, mul, div, sqrt, square } = arithmetic(graph)
    const v = averageIn(graph)(h('alpha'), square_avg, square(g))
    const buffer = add(mul(momentum_buffer, h('momentum')), div(g, add(sqrt(v), h('eps'))))
    return [sub(p, mul(buffer, h('lr'))), v, buffer]
  }
}
