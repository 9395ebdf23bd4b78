import { fc, it } from '@fast-check/vitest'
import sharp, { type PngOptions } from 'sharp'
import { describe, expect } from 'vitest'
import { decodePlainPng } from '../../src/io/plainPng.js'

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

describe('decodePlainPng', () => {
  it.prop([picture, fc.boolean()], { seed, numRuns: 150 })(
    'gives back exactly what was encoded, under every row filter',
    async (image, adaptiveFiltering) => {
      const decoded = decodePlainPng(await encode(image, { adaptiveFiltering }))
      expect(decoded && { ...decoded, data: [...decoded.data] }).toEqual({ ...image, data: [...image.data] })
    }
  )

  it.prop([fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 })], { seed, numRuns: 300 })(
    'leaves a picture with a flipped bit to the picture library',
    (at, bit) => {
      const flipped = Buffer.from(bytes)
      flipped[at] = flipped[at]! ^ (1 << bit)
      expect(decodePlainPng(flipped)).toBeUndefined()
    }
  )

  it.prop([fc.nat({ max: bytes.length - 1 })], { seed, numRuns: 100 })('leaves a truncated picture to it', (length) => {
    expect(decodePlainPng(bytes.subarray(0, length))).toBeUndefined()
  })

  it('leaves interlaced, transparent, deep and palette pictures, and other formats, to it', async () => {
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
    for (const other of others) expect(decodePlainPng(other)).toBeUndefined()
  })

  it('leaves large pictures to it', async () => {
    const large = { height: 300, width: 300, channels: 1 as const, data: new Uint8Array(90_000) }
    expect(decodePlainPng(await encode(large, {}))).toBeUndefined()
  })
})
