import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import {
  constant,
  drawInit,
  eqInit,
  type Init,
  kaimingNormal,
  kaimingNormalFanOut,
  kaimingUniform,
  normal,
  showInit,
  torchDefault
} from '../../src/model/index.js'
import { generator } from '../../src/Seed.js'
import { decimals } from '../oracle/tolerances.js'

const fan = { in: 50, out: 200 }
const drawn = (init: Init, size = 40_000): Float32Array => drawInit(init, fan, generator(7), size)
const deviation = (values: Float32Array): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)
}
const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)

describe('a start', () => {
  it.each([
    ['Kaiming normal', kaimingNormal, Math.sqrt(2 / 50)],
    ['Kaiming normal over outputs', kaimingNormalFanOut, Math.sqrt(2 / 200)],
    ['Kaiming uniform', kaimingUniform, Math.sqrt(2 / 50)],
    ["torch's default", torchDefault, 1 / Math.sqrt(3 * 50)],
    ['normal', normal(0.01), 0.01]
  ])('that is %s has the deviation of its formula', (_, init, expected) => {
    expect(deviation(drawn(init)) / expected).toBeCloseTo(1, decimals.sample)
  })
  it('of a uniform initialiser stays within its bound', () => {
    expect(largest(drawn(kaimingUniform))).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 50)))
    expect(largest(drawn(torchDefault))).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(50)))
  })
  it('of a constant initialiser is that number', () => expect([...drawn(constant(0.5), 3)]).toEqual([0.5, 0.5, 0.5]))

  test.prop([fc.integer(), fc.nat(20)], { seed: 1 })('depends only on the seed', (seed, size) => {
    const once = () => [...drawInit(kaimingNormal, fan, generator(seed), size)]
    expect(once()).toEqual(once())
  })
  it('is compared and shown as a plain value', () => {
    expect(eqInit.equals(kaimingNormal, kaimingNormalFanOut)).toBe(false)
    expect(eqInit.equals(normal(0.1), normal(0.1))).toBe(true)
    expect(showInit.show(normal(0.1))).toBe("{ _tag: 'Normal', std: 0.1 }")
  })
})
