// Every kind of layer is known to everything that reads one: equality, display, JSON, plans, the engines.
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import * as _ from '../src/index.js'
import { engineShape, initialState, runNetwork, toEngine } from '../src/node.js'
import { cpu, expectClose, numbers, ort, resultsOn } from './engine/engines.js'
import { right } from './io/workplace.js'

interface Example {
  readonly layer: _.Layer
  readonly input: _.Shape
  readonly output: _.Shape
}

const map: _.Shape = [4, 5, 5]
const onMap = (layer: _.Layer, output: _.Shape = map): Example => ({ layer, input: map, output })

const examples: { readonly [T in _.Layer['_tag']]: Example } = {
  Conv2d: onMap(_.conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }), [6, 3, 3]),
  Linear: { layer: _.linear(4, 3), input: [4, 1, 1], output: [3] },
  BatchNorm: onMap(_.batchNorm(4)),
  MaxPool2d: onMap(_.maxPool2d(3, { stride: 2, padding: 1, ceilMode: true }), [4, 3, 3]),
  AvgPool2d: onMap(_.avgPool2d(2, { ceilMode: true }), [4, 3, 3]),
  AdaptiveAvgPool2d: onMap(_.adaptiveAvgPool2d(2), [4, 2, 2]),
  AdaptiveMaxPool2d: onMap(_.adaptiveMaxPool2d([2, 3]), [4, 2, 3]),
  AdaptiveConcatPool2d: onMap(_.adaptiveConcatPool2d(1), [8, 1, 1]),
  Relu: onMap(_.relu),
  Relu6: onMap(_.relu6),
  LeakyRelu: onMap(_.leakyRelu(0.1)),
  Sigmoid: onMap(_.sigmoid),
  Tanh: onMap(_.tanh),
  SigmoidRange: onMap(_.sigmoidRange(-1, 2)),
  PixelShuffle: onMap(_.pixelShuffle(2), [1, 10, 10]),
  Blur: onMap(_.blur),
  ResizeNearest: onMap(_.resizeNearest([3, 7]), [4, 3, 7]),
  SelfAttention: onMap(_.selfAttention(4)),
  WeightNorm: onMap(_.weightNorm(_.conv2d(4, 6, 3)), [6, 3, 3]),
  SpectralNorm: onMap(_.spectralNorm(_.conv2d(4, 6, 3)), [6, 3, 3]),
  Flatten: onMap(_.flatten, [100]),
  Identity: onMap(_.identity),
  Dropout: onMap(_.dropout(0.5)),
  Scale: onMap(_.scale(0.2)),
  PadChannels: onMap(_.padChannels(1, 2), [7, 5, 5]),
  Sequential: onMap(_.sequential(_.named('a', _.relu), _.scale(2))),
  Sum: onMap(_.sum(_.relu, _.identity)),
  Product: onMap(_.product(_.relu, _.sequential(_.adaptiveAvgPool2d(1), _.sigmoid))),
  Concat: onMap(_.concat(_.relu, _.identity), [8, 5, 5])
}

describe.each(Object.entries(examples))('a layer of kind %s', (kind, { layer, input, output }) => {
  const first = kind === 'Linear' ? [_.flatten] : []
  const network = _.sequential(...first, _.named('it', layer))
  const planned = right(_.plan({ input })(_.arch({ name: 'net', network })))

  it('is equal to itself and to no other kind', () => {
    const equal = Object.values(examples).filter((other) => _.eqLayer.equals(layer, other.layer))
    expect(equal.map((other) => other.layer._tag)).toEqual([kind])
  })
  it('is shown by its kind and recognised as a layer', () => {
    expect(_.showLayer.show(layer)).toMatch(new RegExp(`^${kind}\\(`))
    expect(_.isLayer(layer)).toBe(true)
  })
  it('survives JSON', () => {
    expect(right(_.decodeLayer(JSON.parse(JSON.stringify(right(_.encodeLayer(layer))))))).toStrictEqual(layer)
  })
  it('gives the planned shape on every engine, and the same numbers', () => {
    expect(planned.output).toEqual(output)
    const state = initialState(planned, 1)
    const run = (): tf.Tensor => {
      const [c, h, w] = input
      const x = tf.tensor(numbers(1, 2 * _.sizeOf(input)), [2, h!, w!, c!])
      const arrays = (path: string): tf.Tensor => {
        const { shape } = [...planned.parameters, ...planned.buffers].find((a) => a.path === path)!
        return tf.tensor(toEngine(state.get(path)!, shape), engineShape(shape))
      }
      return runNetwork(planned, x, arrays, { _tag: 'Evaluation' })
    }
    const [c, h, w] = output
    const results = [ort, cpu].map((engine) => resultsOn(engine, run))
    expect(results[0]![0]!.shape).toEqual(h === undefined ? [2, c!] : [2, h, w!, c!])
    expectClose(results[0]!, results[1]!, 'operation')
  })
})
