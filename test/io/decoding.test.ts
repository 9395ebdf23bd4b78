import * as O from 'fp-ts/lib/Option.js'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  bilinearPixels,
  cropPad,
  defaultDecoding,
  type Decoding,
  type Resize,
  type Size,
  upright,
  uprightSides
} from '../../src/data/index.js'
import { sharpImages } from '../../src/io/index.js'
import { gifFile, jpegWithOrientation, jpegWithProfile, pngFile, profiles, tiffFile } from './imageFiles.js'
import { left, right } from './workplace.js'

const images = sharpImages(2)

const pixelsOf = async (bytes: Uint8Array, how: Partial<Decoding> = {}, size?: Size, resize: Resize = 'squish') =>
  right(
    await images.decode('a', bytes, { size: O.fromNullable(size), resize, decoding: { ...defaultDecoding, ...how } })()
  )

/** Colours far apart, so that a converted one is seen. */
const side = 24
const rgb = Array.from(
  { length: side * side * 3 },
  (_, i) => [(i * 5) % 256, 255 - ((i * 3) % 256), (i >> 3) % 256][i % 3]!
)
const raw = () => sharp(Uint8Array.from(rgb), { raw: { height: side, width: side, channels: 3 } })
const differences = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (v, i) => Math.abs(v - b[i]!))

describe('an embedded colour profile', () => {
  it.each(['displayP3', 'adobeRgb'] as const)('%s leaves the samples of PNG, JPEG and WebP unchanged', async (name) => {
    const profile = profiles[name]
    const png = pngFile({ width: side, samples: rgb, colour: 2, profile })
    expect((await sharp(png).metadata()).icc).toBeDefined()
    expect([...(await pixelsOf(png)).data]).toEqual(rgb)
    const jpeg = await raw().jpeg().toBuffer()
    expect((await pixelsOf(jpegWithProfile(profile, jpeg))).data).toEqual((await pixelsOf(jpeg)).data)
    const webp = await sharp(png).keepIccProfile().webp({ lossless: true }).toBuffer()
    expect((await sharp(webp).metadata()).icc).toBeDefined()
    expect([...(await pixelsOf(webp)).data]).toEqual([...(await sharp(png).keepIccProfile().raw().toBuffer())])
  })

  it('leaves 16 bits and grey unchanged', async () => {
    const deep = pngFile({
      width: side,
      samples: rgb.map((v) => 257 * v),
      depth: 16,
      colour: 2,
      profile: profiles.displayP3
    })
    expect([...(await pixelsOf(deep)).data]).toEqual(rgb)
    const grey = rgb.slice(0, side * side)
    const repeated = grey.flatMap((v) => [v, v, v])
    const shallow = { width: side, samples: grey, profile: profiles.grey }
    expect([...(await pixelsOf(pngFile(shallow))).data]).toEqual(repeated)
    const deepGrey = { ...shallow, samples: grey.map((v) => 257 * v), depth: 16 }
    expect([...(await pixelsOf(pngFile(deepGrey))).data]).toEqual(repeated)
  })

  it('is applied when asked for, to sRGB whatever the depth and size', async () => {
    const flat = (depth: number, colour = 2) =>
      pngFile({
        width: 8,
        samples: Array.from({ length: 64 }, () => [0, 1, 0].map((v) => v * (2 ** depth - 1))).flat(),
        depth,
        colour,
        profile: profiles.displayP3
      })
    const half = pngFile({
      width: 8,
      samples: Array.from({ length: 64 }, () => [180, 120, 60]).flat(),
      colour: 2,
      profile: profiles.displayP3
    })
    const converted = [...(await pixelsOf(half, { colour: 'convert' })).data.subarray(0, 3)]
    expect(Math.max(...differences(converted, [180, 120, 60]))).toBeGreaterThan(5)
    for (const size of [undefined, 4])
      for (const exact of [true, false])
        expect([...(await pixelsOf(half, { colour: 'convert', exact }, size)).data.subarray(0, 3)]).toEqual(converted)
    const [shallow, deep] = [
      await pixelsOf(flat(8), { colour: 'convert' }),
      await pixelsOf(flat(16), { colour: 'convert' })
    ]
    expect(deep.data).toEqual(shallow.data)
  })
})

