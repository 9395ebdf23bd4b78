import * as O from 'fp-ts/lib/Option.js'
import sharp, { type Channels } from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Resize, Size } from '../../src/data/index.js'
import { sharpImages } from '../../src/io/index.js'
import { left, right } from './workplace.js'

const images = sharpImages(2)
const asIs = { size: O.none, resize: 'crop' } as const
const sized = (size: Size, resize: Resize) => ({ size: O.some(size), resize })

const raw = (height: number, width: number, channels: Channels, samples: ReadonlyArray<number>) =>
  sharp(Uint8Array.from(samples), { raw: { height, width, channels } })

describe('decode', () => {
  it('gives back the exact pixels of an RGB picture', async () => {
    const samples = Array.from({ length: 2 * 3 * 3 }, (_, i) => 13 * i)
    const png = await raw(2, 3, 3, samples).png().toBuffer()
    expect(right(await images.decode('a', png, asIs)())).toEqual({
      height: 2,
      width: 3,
      channels: 3,
      data: Uint8Array.from(samples),
      header: { format: 'png', height: 2, width: 3, orientation: 1 }
    })
  })

  it('repeats grey for red, green and blue', async () => {
    const png = await raw(1, 2, 1, [7, 200]).toColourspace('b-w').png().toBuffer()
    expect([...right(await images.decode('a', png, asIs)()).data]).toEqual([7, 7, 7, 200, 200, 200])
  })

  it('drops transparency and keeps the colour beneath', async () => {
    const png = await raw(1, 2, 4, [1, 2, 3, 0, 4, 5, 6, 255]).png().toBuffer()
    expect([...right(await images.decode('a', png, asIs)()).data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('reduces 16 bits to 8', async () => {
    const deep = Uint16Array.of(0, 0x8000, 0xffff)
    const png = await sharp(deep, { raw: { height: 1, width: 3, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    expect((await sharp(png).metadata()).depth).toBe('ushort')
    expect([...right(await images.decode('a', png, asIs)()).data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255])
  })

  it.each<[Resize, Size]>([
    ['crop', 5],
    ['pad', 5],
    ['squish', [3, 9]]
  ])('has the requested size: %s %j', async (resize, size) => {
    const png = await raw(
      8,
      20,
      3,
      Array.from({ length: 480 }, (_, i) => i % 256)
    )
      .png()
      .toBuffer()
    const [height, width] = typeof size === 'number' ? [size, size] : size
    expect(right(await images.decode('a', png, sized(size, resize))())).toMatchObject({ height, width })
  })

  it('crops the centre for crop and keeps both ends for squish', async () => {
    // A bright column at each end, black between.
    const row = [255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
    const png = await raw(4, 12, 1, [...row, ...row, ...row, ...row])
      .toColourspace('b-w')
      .png()
      .toBuffer()
    const brightest = async (resize: Resize) =>
      Math.max(...right(await images.decode('a', png, sized(4, resize))()).data)
    expect(await brightest('crop')).toBe(0)
    expect(await brightest('squish')).toBeGreaterThan(100)
  })
})

describe('encode', () => {
  it.each([1, 3])('is undone by decoding, with %i channels', async (channels) => {
    const data = Uint8Array.from({ length: 6 * channels }, (_, i) => 11 * i)
    const png = right(await images.encode({ height: 2, width: 3, channels, data })())
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', channels, depth: 'uchar' })
    const decoded = right(await images.decode('a', png, asIs)())
    expect([...decoded.data].filter((_, i) => channels === 3 || i % 3 === 0)).toEqual([...data])
  })

  it('explains pixels of the wrong number', async () => {
    const error = left(await images.encode({ height: 9, width: 9, channels: 3, data: new Uint8Array(5) })())
    expect(error._tag).toBe('IoFailure')
  })
})

describe('header', () => {
  it('reads the sides without decoding', async () => {
    const png = await raw(
      2,
      3,
      3,
      Array.from({ length: 18 }, () => 0)
    )
      .png()
      .toBuffer()
    expect(right(await images.header('a', png)())).toEqual({
      format: 'png',
      height: 2,
      width: 3,
      orientation: 1
    })
  })
})
