// Every kind of layer is known to everything that reads one: equality, display, JSON, plans, the engines.
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import * as _ from '../src/index.js'
import { isLayer, sizeOf } from '../src/model/index.js'
import { Engine } from '../src/node.js'
import { cpu, expectClose, numbers, ort, resultsOn } from './engine/engines.js'
import { right } from './io/workplace.js'

interface Example {
  readonly layer: _.nn.Layer
  readonly input: _.nn.Shape
  readonly output: _.nn.Shape
}

const map: _.nn.Shape = [4, 5, 5]
const onTokens = (layer: _.nn.Layer, output: _.nn.Shape = [25, 4]): Example => ({ layer, input: map, output })
const onMap = (layer: _.nn.Layer, output: _.nn.Shape = map): Example => ({ layer, input: map, output })

const examples: { readonly [T in _.nn.Layer['_tag']]: Example } = {
  Conv2d: onMap(_.nn.conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }), [6, 3, 3]),
  Linear: { layer: _.nn.linear(4, 3), input: [4, 1, 1], output: [3] },
  Linear2d: onMap(_.nn.linear2d(4, 3), [3, 5, 5]),
  BatchNorm: onMap(_.nn.batchNorm(4)),
  LayerNorm: onMap(_.nn.layerNorm(4)),
  GroupNorm: onMap(_.nn.groupNorm(2, 4)),
  Gelu: onMap(_.nn.geluTanh),
  Silu: onMap(_.nn.silu),
  HardSigmoid: onMap(_.nn.hardSigmoid),
  HardSwish: onMap(_.nn.hardSwish),
  LayerScale: onMap(_.nn.layerScale(4, { expanded: true })),
  StochasticDepth: onMap(_.nn.stochasticDepth(0.5)),
  PatchMerging: onMap(_.nn.patchMerging, [16, 3, 3]),
  WindowAttention: onMap(_.nn.windowAttention(4, 2, [2, 3], { shift: 1 })),
  Tokens: onMap(_.nn.tokens, [25, 4]),
  LearnedTokens: onTokens(_.nn.registerTokens(4, 2), [27, 4]),
  PositionEmbedding: onTokens(_.nn.positionEmbedding(4, [3, 7])),
  Attention: onTokens(_.nn.attention(4, 2, { qkNorm: true })),
  TakeToken: onTokens(_.nn.takeToken(3), [4]),
  MeanTokens: onTokens(_.nn.meanTokens(1), [4]),
  MaxPool2d: onMap(_.nn.maxPool2d(3, { stride: 2, padding: 1, ceilMode: true }), [4, 3, 3]),
  AvgPool2d: onMap(_.nn.avgPool2d(2, { ceilMode: true }), [4, 3, 3]),
  AdaptiveAvgPool2d: onMap(_.nn.adaptiveAvgPool2d(2), [4, 2, 2]),
  AdaptiveMaxPool2d: onMap(_.nn.adaptiveMaxPool2d([2, 3]), [4, 2, 3]),
  AdaptiveConcatPool2d: onMap(_.nn.adaptiveConcatPool2d(1), [8, 1, 1]),
  Relu: onMap(_.nn.relu),
  Relu6: onMap(_.nn.relu6),
  LeakyRelu: onMap(_.nn.leakyRelu(0.1)),
  Sigmoid: onMap(_.nn.sigmoid),
  Tanh: onMap(_.nn.tanh),
  SigmoidRange: onMap(_.nn.sigmoidRange(-1, 2)),
  PixelShuffle: onMap(_.nn.pixelShuffle(2), [1, 10, 10]),
  Blur: onMap(_.nn.blur),
  ResizeNearest: onMap(_.nn.resizeNearest([3, 7]), [4, 3, 7]),
  SelfAttention: onMap(_.nn.selfAttention(4)),
  WeightNorm: onMap(_.nn.weightNorm(_.nn.conv2d(4, 6, 3)), [6, 3, 3]),
  SpectralNorm: onMap(_.nn.spectralNorm(_.nn.conv2d(4, 6, 3)), [6, 3, 3]),
  Flatten: onMap(_.nn.flatten, [100]),
  Identity: onMap(_.nn.identity),
  Dropout: onMap(_.nn.dropout(0.5)),
  Scale: onMap(_.nn.scale(0.2)),
  PadChannels: onMap(_.nn.padChannels(1, 2), [7, 5, 5]),
  Sequential: onMap(_.nn.sequential(_.nn.named('a', _.nn.relu), _.nn.scale(2))),
  Sum: onMap(_.nn.sum(_.nn.relu, _.nn.identity)),
  Product: onMap(_.nn.product(_.nn.relu, _.nn.sequential(_.nn.adaptiveAvgPool2d(1), _.nn.sigmoid))),
  Concat: onMap(_.nn.concat(_.nn.relu, _.nn.identity), [8, 5, 5])
}

