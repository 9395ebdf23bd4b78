/**
 * Access to a network: the layer at a path, an update at a path, the parameters and buffers of a layer.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { constant, type Fan, type Init } from './Init.js'
import { type Child, isCombination, type Layer } from './Layer.js'
import { mapLeaves } from './Leaf.js'
import type { LayerArray } from './LayerArray.js'
import type { Primitive } from './Primitive.js'
import { powerVectors, spectralNormed, weightNormed } from './Reparametrised.js'
import { attentionBuffers, attentionParameters } from './SelfAttention.js'
import type { Shape } from './Shape.js'

/**
 * The named children of a network in data-flow order, including those of children without a name; a cut counts these.
 *
 * @example
 * import { nn, resnet18 } from 'graft-vision'
 *
 * assert.deepStrictEqual(
 *   nn.namedChildren(resnet18.network).map((child) => child.name),
 *   ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool', 'fc']
 * )
 *
 * @category networks
 * @since 0.1.0
 */
export const namedChildren = (network: Layer): ReadonlyArray<Child & { readonly name: string }> =>
  isCombination(network)
    ? network.children.flatMap((c) => (c.name === null ? namedChildren(c.layer) : [{ name: c.name, layer: c.layer }]))
    : []

/**
 * The layer at a path, if there is one; a primitive without a name is found by the path that `leaves` gives it.
 *
 * @example
 * import { nn, resnet18 } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.ok(O.isSome(nn.layerAt('layer1.0.conv1')(resnet18.network)))
 * assert.ok(O.isSome(nn.layerAt('layer1.0/relu')(resnet18.network)))
 * assert.ok(O.isNone(nn.layerAt('layer9')(resnet18.network)))
 *
 * @category networks
 * @since 0.1.0
 */
export const layerAt =
  (path: string) =>
  (network: Layer): O.Option<Layer> => {
    const found: Array<Layer> = []
    const changed = modifyAt(path, (layer) => {
      found.push(layer)
      return layer
    })(network)
    return O.isSome(changed) ? O.some(found[0]!) : O.none
  }

/**
 * Updates the layer at a path; a primitive without a name is found by the path that `leaves` gives it. None when there
 * is no such layer.
 *
 * @example
 * import { nn } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const net = nn.sequential(nn.named('act', nn.relu))
 * assert.deepStrictEqual(nn.modifyAt('act', () => nn.leakyRelu(0.1))(net), O.some(nn.sequential(nn.named('act', nn.leakyRelu(0.1)))))
 *
 * @category networks
 * @since 0.1.0
 */
export const modifyAt =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> =>
    O.orElse(() => modifyLeaf(path, f)(network))(modifyNamed(path, f)(network))

const modifyNamed =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> => {
    if (path === '') return O.some(f(network))
    if (!isCombination(network) || path.endsWith('.')) return O.none
    for (const [i, child] of network.children.entries()) {
      const below =
        child.name === null
          ? O.some(path)
          : path === child.name
            ? O.some('')
            : path.startsWith(`${child.name}.`)
              ? O.some(path.slice(child.name.length + 1))
              : O.none
      const changed = O.isSome(below) ? modifyNamed(below.value, f)(child.layer) : O.none
      if (O.isSome(changed))
        return O.some({ ...network, children: network.children.with(i, { name: child.name, layer: changed.value }) })
    }
    return O.none
  }

/** Updates the first primitive that `leaves` gives this path, the only path of a primitive without a name. */
const modifyLeaf =
  (path: string, f: (layer: Layer) => Layer) =>
  (network: Layer): O.Option<Layer> => {
    let found = false
    const changed = mapLeaves((leaf) => {
      if (found || leaf.path !== path) return leaf.layer
      found = true
      return f(leaf.layer)
    })(network)
    return found ? O.some(changed) : O.none
  }

