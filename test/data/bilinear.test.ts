import { describe, expect, it } from 'vitest'
import { bilinearPixels } from '../../src/data/index.js'

/** Sums of products in doubles, as the definition has it; weights of 22 bits are off by less than one level. */
const defined = (samples: ReadonlyArray<number>, to: number): ReadonlyArray<number> => {
  const scale = samples.length / to
  const support = Math.max(1, scale)
  return Array.from({ length: to }, (_, i) => {
    const weights = samples.map((_, k) => Math.max(0, 1 - Math.abs(k + 0.5 - (i + 0.5) * scale) / support))
    const sum = weights.reduce((a, b) => a + b)
    return samples.reduce((total, v, k) => total + (v * weights[k]!) / sum, 0)
  })
}

const samples = Array.from({ length: 37 }, (_, i) => (i * i * 13) % 256)

describe('bilinearPixels', () => {
  it.each([1, 3, 8, 36, 37, 50, 111])('is a triangle filter as wide as the reduction, from 37 to %i', (to) => {
    const row = { height: 1, width: 37, channels: 1, data: Uint8Array.from(samples) }
    const expected = defined(samples, to)
    const near = (values: ArrayLike<number>) => Math.max(...expected.map((v, i) => Math.abs(v - values[i]!)))
    expect(near(bilinearPixels([1, to])(row).data)).toBeLessThanOrEqual(0.5 + 1e-3)
    expect(near(bilinearPixels([to, 1])({ ...row, height: 37, width: 1 }).data)).toBeLessThanOrEqual(0.5 + 1e-3)
  })

  it('returns the same levels as Pillow', () => {
    // Image.fromarray(((np.arange(35).reshape(5, 7) ** 2 * 7) % 256).astype('uint8')).resize((3, 2), BILINEAR), Pillow 12
    const data = Uint8Array.from({ length: 35 }, (_, i) => (i * i * 7) % 256)
    expect([...bilinearPixels([2, 3])({ height: 5, width: 7, channels: 1, data }).data]).toEqual([
      68, 120, 191, 99, 123, 163
    ])
  })

  it('scales channels independently and leaves equal sides unchanged', () => {
    const data = Uint8Array.from({ length: 4 * 6 * 3 }, (_, i) => (i * 31) % 256)
    const image = { height: 4, width: 6, channels: 3, data }
    expect(bilinearPixels([4, 6])(image).data).toEqual(data)
    const small = bilinearPixels([2, 5])(image)
    for (let c = 0; c < 3; c++) {
      const one = bilinearPixels([2, 5])({ ...image, channels: 1, data: data.filter((_, i) => i % 3 === c) })
      expect([...small.data].filter((_, i) => i % 3 === c)).toEqual([...one.data])
    }
  })
})
