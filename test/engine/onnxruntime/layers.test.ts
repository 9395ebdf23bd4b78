import * as tf from '@tensorflow/tfjs-core'
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engine/index.js'
import { cpu, expectClose, hostOf, intsOf, ort, tensorOf, type Host } from '../engines.js'

interface Layer {
  readonly apply: (x: SymbolicTensor) => unknown
}

interface Case {
  readonly input: ReadonlyArray<number>
  readonly layer: () => Layer
  /** The kernels of a prediction and a step of training that the cpu package computes. */
  readonly fallbacks?: ReadonlyArray<string>
  readonly batch?: number
  /** The layer looks whole numbers below this up. */
  readonly words?: number
}

const vector = [6]
const image = [6, 6, 3]
const series = [5, 3]
const volume = [4, 4, 4, 2]

/** Two branches that a layer joins. */
const joined = (merge: { readonly apply: (xs: Array<SymbolicTensor>) => unknown }): Layer => ({
  apply: (x) => merge.apply([x, layers.activation({ activation: 'tanh' }).apply(x) as SymbolicTensor])
})

const activations = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softplus',
  'softsign',
  'swish',
  'tanh'
] as const

/** All that tfjs can differentiate: `thresholdedReLU` and `masking` are not. */
const cases: Readonly<Record<string, Case>> = {
  dense: { input: vector, layer: () => layers.dense({ units: 4, activation: 'tanh' }) },
  softmax: { input: vector, layer: () => layers.softmax() },
  dropout: { input: vector, layer: () => layers.dropout({ rate: 0.4, seed: 3 }) },
  spatialDropout1d: { input: series, layer: () => layers.spatialDropout1d({ rate: 0.4, seed: 3 }) },
  flatten: { input: image, layer: () => layers.flatten() },
  reshape: { input: image, layer: () => layers.reshape({ targetShape: [9, 12] }) },
  permute: { input: image, layer: () => layers.permute({ dims: [3, 1, 2] }) },
  repeatVector: { input: vector, layer: () => layers.repeatVector({ n: 3 }) },
  embedding: {
    input: [4],
    words: 7,
    layer: () => layers.embedding({ inputDim: 7, outputDim: 3 })
  },
  ...Object.fromEntries(
    activations.map((activation) => [activation, { input: vector, layer: () => layers.activation({ activation }) }])
  ),
  leakyReLU: { input: vector, layer: () => layers.leakyReLU({ alpha: 0.2 }) },
  prelu: { input: vector, layer: () => layers.prelu() },

  conv1d: { input: series, layer: () => layers.conv1d({ filters: 4, kernelSize: 3, activation: 'relu' }) },
  conv2d: { input: image, layer: () => layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }) },
  conv2dTranspose: { input: image, layer: () => layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2 }) },
  conv3d: {
    input: volume,
    layer: () => layers.conv3d({ filters: 2, kernelSize: 2 }),
    fallbacks: ['Conv3D', 'Conv3DBackpropFilterV2', 'Conv3DBackpropInputV2']
  },
  depthwiseConv2d: {
    input: image,
    layer: () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })
  },
  separableConv2d: {
    input: image,
    layer: () => layers.separableConv2d({ filters: 4, kernelSize: 3 })
  },
  cropping2D: {
    input: image,
    layer: () =>
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 1]
        ]
      })
  },
  // tfjs's cpu gradient confuses several images
  upSampling2d: { batch: 1, input: image, layer: () => layers.upSampling2d({ size: [2, 2] }) },
  zeroPadding2d: {
    input: image,
    layer: () =>
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 1]
        ]
      })
  },

  averagePooling1d: { input: series, layer: () => layers.averagePooling1d({ poolSize: 2 }) },
  averagePooling2d: { input: image, layer: () => layers.averagePooling2d({ poolSize: 2 }) },
  averagePooling3d: {
    input: volume,
    layer: () => layers.averagePooling3d({ poolSize: 2 }),
    fallbacks: ['AvgPool3D', 'AvgPool3DGrad']
  },
  globalAveragePooling1d: { input: series, layer: () => layers.globalAveragePooling1d() },
  globalAveragePooling2d: { input: image, layer: () => layers.globalAveragePooling2d({}) },
  globalMaxPooling1d: { input: series, layer: () => layers.globalMaxPooling1d() },
  globalMaxPooling2d: { input: image, layer: () => layers.globalMaxPooling2d({}) },
  maxPooling1d: { input: series, layer: () => layers.maxPooling1d({ poolSize: 2 }) },
  maxPooling2d: { input: image, layer: () => layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }) },
  maxPooling3d: {
    input: volume,
    layer: () => layers.maxPooling3d({ poolSize: 2 }),
    fallbacks: ['MaxPool3D', 'MaxPool3DGrad']
  },

  batchNormalization: { input: image, layer: () => layers.batchNormalization() },
  layerNormalization: { input: image, layer: () => layers.layerNormalization() },

  add: { input: vector, layer: () => joined(layers.add()) },
  average: { input: vector, layer: () => joined(layers.average()) },
  concatenate: { input: vector, layer: () => joined(layers.concatenate()) },
  dot: { input: series, layer: () => joined(layers.dot({ axes: -1 })) },
  maximum: { input: vector, layer: () => joined(layers.maximum()) },
  minimum: { input: vector, layer: () => joined(layers.minimum()) },
  multiply: { input: vector, layer: () => joined(layers.multiply()) },

  simpleRNN: { input: series, layer: () => layers.simpleRNN({ units: 4 }) },
  gru: { input: series, layer: () => layers.gru({ units: 4, returnSequences: true }) },
  lstm: { input: series, layer: () => layers.lstm({ units: 4 }) },
  bidirectional: {
    input: series,
    layer: () => layers.bidirectional({ layer: layers.gru({ units: 2 }), mergeMode: 'concat' })
  },
  timeDistributed: { input: series, layer: () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) }) },
  convLstm2d: { input: [3, 5, 5, 2], layer: () => layers.convLstm2d({ filters: 2, kernelSize: 3 }) }
}

