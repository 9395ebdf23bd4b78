import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import {
  bilinearPixels,
  checkSpec,
  getTransforms,
  imageFolder,
  type Pixels,
  Transform,
  withTransforms
} from '../../src/data/index.js'
import { applyTransforms, mapPoints } from '../../src/data/pixel/index.js'
import { generator } from '../../src/Seed.js'

const square: Pixels = { height: 2, width: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) }
const ownSize = { size: O.none, resize: 'crop' } as const
const after = (...list: ReadonlyArray<Transform.DrawnTransform>) => [...applyTransforms(list, ownSize)(square).data]

describe('drawing', () => {
  it('is the same in every release: these values are for seed 42', () => {
    const drawn = Transform.drawAll(42, 0, 7)([Transform.flipLr(1), Transform.dihedral(), Transform.dihedral()])
    expect(drawn).toEqual([{ _tag: 'FlipLr' }, { _tag: 'Dihedral', k: 1 }, { _tag: 'Dihedral', k: 1 }])
  })

  it('stays within its bounds, including both ends of integers', () => {
    const of = (i: number) => Transform.drawAll(1, i)([Transform.dihedral(), Transform.contrast([0.8, 1.25])])
    const all = Array.from({ length: 400 }, (_, i) => of(i)).flat()
    const ks = new Set(all.flatMap((t) => (t._tag === 'Dihedral' ? [t.k] : [])))
    expect([...ks].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const scales = all.flatMap((t) => (t._tag === 'Contrast' ? [t.scale] : []))
    expect(Math.min(...scales)).toBeGreaterThanOrEqual(0.8)
    expect(Math.max(...scales)).toBeLessThanOrEqual(1.25)
  })

  it('applies a transform with its probability', () => {
    const of = (i: number) => Transform.drawAll(1, i)([Transform.flipLr(0.25)]).length
    const times = Array.from({ length: 2000 }, (_, i) => of(i)).reduce((a, b) => a + b)
    expect(times).toBeGreaterThan(430)
    expect(times).toBeLessThan(570)
  })
})

describe('transforms', () => {
  it('rotate by 90 degrees exactly as by moving samples', () => {
    expect(after({ _tag: 'Rotate', degrees: 90 })).toEqual([2, 4, 1, 3])
  })

  it('are applied in a fixed order, whatever that of the list', () => {
    const [flip, turn] = [{ _tag: 'FlipLr' }, { _tag: 'Rotate', degrees: 90 }] as const
    expect(after(flip, turn)).toEqual(after(turn, flip))
  })

  it('do not change the lighting of a mask', () => {
    const mask = applyTransforms([{ _tag: 'Brightness', change: 0.9 }], { ...ownSize, mask: true })(square)
    expect(mask).toEqual(square)
  })
})

const noise = (height: number, width: number): Pixels => {
  const random = generator(3)
  return {
    height,
    width,
    channels: 3,
    data: Uint8Array.from({ length: height * width * 3 }, () => random.integer(256))
  }
}

const at = ({ width, data }: Pixels, row: number, col: number) => [
  ...data.subarray((row * width + col) * 3, (row * width + col) * 3 + 3)
]

describe('perspectiveWarp', () => {
  const image = bilinearPixels([14, 18])({
    height: 5,
    width: 4,
    channels: 3,
    data: Uint8Array.from({ length: 60 }, (_, i) => (i * 97) % 251)
  })
  const pixelsOf = (t: Transform.DrawnTransform) => applyTransforms([t], ownSize)(image)
  const of = (...magnitude: Extract<Transform.DrawnTransform, { _tag: 'PerspectiveWarp' }>['magnitude']) =>
    pixelsOf({ _tag: 'PerspectiveWarp', magnitude })

  it('is what symmetricWarp, tilt and skew are for some of its corners', () => {
    const [right, left, bottom, top] = [0.1, -0.2, 0.3, 0.15] as const
    expect(of(-top, -left, -bottom, left, top, -right, bottom, right)).toEqual(
      pixelsOf({ _tag: 'SymmetricWarp', magnitude: [right, left, bottom, top] })
    )
    expect(of(0, -0.3, 0, 0.3, 0, 0, 0, 0)).toEqual(pixelsOf({ _tag: 'Tilt', direction: 1, magnitude: 0.3 }))
    expect(of(0, 0, 0, 0.4, 0, 0, 0, 0)).toEqual(pixelsOf({ _tag: 'Skew', direction: 3, magnitude: 0.4 }))
  })

  it('moves the corners of the image to the drawn places', () => {
    const [height, width] = [21, 41]
    const magnitude = [0.3, 0.2, 0.1, -0.4, -0.25, 0.35, -0.15, -0.05] as const
    const at = mapPoints([{ _tag: 'PerspectiveWarp', magnitude }], ownSize, [height, width])(
      [
        [0, 0],
        [20, 0],
        [0, 40],
        [20, 40]
      ].map(([row, col]) => ({ row: row!, col: col! }))
    )
    const expected = [-1, -1, -1, 1, 1, -1, 1, 1].map((corner, i) => corner + magnitude[i]!)
    at.forEach(({ row, col }, i) => {
      expect((2 * col) / (width - 1) - 1).toBeCloseTo(expected[2 * i]!, 9)
      expect((2 * row) / (height - 1) - 1).toBeCloseTo(expected[2 * i + 1]!, 9)
    })
  })

  it('draws each of eight magnitudes by itself', () => {
    const [drawn] = Transform.drawAll(3)([Transform.perspectiveWarp([-0.2, 0.2])])
    const { magnitude } = drawn as Extract<Transform.DrawnTransform, { _tag: 'PerspectiveWarp' }>
    expect(new Set(magnitude).size).toBe(8)
    expect(magnitude.every((m) => Math.abs(m) <= 0.2)).toBe(true)
  })
})

describe('transforms of pixels', () => {
  const image = noise(20, 30)
  const size = O.some([20, 30] as const)

  it('are applied in the order of the list', () => {
    const [invert, solarize] = [{ _tag: 'Invert' }, { _tag: 'Solarize', threshold: 128 }] as const
    expect(after(invert, solarize)).not.toEqual(after(solarize, invert))
  })

  it('are applied after the crop, whatever their place in the list', () => {
    const crop = { _tag: 'CropPad', row: 0, col: 1 } as const
    const first = applyTransforms([{ _tag: 'Equalize' }, crop], { size: O.some(12), resize: 'crop' })(image)
    const last = applyTransforms([crop, { _tag: 'Equalize' }], { size: O.some(12), resize: 'crop' })(image)
    expect(first).toEqual(last)
  })

  it('move a mask with its image, and change no other sample of it', () => {
    const mask: Pixels = { height: 2, width: 3, channels: 1, data: Uint8Array.of(0, 1, 2, 3, 4, 5) }
    const list = [
      { _tag: 'Translate', x: 1, y: 0 },
      { _tag: 'Invert' },
      { _tag: 'GaussianBlur', sigma: 1, kernel: 3 }
    ] as const
    const { data } = applyTransforms(list, { ...ownSize, mask: true })(mask)
    expect([...data]).toEqual([255, 0, 1, 255, 3, 4])
  })

  it('cut holes out of an image, and none out of a mask', () => {
    const hole = { _tag: 'Cutout', holes: 1, length: 8, seed: 5 } as const
    const cut = applyTransforms([hole], { size, resize: 'squish' })(image)
    const black = Array.from({ length: 600 }, (_, i) => i).filter((i) =>
      at(cut, Math.floor(i / 30), i % 30).every((v) => v === 0)
    )
    expect(black.length).toBeGreaterThan(15)
    expect(black.length).toBeLessThanOrEqual(64)
    expect(applyTransforms([hole], { size, resize: 'squish', mask: true })(image)).toEqual(image)
  })

  it('fill one channel with noise up to the threshold', () => {
    const noisy = applyTransforms([{ _tag: 'RgbRandomize', channel: 1, thresh: 0.3, seed: 5 }], ownSize)(image)
    const green = Array.from({ length: 600 }, (_, i) => noisy.data[3 * i + 1]!)
    expect(Math.max(...green)).toBeLessThanOrEqual(77)
    expect(new Set(green).size).toBeGreaterThan(5)
    expect(noisy.data.filter((_, i) => i % 3 !== 1)).toEqual(image.data.filter((_, i) => i % 3 !== 1))
  })
})

describe('jitter', () => {
  const image = noise(20, 30)
  const drawn = { _tag: 'Jitter', magnitude: 0.2, seed: 9 } as const

  it('changes nothing without magnitude', () => {
    expect(applyTransforms([{ ...drawn, magnitude: 0 }], ownSize)(image)).toEqual(image)
  })

  it('replaces pixels of image and mask by the same neighbours', () => {
    const index = Uint8Array.from({ length: 200 }, (_, i) => i)
    const mask: Pixels = { height: 10, width: 20, channels: 1, data: index }
    const moved = applyTransforms([drawn], { ...ownSize, mask: true })(mask)
    expect(moved.data).not.toEqual(mask.data)
    moved.data.forEach((from, to) => {
      expect(Math.abs(Math.floor(from / 20) - Math.floor(to / 20))).toBeLessThanOrEqual(1)
      expect(Math.abs((from % 20) - (to % 20))).toBeLessThanOrEqual(2)
    })
    const picture = applyTransforms([drawn], ownSize)(mask)
    const near = picture.data.filter((v, i) => Math.abs(v - moved.data[i]!) <= 11).length
    expect(near).toBe(200)
  })
})

describe('padding', () => {
  it.each([
    ['reflection', [3, 2, 1, 2, 3, 2, 1]],
    ['border', [1, 1, 1, 2, 3, 3, 3]],
    ['zeros', [0, 0, 1, 2, 3, 0, 0]]
  ] as const)('of a crop is %s', (padding, expected) => {
    const tall: Pixels = {
      height: 5,
      width: 3,
      channels: 1,
      data: Uint8Array.from({ length: 15 }, (_, i) => 1 + (i % 3))
    }
    const crop = applyTransforms([{ _tag: 'CropPad', row: 0.5, col: 0.5, padding }], {
      size: O.some([5, 7]),
      resize: 'pad'
    })
    expect([...crop(tall).data.subarray(14, 21)]).toEqual(expected)
    const pad = applyTransforms([{ _tag: 'Pad', pixels: 2, padding }], ownSize)(tall)
    expect([pad.height, [...pad.data.subarray(28, 35)]]).toEqual([9, expected])
  })

  it('of a crop holds for rotations of the list as well', () => {
    const white: Pixels = { height: 9, width: 9, channels: 1, data: new Uint8Array(81).fill(255) }
    const rotated = (padding: 'zeros' | 'border') =>
      applyTransforms(
        [
          { _tag: 'Rotate', degrees: 45 },
          { _tag: 'CropPad', row: 0.5, col: 0.5, padding }
        ],
        ownSize
      )(white)
    expect(rotated('zeros').data[0]).toBe(0)
    expect(rotated('border').data[0]).toBe(255)
  })
})

describe('a presized image', () => {
  it('is scaled to cover the square before one interpolation to the final size', () => {
    const image = noise(20, 30)
    const list = [
      { _tag: 'Rotate', degrees: 7 },
      { _tag: 'CropPad', row: 0.3, col: 0.8 }
    ] as const
    const options = { size: O.some(8), resize: 'crop' } as const
    const large = bilinearPixels([16, 24])(image)
    const presized = applyTransforms([{ _tag: 'Presize', pixels: 16 }, ...list], options)
    expect(presized(image)).toEqual(applyTransforms(list, options)(large))
    expect(presized(large)).toEqual(presized(image))
  })
})

describe('points', () => {
  const [height, width] = [120, 160]
  /** A spot that is three pixels wide. */
  const spotAt = (row: number, col: number): Pixels => {
    const data = new Uint8Array(height * width)
    for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) data[(row + y) * width + col + x] = 255
    return { height, width, channels: 1, data }
  }
  const centreOf = ({ width: w, data }: Pixels) => {
    const sums = data.reduce((s, v, i) => [s[0]! + v, s[1]! + v * Math.floor(i / w), s[2]! + v * (i % w)], [0, 0, 0])
    return { row: sums[1]! / sums[0]!, col: sums[2]! / sums[0]! }
  }
  const lists: ReadonlyArray<ReadonlyArray<Transform.Transform>> = [
    [Transform.rotate(20), Transform.zoom(1.2, { row: 0.2 }), Transform.flipLr(1)],
    [Transform.dihedral(5), Transform.symmetricWarp(0.2)],
    [Transform.perspectiveWarp([0.3, -0.1, 0.05, 0.2, -0.3, 0.1, 0.4, -0.4]), Transform.rotate(5)],
    [Transform.tilt(2, 0.2), Transform.squish(0.8), Transform.randomCrop()],
    [Transform.randomResizedCrop({ scale: 0.7, ratio: 1.1 }), Transform.flipLr(1)],
    [Transform.presize(100), Transform.pad(10), Transform.rotate(-15)],
    [Transform.zoomSquish(1.3, 1.1), Transform.shear({ x: 0.2 }), Transform.translate({ x: -9, y: 7 })],
    [Transform.rotateNearest(30), Transform.translateRel({ x: 0.1 })],
    [Transform.trivialAugment()]
  ]

  it.each(lists)('go where the spots of an image go', (...list) => {
    const drawn = Transform.drawAll(4)(list).filter(({ _tag }) => _tag !== 'Invert' && _tag !== 'Solarize')
    const options = { size: O.some(96), resize: 'crop' } as const
    const points = [
      [60, 80],
      [50, 95],
      [66, 70]
    ] as const
    const mapped = mapPoints(drawn, options, [height, width])(points.map(([row, col]) => ({ row, col })))
    points.forEach(([row, col], i) => {
      const seen = centreOf(applyTransforms(drawn, options)(spotAt(row, col)))
      expect(Math.abs(seen.row - mapped[i]!.row)).toBeLessThan(0.75)
      expect(Math.abs(seen.col - mapped[i]!.col)).toBeLessThan(0.75)
    })
  })
})

