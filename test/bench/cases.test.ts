import { describe, expect, it } from 'vitest'
import { complaint, row, settings } from '../../bench/step/cases.mjs'

const named = (...args: readonly string[]): readonly string[] =>
  settings(args).cases.map(({ arch, mode, batch, size }) => `${arch} ${mode} ${batch}@${size}`)

describe('the cases of the step bench', () => {
  it('without a batch or a size are those of its table', () => {
    expect(named('frozen')).toEqual(['resnet18 frozen 32@128', 'resnet18 frozen 16@224'])
    expect(named('infer', '--arch', 'mobilenet_v2')).toEqual(['mobilenet_v2 infer 32@128', 'mobilenet_v2 infer 1@224'])
    expect(named('train', '--arch', 'resnet18')).toEqual([
      'resnet18 train 32@128',
      'resnet18 train 64@28',
      'resnet18 train 16@224'
    ])
    expect(named('train')).toEqual(expect.arrayContaining(['resnet50 train 16@128', 'squeezenet1_1 train 32@128']))
  })

  it('are one for each architecture and mode where the table has none, or a batch or a size is given', () => {
    expect(named('infer', '--arch', 'resnet34')).toEqual(['resnet34 infer 32@128'])
    expect(named('train', '--batch', '8')).toEqual(['resnet18 train 8@128'])
    expect(named('train', 'infer', '--size', '28', '--arch', 'a,b', '--arch', 'b')).toEqual([
      'a train 32@28',
      'b train 32@28',
      'a infer 32@28',
      'b infer 32@28'
    ])
  })

  it('rejects an unknown mode, and any number but a positive integer', () => {
    expect(() => settings(['train', 'frozne'])).toThrow('frozne')
    for (const option of ['batch', 'size', 'rounds', 'steps'])
      for (const value of ['0', '1.5', 'many']) expect(() => settings(['train', `--${option}`, value])).toThrow(option)
  })
})

describe('two sides', () => {
  it('agree up to rounding errors of sums, relative to the largest value of a list', () => {
    expect(complaint('tuned', [[7], [2, -100]], [[7], [2.001, -100.005]])).toBe(null)
    expect(complaint('tuned', [[7], [2, -100]], [[7], [2.02, -100]])).toContain('tuned')
    expect(complaint('tuned', [[7], [2, -100]], [[7.001], [2, -100]])).toContain('tuned')
  })

  it('do not agree when a result is missing or NaN', () => {
    expect(complaint('stock', [[1, 2]], [[1]])).not.toBe(null)
    expect(complaint('stock', [[1]], [[1, 2]])).not.toBe(null)
    expect(complaint('graft', [[NaN]], [[NaN]])).not.toBe(null)
    expect(complaint('stock', [[1, 2]], [[1, NaN]])).not.toBe(null)
    expect(complaint('stock', [[Infinity]], [[Infinity]])).not.toBe(null)
  })
})

describe('a row', () => {
  it("has medians over rounds, and PyTorch's time over graft's", () => {
    const runs = (...times: readonly number[]) => times.map((ms) => ({ ms, firstStepMs: 10 * ms, peakRssMB: 100 * ms }))
    const measured = { arch: 'resnet18', mode: 'train', batch: 32, size: 128 }
    expect(row(measured, { graft: runs(9, 2, 1), tuned: runs(3, 1, 8), stock: runs(4, 6, 50) })).toEqual({
      ...measured,
      ratio: 1.5,
      ratioStock: 3,
      ms: 2,
      torchMs: 3,
      torchStockMs: 6,
      firstStepMs: 20,
      torchFirstStepMs: 30,
      peakRssMB: 200,
      torchPeakRssMB: 300,
      torchStockPeakRssMB: 600
    })
  })
})
