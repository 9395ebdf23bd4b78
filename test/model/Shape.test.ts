import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { adaptiveBins, pair, positions, showShape, sizeOf, type Window } from '../../src/model/index.js'

const window: Window = { kernel: 3, stride: 2, padding: 1, dilation: 1, ceil: false }

describe('sizes', () => {
  it('multiplies the sides', () => expect(sizeOf([3, 28, 28])).toBe(2352))
  it('is 1 for a scalar', () => expect(sizeOf([])).toBe(1))
  it('prints sides separated by a cross, and a scalar as a word', () => {
    expect([showShape([3, 28, 28]), showShape([10]), showShape([])]).toEqual(['3×28×28', '10', 'scalar'])
  })
  it('accepts one number for both directions', () => {
    expect([pair(3), pair([1, 2])]).toEqual([
      [3, 3],
      [1, 2]
    ])
  })
})

describe('positions of a window', () => {
  it("are those of resnet's stem and pool", () => {
    expect(positions({ ...window, kernel: 7, padding: 3 })(224)).toBe(112)
    expect(positions(window)(112)).toBe(56)
  })
  it('are 0 when the window does not fit', () => expect(positions({ ...window, padding: 0 })(2)).toBe(0))
  it('include a last, incomplete window with ceilMode', () => {
    const pool = { ...window, padding: 0 }
    expect([positions(pool)(6), positions({ ...pool, ceil: true })(6)]).toEqual([2, 3])
  })
  it('include a single window larger than the input, with ceilMode (torch 2.13)', () => {
    const pool = { kernel: 3, stride: 2, padding: 0, dilation: 1 }
    expect([1, 2, 3].map(positions({ ...pool, ceil: true }))).toEqual([0, 1, 1])
    expect([1, 2, 3].map(positions({ ...pool, ceil: false }))).toEqual([0, 0, 1])
  })
  it('exclude a window that would start in the padding at the end', () => {
    expect(positions({ kernel: 2, stride: 2, padding: 1, dilation: 1, ceil: true })(3)).toBe(2)
  })
  it('take dilation into account', () =>
    expect(positions({ ...window, stride: 1, padding: 0, dilation: 2 })(5)).toBe(1))

  test.prop([fc.nat(64), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 4 }), fc.nat(3), fc.boolean()], {
    seed: 1
  })('equal the number counted by a loop', (side, kernel, stride, padding, ceil) => {
    const w: Window = { kernel, stride, padding: Math.min(padding, Math.floor(kernel / 2)), dilation: 1, ceil }
    const end = side + 2 * w.padding
    const starts = Array.from({ length: end + 1 }, (_, i) => i * stride)
    const whole = starts.filter((start) => start + kernel <= end).length
    const partial = starts.some((s) => s + kernel > end && s - stride + kernel < end && s < side + w.padding) ? 1 : 0
    expect(positions(w)(side)).toBe(ceil ? whole + partial : whole)
  })
})

describe('adaptive bins', () => {
  it('overlap if the sizes are not divisible', () => {
    expect(adaptiveBins(5, 2)).toEqual([
      [0, 3],
      [2, 5]
    ])
  })
  it('repeat pixels if there are more bins than pixels', () => {
    expect(adaptiveBins(1, 3)).toEqual([
      [0, 1],
      [0, 1],
      [0, 1]
    ])
  })

  test.prop([fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 })], { seed: 1 })(
    'cover the side, in order, none empty',
    (side, count) => {
      const bins = adaptiveBins(side, count)
      expect(bins[0]![0]).toBe(0)
      expect(bins.at(-1)![1]).toBe(side)
      bins.forEach(([from, to], i) => {
        expect(to).toBeGreaterThan(from)
        if (i > 0) expect(from).toBeLessThanOrEqual(bins[i - 1]![1])
      })
    }
  )
})
