// The pixel loops against their definition, one pixel at a time.
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { getTransforms, type Pixels, type Resize, roundHalfEven, scaledSides, Transform } from '../../src/data/index.js'
import { applyTransforms, type PaddingMode, type Samples, transformSamples } from '../../src/data/pixel/index.js'
import { croppedAt, dihedralOf, padded } from '../../src/data/pixel/place.js'
import { after, type Projective, rotation, skewed, zoomed } from '../../src/data/pixel/Projective.js'
import { sampled, sampledNearest } from '../../src/data/pixel/sampling.js'
import { generator } from '../../src/Seed.js'

const modes: ReadonlyArray<PaddingMode> = ['reflection', 'border', 'zeros']

const noise = (height: number, width: number, channels: number, seed = 1): Pixels => {
  const random = generator(seed)
  const data = Uint8Array.from({ length: height * width * channels }, () => random.integer(256))
  return { height, width, channels, data }
}

const inUnits = ({ data, ...sides }: Pixels): Samples => ({ ...sides, data: Float32Array.from(data, (v) => v / 255) })

/** A place among `n` pixels, kept within them as the mode says. */
const within = (mode: PaddingMode, at: number, n: number): number => {
  if (mode === 'zeros' || (at >= 0 && at <= n - 1)) return at
  if (mode === 'border') return Math.min(Math.max(at, 0), n - 1)
  if (n === 1) return 0
  const rest = Math.abs(at) % (2 * (n - 1))
  return rest < n - 1 ? rest : 2 * (n - 1) - rest
}

/** grid_sample, corners aligned: one sample of the result. */
const sampleAt =
  (m: Projective, [height, width]: readonly [number, number], mode: PaddingMode, nearest: boolean, image: Samples) =>
  (row: number, col: number, k: number): number => {
    const of = (pixel: number, n: number) => (n === 1 ? 0 : (2 * pixel) / (n - 1) - 1)
    const [v, u] = [of(row, height), of(col, width)]
    const w = m[6] * u + m[7] * v + m[8]
    const y = within(mode, (((m[3] * u + m[4] * v + m[5]) / w + 1) / 2) * (image.height - 1), image.height)
    const x = within(mode, (((m[0] * u + m[1] * v + m[2]) / w + 1) / 2) * (image.width - 1), image.width)
    const pixel = (r: number, c: number): number =>
      r >= 0 && r < image.height && c >= 0 && c < image.width
        ? image.data[(r * image.width + c) * image.channels + k]!
        : 0
    if (nearest) return pixel(roundHalfEven(y), roundHalfEven(x))
    const [top, left] = [Math.floor(y), Math.floor(x)]
    let sum = 0
    for (const r of [top, top + 1])
      for (const c of [left, left + 1]) {
        const value = pixel(r, c)
        sum = Math.fround(sum + (value === 0 ? 0 : (1 - Math.abs(y - r)) * (1 - Math.abs(x - c)) * value))
      }
    return sum
  }

const defined = (sides: readonly [number, number], channels: number, at: ReturnType<typeof sampleAt>): Float32Array =>
  Float32Array.from({ length: sides[0] * sides[1] * channels }, (_, i) =>
    at(Math.floor(i / (sides[1] * channels)), Math.floor(i / channels) % sides[1], i % channels)
  )

const maps: ReadonlyArray<readonly [string, Projective]> = [
  ['as it is', [1, 0, 0, 0, 1, 0, 0, 0, 1]],
  ['turned', rotation(37)],
  ['far outside', zoomed(0.11, 0, 1)],
  ['in perspective', skewed(3, 0.4)],
  ['turned, in perspective, beyond its horizon', after(rotation(-80), [1, 0, 0.2, 0, 1, 0, 0.9, 0.4, 1])]
]