const tokenKinds = ['LearnedTokens', 'PositionEmbedding', 'Attention', 'TakeToken', 'MeanTokens']

describe.each(Object.entries(examples))('a layer of kind %s', (kind, { layer, input, output }) => {
  const first = kind === 'Linear' ? [_.nn.flatten] : tokenKinds.includes(kind) ? [_.nn.tokens] : []
  const network = _.nn.sequential(...first, _.nn.named('it', layer))
  const planned = right(_.plan({ input })(_.arch({ name: 'net', network })))

  it('is equal to itself and to no other kind', () => {
    const equal = Object.values(examples).filter((other) => _.Eq.layer.equals(layer, other.layer))
    expect(equal.map((other) => other.layer._tag)).toEqual([kind])
  })
  it('is shown by its kind and recognised as a layer', () => {
    expect(_.Show.layer.show(layer)).toMatch(new RegExp(`^${kind}\\(`))
    expect(isLayer(layer)).toBe(true)
  })
  it('survives JSON', () => {
    expect(right(_.Format.decodeLayer(JSON.parse(JSON.stringify(right(_.Format.encodeLayer(layer))))))).toStrictEqual(
      layer
    )
  })
  const state = Engine.initialState(planned, 1)
  const [channels, height, width] = input
  const shape = [2, height!, width!, channels!]
  const x = (): tf.Tensor => tf.tensor(numbers(1, 2 * sizeOf(input)), shape)
  const applied = (to: tf.Tensor): tf.Tensor =>
    Engine.runNetwork(
      planned,
      to,
      (path) => {
        const array = [...planned.parameters, ...planned.buffers].find((a) => a.path === path)!
        return tf.tensor(Engine.toEngine(state.get(path)!, array.shape), Engine.engineShape(array.shape))
      },
      { _tag: 'Evaluation' }
    )

  it('gives the planned shape on every engine, and the same numbers', () => {
    expect(planned.output).toEqual(output)
    // the engine has channels last
    const last = output.length === 3 ? [output[1]!, output[2]!, output[0]!] : output
    const results = [ort, cpu].map((engine) => resultsOn(engine, () => applied(x())))
    expect(results[0]![0]!.shape).toEqual([2, ...last])
    expectClose(results[0]!, results[1]!, 'operation')
  })
  it('has the gradient by which its output changes', () => {
    const [expected, found] = ort.use(() =>
      tf.tidy(() => {
        const loss = (to: tf.Tensor): tf.Scalar => {
          const y = applied(to)
          return tf.sum(tf.mul(y, tf.tensor(numbers(2, y.size), y.shape)))
        }
        const moved = tf.mul(tf.tensor(numbers(3, 2 * sizeOf(input)), shape), 1e-3)
        const change = tf.sub(loss(tf.add(x(), moved)), loss(tf.sub(x(), moved)))
        const slope = tf.sum(tf.mul(tf.grad(loss)(x()), moved))
        return [change.dataSync()[0]! / 2, slope.dataSync()[0]!]
      })
    )
    expect(found).toBeCloseTo(expected, 4)
  })
})
