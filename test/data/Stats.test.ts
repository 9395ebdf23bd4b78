import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  denormaliseValues,
  imagenetStats,
  mnistStats,
  normaliseInto,
  normaliseValues,
  statsOf,
  statsPerChannel
} from '../../src/data/index.js'
import { tolerance } from './tolerances.js'

const seed = 20_240_614
const pixel = fc.uint8Array({ minLength: 3, maxLength: 3 })

const near = (found: ArrayLike<number>, expected: ArrayLike<number>, within: number): void => {
  expect(found.length).toBe(expected.length)
  for (let i = 0; i < found.length; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThanOrEqual(within)
}

describe('normalisation', () => {
  it('subtracts the mean and divides by the standard deviation, per channel', () => {
    near(
      normaliseValues(imagenetStats)([0.766, 0.014, 0.393]),
      [1.22707403, -1.97321427, -0.0577776991],
      tolerance.normalise
    )
  })

  it.prop([pixel], { seed })('is undone by denormalising', (samples) => {
    const values = Float32Array.from(samples, (v) => v / 255)
    near(denormaliseValues(imagenetStats)(normaliseValues(imagenetStats)(values)), values, tolerance.normalise)
  })

  it.prop([pixel, fc.constantFrom(imagenetStats, mnistStats)], { seed })(
    'is the same from a table as computed',
    (samples, stats) => {
      const batch = new Float32Array(6)
      normaliseInto(stats)(batch, 3, samples)
      near(batch.subarray(3), normaliseValues(statsPerChannel(3)(stats))(Array.from(samples, (v) => v / 255)), 0)
      expect([...batch.subarray(0, 3)]).toEqual([0, 0, 0])
    }
  )
})

describe('statsOf', () => {
  const image = (...data: ReadonlyArray<number>) => ({
    height: 1,
    width: data.length / 3,
    channels: 3,
    data: Uint8Array.from(data)
  })

  it('returns the mean and the unbiased standard deviation of each channel over all images', () => {
    expect(statsOf([image(0, 0, 0), image(255, 51, 102)])).toEqual({
      _tag: 'Right',
      right: {
        mean: [0.5, 0.1, 0.2],
        std: [Math.sqrt(0.5), expect.closeTo(Math.sqrt(0.02)), expect.closeTo(Math.sqrt(0.08))]
      }
    })
  })

  it('refuses a constant channel, which would divide by zero', () => {
    expect(statsOf([image(1, 2, 3, 4, 2, 6)])).toMatchObject({ left: { _tag: 'FlatChannel', path: 'channel 1' } })
  })
})