describe('checkSpec', () => {
  it.each([
    ['transforms[0].p', Transform.flipLr(2)],
    ['transforms[0].row', Transform.cropPad({ row: [0, 2] })],
    ['transforms[0].k', Transform.dihedral(1.5)],
    ['transforms[0].degrees', Transform.rotate([10, -10])],
    ['transforms[0].scale', Transform.zoom(0)],
    ['transforms[0].change', Transform.brightness(1)],
    ['transforms[0].padding', { ...Transform.pad(1), padding: 'mirror' } as unknown as Transform.Transform],
    ['transforms[0].kernel', Transform.gaussianBlur(1, 4)],
    ['transforms[0].kernel', Transform.gaussianBlur(1, [3, 6])],
    ['transforms[0].bits', Transform.posterize(9)],
    ['transforms[0].scale', Transform.randomResizedCrop({ scale: [0, 1] })],
    ['transforms[0].ratio', Transform.randomResizedCrop({ ratio: [2, 1] })],
    ['transforms[0].m', Transform.randAugment(2, 31)],
    ['transforms[0].magnitude[2]', Transform.symmetricWarp([0, 0, Number.NaN, 0])],
    ['transforms[0].magnitude[7]', Transform.perspectiveWarp([0, 0, 0, 0, 0, 0, 0, [0.2, 0.5]])]
  ])('finds what is wrong with %s', (path, transform) => {
    const errors = checkSpec(withTransforms([transform])(imageFolder('x')))
    expect(errors.map((error) => error.path)).toEqual([`data.${path}`])
  })

  it('accepts the default transforms', () => {
    expect(checkSpec(withTransforms(getTransforms({ flipVert: true }))(imageFolder('x')))).toEqual([])
  })
})
