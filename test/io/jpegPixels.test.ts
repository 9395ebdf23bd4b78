// Plain JPEGs decoded in WebAssembly: the same samples as libvips', or left to it.
import { createHash } from 'node:crypto'
import { fc, it } from '@fast-check/vitest'
import sharp, { type JpegOptions } from 'sharp'
import { describe, expect } from 'vitest'
import { readPlainJpeg } from '../../src/io/formats/jpeg.js'
import { withJpegPixels } from '../../src/io/formats/jpegPixels.js'

const seed = 20_240_619

/** Colours from smooth to noisy: `grain` pixels of one source pixel. */
const encode = (height: number, width: number, grain: number, options: JpegOptions = {}): Promise<Buffer> => {
  const [h, w] = [Math.ceil(height / grain), Math.ceil(width / grain)]
  const data = Uint8Array.from({ length: h * w * 3 }, (_, i) => (i * i * 13 + 7 * i + (i >> 3) * 29) % 256)
  return sharp(data, { raw: { height: h, width: w, channels: 3 } })
    .resize({ height, width, fit: 'fill' })
    .jpeg(options)
    .toBuffer()
}

const ours = (file: Uint8Array): Buffer | undefined => {
  const plain = readPlainJpeg(file)
  return plain && withJpegPixels(file, plain, ({ data }) => Buffer.from(data))
}

const theirs = (file: Uint8Array): Promise<Buffer | undefined> =>
  sharp(file, { failOn: 'error' })
    .toColourspace('srgb')
    .raw()
    .toBuffer()
    .catch(() => undefined)

const isSame = (a: Buffer, b: Buffer | undefined): boolean => b !== undefined && a.equals(b)

const files = await Promise.all([encode(40, 50, 3, { quality: 95 }), encode(64, 48, 9, { chromaSubsampling: '4:4:4' })])

describe('withJpegPixels', () => {
  const sides = fc.integer({ min: 16, max: 90 })
  const options = fc.record({
    quality: fc.integer({ min: 1, max: 100 }),
    chromaSubsampling: fc.constantFrom('4:2:0', '4:4:4')
  })
  it.prop([sides, sides, fc.integer({ min: 1, max: 20 }), options], { seed, numRuns: 200 })(
    'gives the samples of libvips, whatever the sides, the quality and the sampling of chroma',
    async (height, width, grain, of) => {
      const file = await encode(height, width, grain, of)
      const pixels = ours(file)
      expect(pixels).toBeDefined()
      expect(isSame(pixels!, await theirs(file))).toBe(true)
    }
  )

  it('gives the samples of Pillow for chroma of half the width, which sharp does not write', () => {
    // 43 x 27, written by Pillow 12 with subsampling=1
    const file = Buffer.from(
      [
        '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO',
        'UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P',
        'T09PT09PT0//wAARCAAbACsDASEAAhEBAxEB/8QAGAAAAwEBAAAAAAAAAAAAAAAAAwQFBgL/xAAjEAABBAICAgIDAAAAAAAAAAAB',
        'AAIDBAURITIUMRJRFSNB/8QAGgEBAQACAwAAAAAAAAAAAAAABQQAAwECBv/EACERAAICAQMFAQAAAAAAAAAAAAECAAMEBRESEzEz',
        'NEEi/9oADAMBAAIRAxEAPwAE16O00sYdkouJoSw2BK4cLNYqKDiYtpN6rQyH7NNYvRNhAJGwFIkuxuPtC4uOzLwnmc/CcMbPkA+4',
        'wf1D81n2mKqTUvEzVS35max9aWrYD5CdBap+frNrCNuvkAltSQZjBl+Rw0NjkGRLGRdK46cUxj68to8EqeugYw657CW5Ftd2Idu8',
        '6yFGWD3tTS2TfsrW1y5J5r2gePgMybyrchDojoKD4L3THkpPDHChiY1rNuxCxk0jG0FXcBMIXDaPyr+tgMggi3GteEtXIhbHASH4',
        'YfSj0urhQAZfRmhF2iljoVOjH7U9X6zzvrXlWGs9F1jO6Ar9doHkeQTUVOoTugqsTxicif/Z'
      ].join(''),
      'base64'
    )
    const pixels = ours(file)
    expect(pixels?.length).toBe(3 * 43 * 27)
    expect(createHash('sha256').update(pixels!).digest('hex')).toBe(
      '21e466b5446a42df28052ce6b47c1a194d66b430af0de04e47bfa3df6b4f674d'
    )
  })

  it.prop([fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 7 })], {
    seed,
    numRuns: 500
  })(
    'gives the samples of libvips for a file with a flipped bit, or leaves it to libvips',
    async (file, where, bit) => {
      const flipped = Buffer.from(file)
      const at = Math.floor(where * (file.length - 1))
      flipped[at] = flipped[at]! ^ (1 << bit)
      const pixels = ours(flipped)
      if (pixels !== undefined) expect(isSame(pixels, await theirs(flipped))).toBe(true)
    }
  )

  it('leaves a file that ends too early to libvips', () => {
    for (const file of files)
      for (let length = 0; length < file.length; length++) expect(ours(file.subarray(0, length))).toBeUndefined()
  })

  it('leaves progressive files, small images and large ones to libvips', async () => {
    const others = [
      await encode(40, 50, 3, { progressive: true }),
      await encode(15, 50, 3),
      await encode(50, 15, 3),
      await encode(1025, 1024, 50)
    ]
    for (const other of others) {
      expect(readPlainJpeg(other)).toBeDefined()
      expect(ours(other)).toBeUndefined()
    }
  })

  it('reuses its memory', async () => {
    const [first, large] = [files[0], await encode(1024, 1024, 50)]
    const before = ours(first)!
    expect(ours(large)?.length).toBe(3 * 1024 * 1024)
    expect(ours(first)!.equals(before)).toBe(true)
  })
})
