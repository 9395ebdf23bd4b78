import { crc32 } from 'node:zlib'
import { fc, it } from '@fast-check/vitest'
import * as O from 'fp-ts/lib/Option.js'
import sharp from 'sharp'
import { describe, expect } from 'vitest'
import { sharpImages } from '../../src/io/index.js'
import { grey, left } from '../io/workplace.js'

const images = sharpImages(2)
const asIs = { size: O.none, resize: 'crop' } as const
const seed = 20_240_618

const png = await grey(24, 24)
const jpeg = await sharp(png).jpeg().toBuffer()

/** Writes other sides into a PNG's header, with a checksum that fits. */
const claiming = (height: number, width: number): Buffer => {
  const bytes = Buffer.from(png)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
}

describe('a picture', () => {
  it.prop([fc.integer({ min: 0, max: png.length - 13 })], { seed, numRuns: 60 })(
    'is an error that names the file when a PNG is truncated anywhere',
    async (length) => {
      expect(left(await images.decode('cut.png', png.subarray(0, length), asIs)())).toMatchObject({
        _tag: 'UnreadableImage',
        path: 'cut.png'
      })
    }
  )

  it.prop([fc.integer({ min: 0, max: jpeg.length - 3 })], { seed, numRuns: 60 })(
    'is an error that names the file when a JPEG is truncated anywhere',
    async (length) => {
      expect(left(await images.decode('cut.jpg', jpeg.subarray(0, length), asIs)())).toMatchObject({
        _tag: 'UnreadableImage',
        path: 'cut.jpg'
      })
    }
  )

  it.prop([fc.uint8Array({ maxLength: 400 })], { seed, numRuns: 60 })(
    'of any bytes is an error, never a crash',
    async (bytes) => {
      expect(left(await images.decode('noise', bytes, asIs)())._tag).toBe('UnreadableImage')
    }
  )

  it('that claims to be huge is refused before memory is allocated', async () => {
    const before = process.memoryUsage.rss()
    expect(left(await images.decode('bomb.png', claiming(60_000, 60_000), asIs)())._tag).toBe('UnreadableImage')
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20)
  })

  it.prop([fc.nat({ max: png.length - 1 }), fc.nat({ max: 7 })], { seed, numRuns: 100 })(
    'with a flipped bit decodes or is an error',
    async (at, bit) => {
      const bytes = Buffer.from(png)
      bytes[at] = bytes[at]! ^ (1 << bit)
      const result = await images.decode('flipped.png', bytes, asIs)()
      if (result._tag === 'Right') expect(result.right.data.length).toBe(result.right.height * result.right.width * 3)
      else expect(result.left._tag).toBe('UnreadableImage')
    }
  )
})
