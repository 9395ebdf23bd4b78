import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { sharpImages } from '../../src/io/index.js'
import { readBmp } from '../../src/io/formats/bmp.js'
import { left, right } from './workplace.js'

interface Parts {
  readonly height: number
  readonly width: number
  readonly bits: number
  readonly pixels: ReadonlyArray<number>
  readonly compression?: number
  readonly palette?: ReadonlyArray<number>
  readonly masks?: ReadonlyArray<number>
  readonly topDown?: boolean
  /** OS/2's header of 12 bytes. */
  readonly core?: boolean
}

const bmpFile = ({
  height,
  width,
  bits,
  pixels,
  compression = 0,
  palette = [],
  masks = [],
  topDown,
  core
}: Parts): Buffer => {
  const size = core === true ? 12 : 40
  const header = Buffer.alloc(14 + size)
  const start = header.length + palette.length + 4 * masks.length
  header.write('BM', 0, 'latin1')
  header.writeUInt32LE(start + pixels.length, 2)
  header.writeUInt32LE(start, 10)
  header.writeUInt32LE(size, 14)
  if (core === true) {
    header.writeUInt16LE(width, 18)
    header.writeUInt16LE(height, 20)
    header.writeUInt16LE(1, 22)
    header.writeUInt16LE(bits, 24)
  } else {
    header.writeInt32LE(width, 18)
    header.writeInt32LE(topDown === true ? -height : height, 22)
    header.writeUInt16LE(1, 26)
    header.writeUInt16LE(bits, 28)
    header.writeUInt32LE(compression, 30)
    header.writeUInt32LE(palette.length / 4, 46)
  }
  const named = Buffer.alloc(4 * masks.length)
  masks.forEach((mask, i) => named.writeUInt32LE(mask, 4 * i))
  return Buffer.concat([header, named, Buffer.from(palette), Buffer.from(pixels)])
}

/** Blue, green, red and nothing, as BMP has them: red, green, blue and grey. */
const four = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 7, 7, 7, 0]

describe('readBmp', () => {
  it.each<[string, Parts, ReadonlyArray<number>]>([
    [
      '1 bit',
      { height: 2, width: 3, bits: 1, palette: four.slice(0, 8), pixels: [0b0110_0000, 0, 0, 0, 0b1000_0000, 0, 0, 0] },
      [1, 0, 0, 0, 1, 1]
    ],
    [
      '4 bits',
      { height: 2, width: 3, bits: 4, palette: four, pixels: [0x12, 0x30, 0, 0, 0x01, 0x20, 0, 0] },
      [0, 1, 2, 1, 2, 3]
    ],
    ['8 bits', { height: 2, width: 3, bits: 8, palette: four, pixels: [1, 2, 3, 0, 0, 1, 2, 0] }, [0, 1, 2, 1, 2, 3]],
    [
      '8 bits from the top',
      { height: 2, width: 3, bits: 8, palette: four, topDown: true, pixels: [0, 1, 2, 0, 1, 2, 3, 0] },
      [0, 1, 2, 1, 2, 3]
    ],
    [
      'run lengths of 8 bits',
      {
        height: 2,
        width: 4,
        bits: 8,
        compression: 1,
        palette: four,
        pixels: [0, 3, 1, 2, 3, 0, 1, 1, 0, 0, 2, 0, 0, 2, 1, 0, 1, 3, 0, 1]
      },
      [0, 0, 0, 3, 1, 2, 3, 1]
    ],
    [
      'run lengths of 4 bits',
      {
        height: 2,
        width: 4,
        bits: 4,
        compression: 2,
        palette: four,
        pixels: [4, 0x12, 0, 0, 0, 3, 0x30, 0x10, 1, 0x20, 0, 1]
      },
      [3, 0, 1, 2, 1, 2, 1, 2]
    ]
  ])('gives the indices of %s', (_, parts, expected) => {
    const read = readBmp(bmpFile(parts))
    expect([read.height, read.width, read.channels]).toEqual([parts.height, parts.width, 1])
    expect([...read.data]).toEqual(expected)
    expect([...read.palette!.subarray(0, 6)]).toEqual([255, 0, 0, 0, 255, 0])
  })

  it.each<[string, Parts, ReadonlyArray<number>]>([
    ['24 bits', { height: 2, width: 1, bits: 24, pixels: [3, 2, 1, 0, 6, 5, 4, 0] }, [4, 5, 6, 1, 2, 3]],
    ['32 bits', { height: 1, width: 2, bits: 32, pixels: [3, 2, 1, 9, 6, 5, 4, 9] }, [1, 2, 3, 4, 5, 6]],
    [
      '32 bits under masks',
      { height: 1, width: 1, bits: 32, compression: 3, masks: [0xff, 0xff00, 0xff0000], pixels: [1, 2, 3, 9] },
      [1, 2, 3]
    ],
    [
      '16 bits, five a channel',
      { height: 1, width: 2, bits: 16, pixels: [0x00, 0x7c, 0x1f, 0x00] },
      [255, 0, 0, 0, 0, 255]
    ],
    [
      '16 bits, six for green',
      { height: 1, width: 2, bits: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f], pixels: [0xe0, 0x07, 0x00, 0x80] },
      [0, 255, 0, 131, 0, 0]
    ],
    ['24 bits under OS/2’s header', { height: 1, width: 1, bits: 24, core: true, pixels: [3, 2, 1, 0] }, [1, 2, 3]]
  ])('gives the colours of %s', (_, parts, expected) => {
    const read = readBmp(bmpFile(parts))
    expect([read.channels, ...read.data]).toEqual([3, ...expected])
  })
})

describe('decode', () => {
  const images = sharpImages(1)
  const asIs = { size: O.none, resize: 'crop' } as const

  it('reads a BMP with any file name', async () => {
    const file = bmpFile({ height: 1, width: 2, bits: 8, palette: four, pixels: [2, 3, 0, 0] })
    const { data, header } = right(await images.decode('a.jpg', file, asIs)())
    expect([header.format, ...data]).toEqual(['bmp', 0, 0, 255, 7, 7, 7])
    const small = right(await images.decode('a.bmp', file, { size: O.some([1, 1]), resize: 'squish' })())
    expect([small.height, small.width]).toEqual([1, 1])
  })

  it('explains truncated files and files that are not BMP', async () => {
    const file = bmpFile({ height: 9, width: 9, bits: 24, pixels: [1, 2, 3] })
    expect(left(await images.decode('a.bmp', file, asIs)())).toMatchObject({
      path: 'a.bmp',
      found: expect.stringContaining('ends')
    })
    const odd = bmpFile({ height: 1, width: 1, bits: 24, compression: 4, pixels: [1, 2, 3, 0] })
    expect(left(await images.decode('a.bmp', odd, asIs)()).found).toContain('compression 4')
    const huge = bmpFile({ height: 2 ** 30, width: 2 ** 30, bits: 24, pixels: [] })
    expect(left(await images.decode('a.bmp', huge, asIs)()).found).toContain('pixels')
  })
})