describe('alpha', () => {
  // white under full transparency, and a colour that is seen
  const rgba = Array.from({ length: side * side }, (_, i) =>
    i % side < 12 ? [255, 255, 255, 0] : [40, 80, 120, 255]
  ).flat()
  const opaque = rgba.filter((_, i) => i % 4 !== 3)

  it('is dropped before an image is scaled, so that the colour below is kept', async () => {
    const png = pngFile({ width: side, samples: rgba, colour: 6 })
    expect([...(await pixelsOf(png)).data]).toEqual(opaque)
    const small = await pixelsOf(png, {}, 12)
    expect(small.data).toEqual((await pixelsOf(pngFile({ width: side, samples: opaque, colour: 2 }), {}, 12)).data)
    expect([...small.data.subarray(0, 3)]).toEqual([255, 255, 255])
  })

  it('is also dropped from grey, palette, colour-key, WebP and TIFF images', async () => {
    const la = pngFile({ width: 4, samples: Array.from({ length: 16 }, () => [200, 0]).flat(), colour: 4 })
    const palette = { width: 4, samples: Array(16).fill(1), colour: 3, palette: [1, 2, 3, 200, 200, 200] }
    const indexed = pngFile({ ...palette, transparency: [255, 0] })
    const keyed = pngFile({ width: 4, samples: Array(16).fill(200), transparency: [0, 200] })
    const hidden = sharp(
      Uint8Array.from({ length: 64 }, (_, i) => (i % 4 === 3 ? 0 : 200)),
      {
        raw: { height: 4, width: 4, channels: 4 }
      }
    )
    const others = [
      await hidden.clone().webp({ lossless: true, exact: true }).toBuffer(),
      await hidden.clone().tiff({ compression: 'none' }).toBuffer()
    ]
    for (const file of [la, indexed, keyed, ...others])
      for (const size of [undefined, 2]) expect(new Set((await pixelsOf(file, {}, size)).data)).toEqual(new Set([200]))
  })
})

describe('the transparent colour of a GIF', () => {
  it('is the palette’s, at any size, as in Pillow', async () => {
    const palette = [10, 20, 30, 200, 100, 50]
    const gif = gifFile({ width: 4, samples: Array<number>(16).fill(1), palette, transparent: 1 })
    for (const size of [undefined, 2])
      expect(new Set((await pixelsOf(gif, {}, size)).data)).toEqual(new Set([200, 100, 50]))
  })
})

describe('the canvas around the first frame of a GIF', () => {
  const palette = [10, 20, 30, 200, 100, 50, 0, 0, 255, 9, 8, 7]
  const framed = { width: 2, samples: [1, 3, 3, 1], palette, canvas: [5, 6], corner: [1, 2] } as const
  const colourOf = (i: number): ReadonlyArray<number> => palette.slice(3 * i, 3 * i + 3)
  const at = ({ data, width }: { readonly data: ArrayLike<number>; readonly width: number }, y: number, x: number) =>
    [0, 1, 2].map((c) => data[3 * (y * width + x) + c])

  // np.array(Image.open(file).convert('RGB')) of Pillow 12: the transparent colour, or else the first
  it.each([
    ['the first colour', {}, 0],
    ['the transparent colour', { transparent: 2 }, 2],
    ['a transparent colour that the frame has', { transparent: 3 }, 3],
    ["the frame's own first colour", { own: true }, 0],
    ["the frame's own transparent colour", { own: true, transparent: 2 }, 2]
  ])('has %s, as in Pillow', async (_, more, index) => {
    const image = await pixelsOf(gifFile({ ...framed, ...more }))
    expect([image.height, image.width]).toEqual([5, 6])
    for (let y = 0; y < 5; y++)
      for (let x = 0; x < 6; x++) {
        const inside = y >= 1 && y < 3 && x >= 2 && x < 4
        expect(at(image, y, x)).toEqual(colourOf(inside ? [1, 3, 3, 1][(y - 1) * 2 + x - 2]! : index))
      }
  })

  it('grows with a frame that reaches beyond it', async () => {
    const image = await pixelsOf(gifFile({ ...framed, canvas: [2, 2] }))
    expect([image.height, image.width, ...at(image, 0, 0), ...at(image, 2, 3)]).toEqual([
      3,
      4,
      ...colourOf(0),
      ...colourOf(1)
    ])
  })

  it('is part of the picture when it is resized', async () => {
    const one = gifFile({ ...framed, samples: [0, 0, 0, 0] })
    expect(new Set((await pixelsOf(one, {}, 3)).data)).toEqual(new Set(colourOf(0)))
  })
})

