import { fc, it } from '@fast-check/vitest'
import sharp, { type PngOptions } from 'sharp'
import { describe, expect } from 'vitest'
import { readPlainPng, readPng } from '../../src/io/formats/png.js'
import { pngFile } from './imageFiles.js'

const seed = 20_240_619

const picture = fc
  .record({
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1 as const, 3 as const)
  })
  .chain(({ height, width, channels }) =>
    fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      channels: fc.constant(channels),
      data: fc.uint8Array({ minLength: height * width * channels, maxLength: height * width * channels })
    })
  )

type Picture = { height: number; width: number; channels: 1 | 3; data: Uint8Array }

const encode = ({ height, width, channels, data }: Picture, options: PngOptions): Promise<Buffer> => {
  const image = sharp(data, { raw: { height, width, channels } })
  return (channels === 1 ? image.toColourspace('b-w') : image).png(options).toBuffer()
}

const ramp: Picture = { height: 12, width: 12, channels: 1, data: Uint8Array.from({ length: 144 }, (_, i) => i) }
const bytes = await encode(ramp, {})

describe('readPlainPng', () => {
  it.prop([picture, fc.boolean()], { seed, numRuns: 150 })(
    'decodes exactly what was encoded, for every row filter',
    async (image, adaptiveFiltering) => {
      const decoded = readPlainPng(await encode(image, { adaptiveFiltering }))
      expect(decoded && { ...decoded, data: [...decoded.data] }).toEqual({
        ...image,
        white: 255,
        deep: false,
        data: [...image.data]
      })
    }
  )

  it.prop([fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 })], { seed, numRuns: 300 })(
    'leaves an image with a flipped bit to sharp',
    (at, bit) => {
      const flipped = Buffer.from(bytes)
      flipped[at] = flipped[at]! ^ (1 << bit)
      expect(readPlainPng(flipped)).toBeUndefined()
    }
  )

  it.prop([fc.nat({ max: bytes.length - 1 })], { seed, numRuns: 100 })(
    'leaves a truncated image to sharp',
    (length) => {
      expect(readPlainPng(bytes.subarray(0, length))).toBeUndefined()
    }
  )

  it('leaves interlaced, transparent, deep and palette images, and other formats, to sharp', async () => {
    const rgba = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } })
    const others = [
      await encode(ramp, { progressive: true }),
      await rgba.clone().png().toBuffer(),
      await encode(ramp, { palette: true }),
      await sharp(new Uint16Array(16), { raw: { height: 4, width: 4, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
      await rgba.clone().jpeg().toBuffer()
    ]
    for (const other of others) expect(readPlainPng(other)).toBeUndefined()
  })

  it('leaves large images to sharp', async () => {
    const large = { height: 300, width: 300, channels: 1 as const, data: new Uint8Array(90_000) }
    expect(readPlainPng(await encode(large, {}))).toBeUndefined()
  })
})

describe('readPng', () => {
  const upTo = (most: number, count: number) => Array.from({ length: count }, (_, i) => (i * 7 + 3) % (most + 1))

  it.each([
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16]
  ])('gives the samples of colour type %i and %i bits as they are stored', (colour, depth) => {
    const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[colour]!
    const samples = upTo(2 ** depth - 1, 11 * 5 * channels)
    const read = readPng(pngFile({ width: 11, samples, colour, depth }))
    expect([read.height, read.width, read.channels, read.white]).toEqual([5, 11, channels, 2 ** depth - 1])
    expect([...read.data]).toEqual(samples)
  })

  it.each([1, 2, 4, 8])('gives the indices of a palette of %i bits, and the palette', (depth) => {
    const samples = upTo(2 ** depth - 1, 35)
    const palette = Array.from({ length: 3 * 2 ** depth }, (_, i) => (i * 31) % 256)
    const read = readPng(pngFile({ width: 5, samples, colour: 3, depth, palette, transparency: [0] }))
    expect([...read.data]).toEqual(samples)
    expect([...read.palette!.subarray(0, palette.length)]).toEqual(palette)
  })

  it.each([
    [1, 1],
    [3, 9],
    [8, 8],
    [13, 10]
  ])('puts the seven passes of an interlaced picture of %i x %i together', async (height, width) => {
    const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 37) % 251)
    const read = readPng(await encode({ height, width, channels: 3, data }, { progressive: true }))
    expect(Buffer.from(read.data)).toEqual(Buffer.from(data))
  })

  it('explains what is damaged', () => {
    const whole = pngFile({ width: 4, samples: upTo(255, 16) })
    expect(() => readPng(whole.subarray(0, 40))).toThrow('ends')
    const flipped = Buffer.from(whole)
    flipped[20] = 9
    expect(() => readPng(flipped)).toThrow('damaged chunk (IHDR)')
    expect(() => readPng(pngFile({ width: 4, samples: [0, 1, 1, 0], depth: 1, colour: 3 }))).toThrow('palette')
  })
})
