import { describe, expect, it } from 'vitest'
import {
  type BatchSetting,
  type BatchView,
  boxOf,
  classification,
  cutBatch,
  cutmix,
  imageRegression,
  kindOfView,
  multiLabel,
  randomErasing,
  segmentation
} from '../../src/data/index.js'

const [n, height, width] = [6, 8, 10]
const stats = { mean: [0.5, 0.25, 0.1], std: [0.5, 0.5, 0.2] }
const of = (task: BatchSetting['task']): BatchSetting => ({ sides: [height, width], task, stats })
const classes = of(classification(['a', 'b', 'c']))

/** Every sample of image i is i + 1. */
const x = Float32Array.from({ length: n * height * width * 3 }, (_, i) => 1 + Math.floor(i / (height * width * 3)))
const imageAt = (all: Float32Array | Int32Array, i: number, channels = 3) =>
  all.subarray(i * height * width * channels, (i + 1) * height * width * channels)

const seen = (view: BatchView, seed: number, setting: BatchSetting, y: Int32Array | Float32Array) =>
  kindOfView(view).seen(view, seed, setting)({ x, y, n })

describe('the box of cutmix', () => {
  it.each([
    // timm: cut_h = int(8 * sqrt(0.75)) = 6, cut_w = int(10 * sqrt(0.75)) = 8, and half of each on both sides
    [0.25, [4, 5], { top: 1, bottom: 7, left: 1, right: 9 }, 1 - 48 / 80],
    [0.25, [0, 9], { top: 0, bottom: 3, left: 5, right: 10 }, 1 - 15 / 80],
    [1, [4, 5], { top: 4, bottom: 4, left: 5, right: 5 }, 1],
    [0, [4, 5], { top: 0, bottom: 8, left: 0, right: 10 }, 0]
  ] as const)('for λ %s around %j is %j', (lambda, centre, box, share) => {
    const found = boxOf(lambda, [height, width], centre)
    expect(found.box).toEqual(box)
    expect(found.share).toBeCloseTo(share, 12)
  })
})

describe('cutmix', () => {
  const y = Int32Array.of(0, 1, 2, 0, 1, 2)

  it('pastes one box of the partner into each image, and λ is the share of its own pixels', () => {
    let cut = 0
    for (let seed = 0; seed < 20; seed++) {
      const batch = seen(cutmix(), seed, classes, y)
      for (let i = 0; i < n; i++) {
        const [own, other, lambda] = batch.y.subarray(3 * i, 3 * i + 3)
        const image = imageAt(batch.x, i)
        const others = image.filter((v) => v !== i + 1)
        const partner = others.length === 0 ? i : others[0]! - 1
        expect(own).toBe(y[i])
        if (others.length === 0) continue
        cut++
        expect(new Set(others)).toEqual(new Set([partner + 1]))
        expect(other).toBe(y[partner])
        expect(lambda).toBeCloseTo(1 - others.length / image.length, 6)
      }
    }
    expect(cut).toBeGreaterThan(40)
  })

  it('mixes labels by λ', () => {
    const labels = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? 1 : Math.floor(i / 2)))
    const batch = seen(cutmix(), 3, of(multiLabel(['a', 'b'])), labels)
    for (let i = 0; i < n; i++) expect(batch.y[2 * i]).toBeCloseTo(1, 6)
    const changed = imageAt(batch.x, 0).filter((v) => v !== 1)
    const share = 1 - changed.length / (height * width * 3)
    expect(batch.y[1]).toBeCloseTo((1 - share) * ((changed[0] ?? 1) - 1), 5)
  })

  it.each([
    ['masks', segmentation(['a', 'b']), 1],
    ['target images', imageRegression(3), 3]
  ] as const)('pastes the same box into %s', (_, task, channels) => {
    const pixels = Array.from(
      { length: n * height * width * channels },
      (__, i) => 1 + Math.floor(i / (height * width * channels))
    )
    const targets = task._tag === 'Segmentation' ? Int32Array.from(pixels) : Float32Array.from(pixels)
    const batch = seen(cutmix(), 5, of(task), targets)
    expect(batch.x).not.toEqual(x)
    for (let i = 0; i < n; i++) {
      const image = imageAt(batch.x, i)
      imageAt(batch.y, i, channels).forEach((v, k) => expect(v).toBe(image[Math.floor(k / channels) * 3]))
    }
  })

  it('leaves a batch as it is with an empty box', () => {
    const whole = cutBatch({ ...boxOf(1, [height, width], [1, 1]), partners: [1, 2, 3, 4, 5, 0] }, classes)
    expect(whole({ x, y, n }).x).toEqual(x)
  })
})

describe('random erasing', () => {
  const y = Int32Array.of(0, 1, 2, 0, 1, 2)

  /** The pixels of an image that changed. */
  const erased = (image: Float32Array | Int32Array, i: number) =>
    Array.from({ length: height * width }, (_, k) => k).filter((k) => image[3 * k] !== i + 1)

  it.each([
    ['mean', [0, 0, 0]],
    ['zero', [-1, -0.5, -0.5]]
  ] as const)('fills one rectangle with %s', (fill, value) => {
    const batch = seen(randomErasing({ p: 1, fill }), 7, classes, y)
    expect(batch.y).toBe(y)
    for (let i = 0; i < n; i++) {
      const image = imageAt(batch.x, i)
      const pixels = erased(image, i)
      const [rows, cols] = [new Set(pixels.map((k) => Math.floor(k / width))), new Set(pixels.map((k) => k % width))]
      expect(pixels.length).toBe(rows.size * cols.size)
      expect(pixels.length).toBeGreaterThan(0)
      // rounding both sides may exceed a third
      expect(pixels.length).toBeLessThanOrEqual(height * width * 0.45)
      for (const k of pixels)
        [...image.subarray(3 * k, 3 * k + 3)].forEach((v, c) => expect(v).toBeCloseTo(value[c]!, 6))
    }
  })

  it('fills with noise of its own in every sample', () => {
    const image = imageAt(seen(randomErasing({ p: 1, fill: 'noise' }), 7, classes, y).x, 0)
    const samples = erased(image, 0).flatMap((k) => [...image.subarray(3 * k, 3 * k + 3)])
    expect(new Set(samples).size).toBe(samples.length)
  })

  it('changes images with its probability, each by its own draw', () => {
    let changed = 0
    for (let seed = 0; seed < 200; seed++) {
      const batch = seen(randomErasing({ p: 0.25 }), seed, classes, y)
      for (let i = 0; i < n; i++) if (erased(imageAt(batch.x, i), i).length > 0) changed++
    }
    expect(changed).toBeGreaterThan(240)
    expect(changed).toBeLessThan(360)
  })
})