describe('inks', () => {
  it('become RGB without a profile, as in Pillow', async () => {
    const samples = Uint8Array.of(10, 20, 30, 40)
    const tiff = tiffFile({ width: 1, height: 1, samples, channels: 4, photometric: 5 })
    expect((await sharp(tiff).metadata()).space).toBe('cmyk')
    // Image.new('CMYK', (1, 1), (10, 20, 30, 40)).convert('RGB') of Pillow 12
    expect([...(await pixelsOf(tiff)).data]).toEqual([207, 198, 190])
  })
})

describe('more than 8 bits', () => {
  const ramp = Uint16Array.of(0, 1023, 2048, 4095)
  const twelve = pngFile({ width: 4, samples: ramp, depth: 16 })
  it('are reduced to the upper 8, unless a range says what is white', async () => {
    const grey = async (how: Partial<Decoding>) => [...(await pixelsOf(twelve, how)).data].filter((_, i) => i % 3 === 0)
    expect(await grey({})).toEqual([0, 3, 8, 15])
    expect(await grey({ range: O.some([0, 4095]) })).toEqual([0, 64, 128, 255])
    expect(await grey({ range: O.some([1023, 2048]) })).toEqual([0, 0, 255, 255])
    expect((await pixelsOf(twelve)).samples).toEqual({ extremes: [0, 4095], range: [0, 65_535] })
  })

  it('of floats go from 0 to 255, unless a range says otherwise', async () => {
    const file = tiffFile({ width: 4, height: 1, samples: Float32Array.of(0, 0.5, 1, 300) })
    expect((await sharp(file).metadata()).depth).toBe('float')
    const grey = async (how: Partial<Decoding>) => [...(await pixelsOf(file, how)).data].filter((_, i) => i % 3 === 0)
    expect(await grey({})).toEqual([0, 0, 1, 255])
    expect(await grey({ range: O.some([0, 1]) })).toEqual([0, 128, 255, 255])
  })

  it('do not apply the range to 8-bit images', async () => {
    const file = pngFile({ width: 2, samples: [7, 200] })
    expect([...(await pixelsOf(file, { range: O.some([0, 4095]) })).data]).toEqual([7, 7, 7, 200, 200, 200])
  })
})