const isVariance = ({ name }: { readonly name: string }): boolean => name.includes('variance')

interface Trained {
  readonly results: ReadonlyArray<Host>
  readonly fallbacks: ReadonlyArray<string>
}

const trained = async (engine: Engine, given: Case): Promise<Trained> => {
  const { input: shape, batch = 3, words } = given
  await tf.setBackend(engine.backend)
  const x = words === undefined ? tensorOf(1, [batch, ...shape]) : intsOf(1, [batch, ...shape], words)
  const inputs = input({ shape: [...shape] })
  // a layer before it, so that there is something to train and the gradient goes through
  const first = layers.dense({ units: shape.at(-1)!, useBias: false })
  const from = words === undefined ? (first.apply(inputs) as SymbolicTensor) : inputs
  const net = model({ inputs, outputs: given.layer().apply(from) as SymbolicTensor })
  const weights = net.weights.map((w, i) => tensorOf(10 + i, w.shape as Array<number>, 0.5, isVariance(w) ? 1 : 0))
  net.setWeights(weights)
  net.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' })
  const before = engine.stats().fallbacks
  const y = net.predict(x) as tf.Tensor
  const target = tensorOf(2, y.shape)
  const loss = (await net.trainOnBatch(x, target)) as number
  const results = [hostOf(y), { shape: [], dtype: 'float32', data: [loss] }, ...net.getWeights().map(hostOf)]
  const { fallbacks } = engine.stats()
  net.dispose()
  tf.dispose([x, y, target, ...weights])
  return { results, fallbacks: Object.keys(fallbacks).filter((kernel) => fallbacks[kernel] !== before[kernel]) }
}

describe('a layer of tfjs-layers predicts and trains as on the cpu backend', () => {
  it.for(Object.entries(cases))('%s', async ([, given]) => {
    const expected = await trained(cpu, given)
    const { results, fallbacks } = await trained(ort, given)
    expectClose(results, expected.results, 'training')
    expect(fallbacks.toSorted()).toEqual(given.fallbacks ?? [])
  })
})
