import { fc, it } from '@fast-check/vitest'
import sharp, { type JpegOptions } from 'sharp'
import { describe, expect } from 'vitest'
import { readPlainJpeg } from '../../src/io/formats/jpeg.js'
import { factsOf } from '../../src/io/formats/readImage.js'

const seed = 20_240_619

const encode = (height: number, width: number, options: JpegOptions = {}): Promise<Buffer> =>
  sharp({ create: { height, width, channels: 3, background: '#369' } })
    .jpeg(options)
    .toBuffer()

const sides = fc.integer({ min: 1, max: 70 })
const bytes = await encode(20, 30)

describe('readPlainJpeg', () => {
  it.prop([sides, sides, fc.boolean(), fc.constantFrom('4:2:0', '4:4:4')], { seed, numRuns: 60 })(
    'tells decoding what libvips says of the file',
    async (height, width, progressive, chromaSubsampling) => {
      const file = await encode(height, width, { progressive, chromaSubsampling })
      const plain = readPlainJpeg(file)
      expect(plain).toEqual({ height, width })
      expect(await sharp(file).metadata()).toMatchObject(factsOf(plain!))
    }
  )

  it.prop([fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 })], { seed, numRuns: 300 })(
    'of a file with a flipped bit, agrees with libvips or leaves it to libvips',
    async (at, bit) => {
      const flipped = Buffer.from(bytes)
      flipped[at] = flipped[at]! ^ (1 << bit)
      const plain = readPlainJpeg(flipped)
      const theirs = await sharp(flipped)
        .metadata()
        .catch(() => undefined)
      // tables are not read here: decoding reports those that are wrong
      if (plain !== undefined && theirs !== undefined) expect(theirs).toMatchObject(factsOf(plain))
    }
  )

  it('leaves a file that ends in its header to libvips', () => {
    const scan = bytes.lastIndexOf(Uint8Array.of(0xff, 0xda))
    for (let length = 0; length < scan + 4; length++) expect(readPlainJpeg(bytes.subarray(0, length))).toBeUndefined()
  })

  it('leaves grey, CMYK, orientation, profiles and other formats to libvips', async () => {
    const image = sharp(bytes)
    const others = [
      await image.clone().toColourspace('b-w').jpeg().toBuffer(),
      await image.clone().toColourspace('cmyk').jpeg().toBuffer(),
      await image.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      await image.clone().withIccProfile('p3').jpeg().toBuffer(),
      await image.clone().png().toBuffer()
    ]
    for (const other of others) expect(readPlainJpeg(other)).toBeUndefined()
  })
})
