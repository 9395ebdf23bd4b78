import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { resnet18, resnet34, resnet50, squeezenet1_1 } from '../../src/arch/index.js'
import {
  type Arch,
  arch,
  avgPool2d,
  conv2d,
  flatten,
  type Layer,
  linear,
  numbered,
  relu,
  sequential
} from '../../src/model/index.js'
import { type Cost, costOf, plan } from '../../src/plan/index.js'
import { decimals } from '../oracle/tolerances.js'

const cost = (a: Arch, side = 224): Cost => {
  const p = plan({ input: [3, side, side] })(a)
  if (E.isLeft(p)) throw new Error(JSON.stringify(p.left))
  return costOf(p.right)
}
const flops = (network: Layer) => cost(arch({ name: 'net', network }), 8).flops

describe('operations', () => {
  it('of a convolution are 2 per weight and output position', () => {
    expect(flops(conv2d(3, 5, 3, { padding: 1 }))).toBe(2 * 5 * 8 * 8 * 3 * 9)
  })
  it('of a grouped convolution are divided by the number of groups', () => {
    expect(flops(conv2d(3, 6, 3, { padding: 1, groups: 3 }))).toBe(flops(conv2d(3, 6, 3, { padding: 1 })) / 3)
  })
  it('of a linear layer are 2 per weight', () => {
    expect(flops(sequential(flatten, linear(192, 7)))).toBe(2 * 192 * 7)
  })
  it('of other layers are not counted', () => expect(flops(numbered(relu, avgPool2d(2), flatten))).toBe(0))

  // twice torchvision's multiply-adds in its published tables (1.81, 3.66, 4.09 and 0.35 G)
  it.each([
    [resnet18, 3.628],
    [resnet34, 7.328],
    [resnet50, 8.178],
    [squeezenet1_1, 0.698]
  ] as const)('of $name at 224 pixels equal the published number', (a, billions) => {
    expect(cost(a).flops / 1e9).toBeCloseTo(billions, decimals.published)
  })
})

describe('parameters', () => {
  it.each([
    [resnet18, 11_689_512],
    [resnet34, 21_797_672],
    [resnet50, 25_557_032],
    [squeezenet1_1, 1_235_496]
  ] as const)('of $name are as many as in torchvision', (a, count) => {
    expect([cost(a).parameters, cost(a).trainable]).toEqual([count, count])
  })
})

describe('memory', () => {
  it('is 4 bytes per output value of each layer', () => {
    const { activationBytes } = cost(arch({ name: 'net', network: numbered(conv2d(3, 5, 1), relu, flatten) }), 8)
    expect(activationBytes).toBe(4 * 3 * 5 * 64)
  })
  it('grows with the image size, unlike the parameters', () => {
    const [small, large] = [cost(resnet18, 64), cost(resnet18, 128)]
    expect(large.activationBytes).toBeGreaterThan(3 * small.activationBytes)
    expect(large.parameters).toBe(small.parameters)
  })
})