const weightAndBias = (
  layer: { readonly bias: boolean; readonly weightInit: Init; readonly biasInit: Init },
  shape: Shape,
  fan: Fan
): ReadonlyArray<LayerArray> => [
  { name: 'weight', shape, init: layer.weightInit, fan },
  ...(layer.bias ? [{ name: 'bias', shape: [shape[0]!], init: layer.biasInit, fan }] : [])
]

/**
 * The parameters of a layer, with torch's names and shapes.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * const parameters = nn.parametersOf(nn.conv2d(4, 8, 3, { groups: 2 }))
 * assert.deepStrictEqual(parameters.map((p) => [p.name, p.shape]), [['weight', [8, 2, 3, 3]], ['bias', [8]]])
 *
 * @category networks
 * @since 0.1.0
 */
export const parametersOf = (layer: Primitive): ReadonlyArray<LayerArray> => {
  switch (layer._tag) {
    case 'Conv2d': {
      const [kh, kw] = layer.kernelSize
      const shape = [layer.outChannels, layer.inChannels / layer.groups, kh, kw]
      return weightAndBias(layer, shape, { in: shape[1]! * kh * kw, out: layer.outChannels * kh * kw })
    }
    case 'Linear':
      return weightAndBias(layer, [layer.outFeatures, layer.inFeatures], {
        in: layer.inFeatures,
        out: layer.outFeatures
      })
    case 'BatchNorm':
      return weightAndBias({ ...layer, bias: true }, [layer.features], { in: layer.features, out: layer.features })
    case 'WeightNorm':
      return weightNormed(parametersOf(layer.layer))
    case 'SpectralNorm':
      return spectralNormed(parametersOf(layer.layer))
    case 'SelfAttention':
      return attentionParameters(layer)
    case 'MaxPool2d':
    case 'AvgPool2d':
    case 'AdaptiveAvgPool2d':
    case 'AdaptiveMaxPool2d':
    case 'AdaptiveConcatPool2d':
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'PixelShuffle':
    case 'Blur':
    case 'ResizeNearest':
    case 'Flatten':
    case 'Identity':
    case 'Dropout':
    case 'Scale':
    case 'PadChannels':
      return []
  }
}

/** A batch norm's running mean (initially 0) and running variance (initially 1). */
const statistics = (features: number): ReadonlyArray<LayerArray> =>
  (
    [
      ['running_mean', 0],
      ['running_var', 1]
    ] as const
  ).map(([name, value]) => ({
    name,
    shape: [features],
    init: constant(value),
    fan: { in: features, out: features }
  }))

/**
 * The buffers of a layer: a batch norm's running statistics, a spectral norm's vectors.
 *
 * @example
 * import { nn } from 'graft-vision'
 *
 * assert.deepStrictEqual(nn.buffersOf(nn.batchNorm(8)).map((b) => b.name), ['running_mean', 'running_var'])
 * assert.deepStrictEqual(nn.buffersOf(nn.relu), [])
 *
 * @category networks
 * @since 0.1.0
 */
export const buffersOf = (layer: Primitive): ReadonlyArray<LayerArray> => {
  switch (layer._tag) {
    case 'BatchNorm':
      return statistics(layer.features)
    case 'SpectralNorm': {
      const { shape, fan } = parametersOf(layer.layer)[0]!
      return powerVectors('', shape[0]!, fan.in)
    }
    case 'SelfAttention':
      return attentionBuffers(layer)
    case 'Conv2d':
    case 'Linear':
    case 'WeightNorm':
    case 'MaxPool2d':
    case 'AvgPool2d':
    case 'AdaptiveAvgPool2d':
    case 'AdaptiveMaxPool2d':
    case 'AdaptiveConcatPool2d':
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'PixelShuffle':
    case 'Blur':
    case 'ResizeNearest':
    case 'Flatten':
    case 'Identity':
    case 'Dropout':
    case 'Scale':
    case 'PadChannels':
      return []
  }
}
