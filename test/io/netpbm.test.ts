import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { sharpImages } from '../../src/io/index.js'
import { readNetpbm } from '../../src/io/formats/netpbm.js'
import { rgbOf } from '../../src/io/formats/StoredImage.js'
import { left, right } from './workplace.js'

const file = (header: string, ...samples: ReadonlyArray<number>): Buffer =>
  Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(samples)])

const rgb = (bytes: Buffer): ReadonlyArray<number> => [...rgbOf(readNetpbm(bytes), O.none).data]

const grey = (...values: ReadonlyArray<number>): ReadonlyArray<number> => values.flatMap((v) => [v, v, v])

describe('readNetpbm', () => {
  it.each<[string, Buffer, ReadonlyArray<number>]>([
    ['a plain bitmap, 1 black', file('P1\n# by hand\n3 1\n0 1\n0'), grey(255, 0, 255)],
    ['a plain bitmap without spaces', file('P1 3 1 011'), grey(255, 0, 0)],
    ['a raw bitmap', file('P4\n9 1\n', 0b1010_0000, 0b1000_0000), grey(0, 255, 0, 255, 255, 255, 255, 255, 0)],
    ['a plain greymap', file('P2\n2 1\n255\n7 200\n'), grey(7, 200)],
    ['a raw greymap', file('P5 2 1 255\n', 7, 200), grey(7, 200)],
    ['a raw greymap of a comment', file('P5\n2 1 # sides\n255\n', 7, 200), grey(7, 200)],
    ['a greymap up to 15', file('P5 2 1 15\n', 0, 15), grey(0, 255)],
    ['a greymap of 16 bits', file('P5 2 1 65535\n', 0x80, 0x00, 0xff, 0xff), grey(128, 255)],
    ['a plain pixmap', file('P3 1 2 255 1 2 3 4 5 6'), [1, 2, 3, 4, 5, 6]],
    ['a raw pixmap', file('P6\n1 2\n255\n', 1, 2, 3, 4, 5, 6), [1, 2, 3, 4, 5, 6]],
    ['a raw pixmap of 16 bits', file('P6 1 1 65535\n', 1, 0, 2, 0, 3, 0), [1, 2, 3]],
    [
      'a PAM with alpha',
      file('P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n', 1, 2, 3, 0),
      [1, 2, 3]
    ]
  ])('reads %s', (_, bytes, expected) => {
    expect(rgb(bytes)).toEqual(expected)
  })

  it.each([
    ['is cut short', file('P6 2 2 255\n', 1, 2, 3), 'ends'],
    ['has no sides', file('P5 \n'), 'ends'],
    ['has a word for a number', file('P2 a 2 255 1'), 'instead of an integer'],
    ['has a sample above its maximum', file('P2 1 1 7 9'), 'above'],
    ['claims more pixels than there can be', file('P5 99999999 99999999 255\n'), 'pixels']
  ])('explains what %s', (_, bytes, found) => {
    expect(() => readNetpbm(bytes)).toThrow(found)
  })
})

describe('decode', () => {
  it('reads a PPM, and says what is wrong with a damaged one', async () => {
    const images = sharpImages(1)
    const asIs = { size: O.none, resize: 'crop' } as const
    const { data, header } = right(await images.decode('a.ppm', file('P6 1 1 255\n', 1, 2, 3), asIs)())
    expect([header.format, ...data]).toEqual(['netpbm', 1, 2, 3])
    expect(left(await images.decode('a.ppm', file('P6 2 2 255\n', 1), asIs)())._tag).toBe('UnreadableImage')
  })
})