describe('the orientation', () => {
  // 2 rows of 3: which corner is where tells all eight apart
  const stored = [10, 20, 30, 40, 50, 60]
  const turned: ReadonlyArray<readonly [number, number, ReadonlyArray<number>]> = [
    [1, 2, [10, 20, 30, 40, 50, 60]],
    [2, 2, [30, 20, 10, 60, 50, 40]],
    [3, 2, [60, 50, 40, 30, 20, 10]],
    [4, 2, [40, 50, 60, 10, 20, 30]],
    [5, 3, [10, 40, 20, 50, 30, 60]],
    [6, 3, [40, 10, 50, 20, 60, 30]],
    [7, 3, [60, 30, 50, 20, 40, 10]],
    [8, 3, [30, 60, 20, 50, 10, 40]]
  ]

  it.each(turned)('%i is applied, or ignored when asked for', async (orientation, height, expected) => {
    const png = pngFile({ width: 3, samples: stored, orientation })
    const applied = await pixelsOf(png)
    expect([applied.height, applied.header.orientation]).toEqual([height, orientation])
    expect([...applied.data].filter((_, i) => i % 3 === 0)).toEqual(expected)
    const ignored = await pixelsOf(png, { orientation: 'ignore' })
    expect([ignored.height, [...ignored.data].filter((_, i) => i % 3 === 0)]).toEqual([2, stored])
    const library = await sharp(png).autoOrient().raw().toBuffer()
    expect([...applied.data].filter((_, i) => i % 3 === 0)).toEqual([...library].filter((_, i) => i % 3 === 0))
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i of a JPEG is that of the picture at every size', async (orientation) => {
    const wide = sharp(
      Uint8Array.from({ length: 40 * 64 * 3 }, (_, i) => (Math.floor(i / 3) * 7) % 256),
      {
        raw: { height: 40, width: 64, channels: 3 }
      }
    )
    const jpeg = await wide.jpeg({ quality: 95 }).toBuffer()
    const tagged = jpegWithOrientation(orientation, jpeg)
    const whole = await pixelsOf(tagged)
    const size: Size = [10, 12]
    const exact = await pixelsOf(tagged, { exact: true }, size)
    expect([exact.height, exact.width]).toEqual(size)
    const expected = bilinearPixels(size)(whole)
    expect(Math.max(...differences(exact.data, expected.data))).toBeLessThanOrEqual(2)
    expect(await pixelsOf(tagged, { orientation: 'ignore' }, size)).toMatchObject({
      data: (await pixelsOf(jpeg, {}, size)).data
    })
    // shrunk by libvips while it is decoded
    const stored = await pixelsOf(jpeg, {}, [10, 16])
    const shrunk = await pixelsOf(tagged, {}, uprightSides(orientation, [10, 16]))
    expect(Buffer.compare(shrunk.data, upright(orientation)(stored).data)).toBe(0)
    expect(shrunk.data.constructor).toBe(Uint8Array)
  })
})

describe('slivers', () => {
  it.each([
    [1, 16_000],
    [16_000, 1],
    [2, 9000],
    [1, 300],
    [1, 1]
  ])('of %i x %i are scaled in little memory, every way', async (height, width) => {
    const file = pngFile({ width, samples: Array.from({ length: height * width }, (_, i) => i % 200) })
    for (const resize of ['crop', 'pad', 'squish'] as const)
      for (const exact of [false, true]) {
        const how = { size: O.some(224), resize, decoding: { ...defaultDecoding, exact } }
        const cut = right(await images.decode('a', file, how)())
        expect([cut.height, cut.width]).toEqual([224, 224])
        const scaled = right(await images.decode('a', file, { ...how, cut: false })())
        expect(scaled.height * scaled.width).toBeLessThanOrEqual(8 * 224 * 224)
        expect(Buffer.compare(cropPad([224, 224])(scaled).data, cut.data)).toBe(0)
      }
  })
})

describe('exact', () => {
  it('decodes JPEG and WebP to the same pixels as PNG', async () => {
    const noise = Uint8Array.from({ length: 160 * 160 * 3 }, (_, i) => (i * 7919 + (i >> 7) * 104_729) % 256)
    const picture = sharp(noise, { raw: { height: 160, width: 160, channels: 3 } }).blur(1)
    for (const file of [await picture.clone().jpeg().toBuffer(), await picture.clone().webp().toBuffer()]) {
      const png = await sharp(file).png().toBuffer()
      const as = async (bytes: Uint8Array, exact: boolean) => (await pixelsOf(bytes, { exact }, 20)).data
      expect(await as(file, true)).toEqual(await as(png, true))
      // what it is there for
      expect(await as(file, false)).not.toEqual(await as(png, false))
    }
  })
})