describe('sampling', () => {
  it.each(modes)('equals grid_sample at every pixel, with padding %s', (mode) => {
    for (const [name, m] of maps)
      for (const [height, width, channels] of [
        [9, 7, 3],
        [1, 6, 1],
        [5, 1, 4]
      ] as const)
        for (const sides of [
          [9, 7],
          [5, 13],
          [6, 4]
        ] as const) {
          const image = inUnits(noise(height, width, channels))
          const what = `${name}, ${height} x ${width} x ${channels} to ${sides.join(' x ')}`
          const nearest = sampleAt(m, sides, mode, true, image)
          const nearby = sampleAt(m, sides, mode, false, image)
          expect(sampledNearest(m, sides, mode)(image).data, what).toEqual(defined(sides, channels, nearest))
          const ours = sampled(m, sides, mode)(image).data
          const wanted = defined(sides, channels, nearby)
          expect(Math.max(...ours.map((v, i) => Math.abs(v - wanted[i]!))), what).toBeLessThan(1e-6)
        }
  })

  it('samples only the cropped part, with the same result as cropping the whole', () => {
    const image = noise(20, 31, 3)
    for (let k = 0; k < 8; k++)
      for (const size of [
        [12, 10],
        [9, 24]
      ] as const) {
        const at = { row: 0.9, col: 0.2 }
        const drawn: ReadonlyArray<Transform.DrawnTransform> = [
          { _tag: 'CropPad', ...at },
          { _tag: 'Dihedral', k },
          { _tag: 'FlipLr' },
          { _tag: 'Zoom', scale: 1.3, row: 0.2, col: 0.7 }
        ]
        const sides = scaledSides('crop', size)([image.height, image.width])
        const whole = sampled(zoomed(1.3, 0.2, 0.7), sides, 'border')(inUnits(image))
        const wanted = croppedAt('border', size, at)(dihedralOf(2)(dihedralOf(k)(whole)))
        const how = { size: O.some(size), resize: 'crop', padding: 'border' } as const
        expect(transformSamples(drawn, how)(inUnits(image)), `${k}, ${size.join(' x ')}`).toEqual(wanted)
      }
  })

  it('leaves 0 where a perspective reaches its horizon', () => {
    const atHorizon: Projective = [1, 0, 0, 0, 1, 0, 1, 0, 0]
    for (const mode of modes)
      expect([...sampled(atHorizon, [3, 3], mode)(inUnits(noise(3, 3, 1))).data]).not.toContain(NaN)
  })

  it.each([
    ['reflection', [2, 1, 0, 1, 2, 3, 2, 1]],
    ['border', [0, 0, 0, 1, 2, 3, 3, 3]],
    ['zeros', [0, 0, 0, 1, 2, 3, 0, 0]]
  ] as const)('extends edges with %s', (mode, wanted) => {
    const ramp: Pixels = { height: 1, width: 4, channels: 1, data: Uint8Array.of(0, 1, 2, 3) }
    const { height, data } = padded(mode, 2)(ramp)
    const row = mode === 'zeros' ? 2 : 0
    expect([height, [...data.subarray(row * 8, row * 8 + 8)]]).toEqual([5, wanted])
  })
})

const lists: ReadonlyArray<readonly [string, ReadonlyArray<Transform.Transform>]> = [
  ['the usual ones', getTransforms({ maxRotate: 40, pAffine: 1, pLighting: 1 })],
  ['light alone', [Transform.contrast([0.3, 4]), Transform.brightness([0.1, 0.9])]],
  ['steep contrast', [Transform.rotate(10), Transform.contrast(30)]],
  ['moves alone', [Transform.dihedral(), Transform.randomCrop()]],
  ['moves by sampling', [Transform.dihedralAffine(), Transform.squish([0.5, 2])]]
]

describe('applyTransforms', () => {
  it.each(lists)('equals the result of transformSamples rounded to levels: %s', (_, list) => {
    for (let i = 0; i < 6; i++) {
      const image = noise(70, 90, 3, i)
      const drawn = Transform.drawAll(i)(list)
      const how = {
        size: i % 2 === 0 ? O.some<[number, number]>([80, 76]) : O.none,
        resize: (['crop', 'pad', 'squish'] satisfies ReadonlyArray<Resize>)[i % 3]!,
        padding: modes[i % 3]!
      }
      const { data, ...sides } = transformSamples(drawn, how)(inUnits(image))
      const rounded = new Uint8Array(Uint8ClampedArray.from(data, (v) => v * 255).buffer)
      const { data: bytes, ...ours } = applyTransforms(drawn, how)(image)
      expect(ours).toEqual(sides)
      expect(Buffer.compare(bytes, rounded)).toBe(0)
    }
  })

  it.each(lists)('does not add classes to a mask: %s', (_, list) => {
    const image = noise(20, 30, 1)
    const mask = { ...image, data: image.data.map((v) => [3, 7, 255][v % 3]!) }
    const how = { size: O.some(25), resize: 'crop', mask: true } as const
    for (let i = 0; i < 4; i++) {
      const { height, width, data } = applyTransforms(Transform.drawAll(i)(list), how)(mask)
      expect([height, width]).toEqual([25, 25])
      expect([...new Set(data)].sort((a, b) => a - b)).toEqual([3, 7, 255])
    }
  })
})
