import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { resnet18, resnet34, resnet50 } from '../../src/arch/index.js'
import {
  batchNorm,
  conv2d,
  kaimingNormalFanOut,
  layerAt,
  leaves,
  linear,
  namedChildren,
  parametersOf
} from '../../src/model/index.js'

const conv = (i: number, o: number, kernel: number, stride = 1) =>
  conv2d(i, o, kernel, { stride, padding: (kernel - 1) / 2, bias: false, weightInit: kaimingNormalFanOut })

describe('a resnet', () => {
  it.each([resnet18, resnet34, resnet50])("has torchvision's children: $name", ({ network }) => {
    expect(namedChildren(network).map((c) => c.name)).toEqual([
      ...['conv1', 'bn1', 'relu', 'maxpool'],
      ...['layer1', 'layer2', 'layer3', 'layer4'],
      ...['avgpool', 'fc']
    ])
  })
  it('has a shortcut convolution only where channels or sides change', () => {
    const shortcuts = ({ network }: typeof resnet18) =>
      leaves(network).flatMap(({ path }) => (path.endsWith('.downsample.0') ? [path] : []))
    const stages = (from: number) => [1, 2, 3, 4].slice(from).map((i) => `layer${i}.0.downsample.0`)
    expect([shortcuts(resnet18), shortcuts(resnet34), shortcuts(resnet50)]).toEqual([stages(1), stages(1), stages(0)])
  })
  it('strides in the first 3×3 convolution of a stage', () => {
    expect(layerAt('layer2.0.conv1')(resnet18.network)).toEqual(O.some(conv(64, 128, 3, 2)))
    expect(layerAt('layer2.0.conv2')(resnet50.network)).toEqual(O.some(conv(128, 128, 3, 2)))
    expect(layerAt('layer2.0.conv1')(resnet50.network)).toEqual(O.some(conv(256, 128, 1)))
  })
  it('widens a bottleneck fourfold', () => {
    expect(layerAt('layer4.2.conv3')(resnet50.network)).toEqual(O.some(conv(512, 2048, 1)))
    expect(layerAt('layer4.2.bn3')(resnet50.network)).toEqual(O.some(batchNorm(2048)))
    expect(layerAt('fc')(resnet50.network)).toEqual(O.some(linear(2048, 1000)))
  })
  it('has as many blocks as its depth says', () => {
    const blocks = ({ network }: typeof resnet18) =>
      [1, 2, 3, 4].map((i) => namedChildren(O.toNullable(layerAt(`layer${i}`)(network))!).length)
    expect([blocks(resnet18), blocks(resnet34), blocks(resnet50)]).toEqual([
      [2, 2, 2, 2],
      [3, 4, 6, 3],
      [3, 4, 6, 3]
    ])
  })
  it('has as many parameters and buffers as a torchvision state dict, without the counters', () => {
    const arrays = ({ network }: typeof resnet18) =>
      leaves(network).reduce((n, { layer }) => n + parametersOf(layer).length, 0)
    expect([arrays(resnet18), arrays(resnet34), arrays(resnet50)]).toEqual([62, 110, 161])
  })
})