describe('a file that is not decoded', () => {
  it.each<[string, ReadonlyArray<number> | string, string]>([
    ['a.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC'],
    ['a.jp2', '\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000'],
    ['a.jxl', '\xff\x0a\0\0', 'JPEG XL'],
    ['a.psd', '8BPS\0\x01', 'Photoshop'],
    ['a.pdf.png', '%PDF-1.4\n', 'PDF'],
    ['a.jpg', '<!DOCTYPE html><html><title>404</title>', 'HTML'],
    ['a.png', 'version https://git-lfs.github.com/spec/v1\noid sha256:00', 'Git LFS'],
    ['a.png', '', 'empty'],
    ['a.dcm', '\0'.repeat(128) + 'DICM', 'DICOM'],
    ['a.mp4', '\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'a video'],
    ['a.jpg', '{"error":"not found"}', 'JSON'],
    ['a.jpg', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'XML'],
    ['a.jpg', 'Not Found', 'text'],
    ['a.jpg', '\0'.repeat(4000), 'zeros'],
    ['._a.jpg', '\0\x05\x16\x07\0\x02\0\0Mac OS X', 'macOS'],
    ['a.jpg', 'data:image/png;base64,iVBORw0KGgo', 'data URL'],
    ['a.eps', '%!PS-Adobe-3.0 EPSF', 'PostScript'],
    ['a.jpg', '\x01\x02\x03 what', 'an unknown image format, which begins with "\\u0001\\u0002\\u0003 what"']
  ])('is named: %s', async (name, content, found) => {
    const error = left(
      await images.decode(name, Buffer.from(content as string, 'latin1'), { size: O.none, resize: 'crop' })()
    )
    expect(error).toMatchObject({ _tag: 'UnreadableImage', path: name, found: expect.stringContaining(found) })
    expect(error.hint).not.toContain('repair')
  })
})

describe('a damaged file', () => {
  const pixels = Array.from({ length: 300 * 300 * 3 }, (_, i) => (i * i * 7919) % 251)
  const big = pngFile({ width: 300, samples: pixels, colour: 2 })
  const flipped = Buffer.from(big)
  flipped[big.length >> 1]! ^= 0xff
  const header = Buffer.from(big)
  header[30]! ^= 0xff
  const cutOff = 'the file ends before its pixels do'

  it.each<[string, Buffer, string]>([
    ['a truncated PNG', big.subarray(0, -500), 'the file ends inside a chunk (IDAT)'],
    ['a PNG with another byte', flipped, 'a damaged chunk (IDAT)'],
    ['a PNG with a damaged header', header, 'a damaged chunk (IHDR)'],
    ['a PNG without pixels', big.subarray(0, 33), cutOff],
    ['a truncated GIF', gifFile({ width: 4, samples: Array<number>(16).fill(1), palette: [] }).subarray(0, 30), cutOff]
  ])('says in one line what is wrong: %s', async (_, file, found) => {
    const error = left(await images.decode('a', file, { size: O.none, resize: 'crop' })())
    expect([error.found, error.hint]).toEqual([found, 'download the file again or remove it'])
  })

  it.each(['jpeg', 'webp', 'avif', 'tiff'] as const)('reports a truncated %s in one line', async (format) => {
    const file = await raw().toFormat(format).toBuffer()
    for (const length of [14, file.length >> 1]) {
      const error = left(await images.decode('a', file.subarray(0, length), { size: O.none, resize: 'crop' })())
      expect(error.found).toMatch(/^[^\n]{1,120}$/)
      expect(error.found).not.toMatch(/Input buffer|vipspng/)
    }
  })

  it('says that CIELAB of 8 bits is not decoded', async () => {
    const lab = tiffFile({
      width: 2,
      height: 2,
      samples: Uint8Array.from({ length: 12 }, () => 9),
      channels: 3,
      photometric: 8
    })
    const error = left(await images.decode('a', lab, { size: O.none, resize: 'crop' })())
    expect(error).toMatchObject({
      found: 'a TIFF in CIELAB colours, which is not supported',
      hint: expect.stringMatching(/^convert/)
    })
  })
})
