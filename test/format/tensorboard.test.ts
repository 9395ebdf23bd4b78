/** Records of event files against those that TensorBoard 2.21's own protobuf classes and `RecordWriter` give. */
import { describe, expect, it } from 'vitest'
import { tensorboardHistogram, tensorboardRecord, type TensorboardContent } from '../../src/format/index.js'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 3, 0, 0, 0, 2)
const histogram = { min: -1, max: 3, count: 3, sum: 4, sumOfSquares: 10, limits: [1.5, 3], counts: [2, 1] }

const cases: ReadonlyArray<readonly [step: number, content: TensorboardContent, hex: string]> = [
  [0, { _tag: 'Version' }, '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c'],
  [7, { _tag: 'Start' }, '0f000000000000006d532b0909000000000000f83f10073a020801774771c7'],
  [
    7,
    { _tag: 'Values', values: [{ _tag: 'Scalar', tag: 'train/loss', value: 0.25 }] },
    '200000000000000029eda95009000000000000f83f10072a130a110a0a747261696e2f6c6f7373150000803ef4985d1a'
  ],
  [
    7,
    { _tag: 'Values', values: [{ _tag: 'Image', tag: 'i', png }] },
    '34000000000000005e33175c09000000000000f83f10072a270a250a01692220080210031804221889504e470d0a1a0a0000000d4948445200000003000000020bf13b13'
  ],
  [
    7,
    { _tag: 'Values', values: [{ _tag: 'Histogram', tag: 'h', histogram }] },
    '6500000000000000ebd05a6909000000000000f83f10072a580a560a01682a5109000000000000f0bf1100000000000008401900000000000008402100000000000010402900000000000024403210000000000000f83f00000000000008403a100000000000000040000000000000f03f75911d3e'
  ]
]

describe('a record of an event file', () => {
  it.each(cases)('has the bytes that TensorBoard writes at step %d for %o', (step, content, hex) => {
    expect(Buffer.from(tensorboardRecord(1.5, step, content)).toString('hex')).toBe(hex)
  })
})

describe('a histogram', () => {
  it('counts every finite number once, the largest in the last interval', () => {
    const { limits, counts, ...sums } = tensorboardHistogram(Float32Array.of(-1, 0, 2, 2, NaN, Infinity))!
    expect(sums).toEqual({ min: -1, max: 2, count: 4, sum: 3, sumOfSquares: 9 })
    expect([limits.length, counts[0], counts[10], counts[29]]).toEqual([30, 1, 1, 2])
    expect(limits[29]).toBeCloseTo(2)
  })
  it('of equal numbers has them in the first interval, and there is none of no numbers', () => {
    expect(tensorboardHistogram(Float32Array.of(5, 5))!.counts[0]).toBe(2)
    expect(tensorboardHistogram(Float32Array.of(NaN))).toBeNull()
  })
})
