// Images and masks as graft_torch decodes them, format by format, against our own decoders.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as O from 'fp-ts/lib/Option.js'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { type Decoding, defaultDecoding, type Resize } from '../../src/data/index.js'
import { sharpImages } from '../../src/io/index.js'
import { generator } from '../../src/Seed.js'
import { gifFile, jpegWithOrientation, jpegWithProfile, pngFile, profiles, tiffFile } from '../io/imageFiles.js'
import { place, right, workplace } from '../io/workplace.js'

const python = process.env['PYTHON']
const work = workplace()
const images = sharpImages(2)

const [height, width] = [20, 14]
const random = (n: number, most: number, seed: number): ReadonlyArray<number> => {
  const { uniform } = generator(seed)
  return Array.from({ length: n }, () => Math.floor(uniform() * most))
}
const area = height * width
const bytes = (channels: number, seed: number): Uint8Array => Uint8Array.from(random(area * channels, 256, seed))
const raw = (channels: 1 | 2 | 3 | 4, seed = 1) =>
  sharp(bytes(channels, seed), { raw: { height, width, channels } }).blur(0.6)
const palette = [9, 8, 7, 250, 30, 20, 10, 240, 60, 50, 20, 230]
const words = (channels: number, most = 65_536): Uint16Array => Uint16Array.from(random(area * channels, most, 5))

const netpbm = (header: string, samples: Uint8Array): Buffer => Buffer.concat([Buffer.from(header), samples])

const profiled = async () => jpegWithProfile(profiles.displayP3, await raw(3).jpeg({ quality: 95 }).toBuffer())

const files: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  'rgb.png': () => pngFile({ width, samples: random(3 * area, 256, 1), colour: 2 }),
  'rgba.png': () => pngFile({ width, samples: random(4 * area, 256, 2), colour: 6 }),
  'grey.png': () => pngFile({ width, samples: random(area, 256, 3) }),
  'greyAlpha.png': () => pngFile({ width, samples: random(2 * area, 256, 4), colour: 4 }),
  'bits1.png': () => pngFile({ width, samples: random(area, 2, 5), depth: 1 }),
  'bits2.png': () => pngFile({ width, samples: random(area, 4, 6), depth: 2 }),
  'bits4.png': () => pngFile({ width, samples: random(area, 16, 7), depth: 4 }),
  'bits16.png': () => pngFile({ width, samples: random(area, 65_536, 8), depth: 16 }),
  'rgb16.png': () => pngFile({ width, samples: random(3 * area, 65_536, 9), depth: 16, colour: 2 }),
  'palette2.png': () => pngFile({ width, samples: random(area, 4, 10), depth: 2, colour: 3, palette }),
  'palette8.png': () => pngFile({ width, samples: random(area, 6, 11), colour: 3, palette }),
  'transparent.png': () => pngFile({ width, samples: random(area, 4, 12), colour: 3, palette, transparency: [0, 255] }),
  'turned.png': () => pngFile({ width, samples: random(3 * area, 256, 13), colour: 2, orientation: 6 }),
  'photo.jpg': () => raw(3).jpeg({ quality: 95 }).toBuffer(),
  'full.jpg': () => raw(3).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
  'progressive.jpg': () => raw(3).jpeg({ progressive: true }).toBuffer(),
  'grey.jpg': () => raw(1).toColourspace('b-w').jpeg().toBuffer(),
  'cmyk.jpg': () => raw(3).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
  'profiled.jpg': profiled,
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8].map((tag) => [
      `turned${tag}.jpg`,
      async () => jpegWithOrientation(tag, await raw(3, tag).jpeg({ quality: 95 }).toBuffer())
    ])
  ),
  'lossless.webp': () => raw(3).webp({ lossless: true }).toBuffer(),
  'lossy.webp': () => raw(3).webp({ quality: 95 }).toBuffer(),
  'index.gif': () => gifFile({ width, samples: random(area, 4, 14), palette }),
  'inset.gif': () =>
    gifFile({
      width,
      samples: random(area, 4, 15),
      palette,
      canvas: [height + 5, width + 4],
      corner: [3, 2],
      transparent: 2
    }),
  'rgb.tif': () => tiffFile({ width, height, samples: bytes(3, 16), channels: 3, photometric: 2 }),
  'grey.tif': () => tiffFile({ width, height, samples: bytes(1, 17) }),
  'deep.tif': () => tiffFile({ width, height, samples: words(1) }),
  'float.tif': () => tiffFile({ width, height, samples: Float32Array.from(random(area, 3000, 18), (v) => v / 10) }),
  'whole.tif': () => tiffFile({ width, height, samples: Int32Array.from(random(area, 300, 19)) }),
  'palette.tif': () =>
    tiffFile({ width, height, samples: Uint8Array.from(random(area, 4, 20)), photometric: 3, palette }),
  'cmyk.tif': () => tiffFile({ width, height, samples: bytes(4, 21), channels: 4, photometric: 5 }),
  'bits.pbm': () => netpbm(`P4\n# one\n${width} ${height}\n`, bytes(1, 22).subarray(0, height * 2)),
  'plain.pbm': () => Buffer.from(`P1 ${width} ${height}\n${random(area, 2, 23).join('')}`),
  'grey.pgm': () => netpbm(`P5 ${width} ${height} 255\n`, bytes(1, 24)),
  'few.pgm': () => netpbm(`P5 ${width} ${height} 15\n`, Uint8Array.from(random(area, 16, 25))),
  'deep.pgm': () => netpbm(`P5 ${width} ${height} 4095\n`, Buffer.from(words(1, 4096).buffer).swap16()),
  'plain.ppm': () => Buffer.from(`P3 ${width} ${height} 255\n${random(3 * area, 256, 26).join(' ')}\n`),
  'rgb.ppm': () => netpbm(`P6 ${width} ${height} 255\n`, bytes(3, 27)),
  'rgba.pam': () =>
    netpbm(`P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n`, bytes(4, 28)),
  'stretched.png': () => pngFile({ width: 200, samples: random(400, 256, 29) })
}

const is = (file: string, ...kinds: ReadonlyArray<string>): boolean => kinds.some((kind) => file.includes(kind))

/** Levels by which a file's pixels may differ: decoders of lossy formats and of profiles round differently. */
const mostOff = (file: string, { colour }: Partial<Decoding>): number =>
  colour === 'convert' && is(file, 'profiled') ? 3 : is(file, 'lossy', 'cmyk.jpg') ? 2 : 0

/** Blurred noise: hard edges between neighbours, which show by how much a filter differs. */
const large = (sides: readonly [number, number], channels: 1 | 3, seed: number) =>
  sharp(Uint8Array.from(random(sides[0] * sides[1] * channels, 256, seed)), {
    raw: { height: sides[0], width: sides[1], channels }
  })
    .blur(1.5)
    .normalise()

const photos: Readonly<Record<string, () => Promise<Buffer>>> = {
  'even.jpg': () => large([256, 384], 3, 30).jpeg({ quality: 95 }).toBuffer(),
  'odd.jpg': () => large([331, 247], 3, 31).jpeg({ quality: 90 }).toBuffer(),
  'full.jpg': () => large([203, 310], 3, 32).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  'progressive.jpg': () => large([190, 205], 3, 33).jpeg({ progressive: true }).toBuffer(),
  'grey.jpg': () => large([179, 260], 1, 34).toColourspace('b-w').jpeg().toBuffer(),
  'cmyk.jpg': () => large([150, 170], 3, 35).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
  'profiled.jpg': async () => jpegWithProfile(profiles.displayP3, await large([200, 180], 3, 36).jpeg().toBuffer()),
  'strip.jpg': () => large([40, 900], 3, 37).jpeg().toBuffer(),
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8].map((tag) => [
      `turned${tag}.jpg`,
      async () =>
        jpegWithOrientation(
          tag,
          await large([181, 263], 3, 40 + tag)
            .jpeg()
            .toBuffer()
        )
    ])
  )
}

interface Asked {
  readonly file: string
  readonly size: readonly [number, number] | null
  readonly resize: Resize
  readonly decoding: Omit<Decoding, 'range'> & { readonly range: readonly [number, number] | null }
}

const decodings: ReadonlyArray<readonly [Partial<Decoding>, Asked['size'], Resize]> = [
  [{}, null, 'crop'],
  [{}, [9, 8], 'crop'],
  [{}, [31, 20], 'pad'],
  [{ orientation: 'ignore' }, [11, 17], 'squish'],
  [{ range: O.some([100, 3000]) }, null, 'crop'],
  [{ colour: 'convert' }, null, 'crop']
]

const asked: ReadonlyArray<Asked> = Object.keys(files).flatMap((file) =>
  decodings
    // Pillow has 8 bits of colours with 16, and no profile for CMYK without one
    .filter(([{ range, colour }]) => !(is(file, 'rgb16') && range) && !(is(file, 'cmyk') && colour === 'convert'))
    .map(([how, size, resize]) => {
      const { range, ...decoding } = { ...defaultDecoding, exact: true, ...how }
      return { file, size, resize, decoding: { ...decoding, range: O.toNullable(range) } }
    })
)

/** From hardly any scaling to an eighth and less, and by less than half, which is exact. */
const sizes: ReadonlyArray<Asked['size']> = [
  [9, 8],
  [16, 16],
  [32, 32],
  [41, 33],
  [64, 64],
  [96, 80],
  [130, 150]
]

const askedPhotos: ReadonlyArray<Asked> = Object.keys(photos).flatMap((file) =>
  sizes.flatMap((size) =>
    (['crop', 'squish', 'pad'] as const).flatMap((resize) =>
      (['stored', 'convert'] as const)
        .filter((colour) => colour === 'stored' || is(file, 'profiled'))
        .map((colour) => ({ file, size, resize, decoding: { ...defaultDecoding, range: null, colour } }))
    )
  )
)

const askedMasks = Object.keys(files).flatMap((file) =>
  (['values', 'colours'] as const)
    .filter((as) => !(as === 'values' && is(file, 'rgb16', 'Alpha', 'cmyk')))
    .map((as) => ({ file, as, orientation: 'apply' as const }))
)

interface Answer {
  readonly error?: string
  readonly sides: ReadonlyArray<number>
  readonly data: ReadonlyArray<number>
  readonly coloured: boolean
  readonly lossy: boolean
}

const answersTo = (questions: ReadonlyArray<object>): ReadonlyArray<Answer> => {
  place(join(work, 'asked.json'), JSON.stringify(questions))
  const script = fileURLToPath(new URL('python/decoded.py', import.meta.url))
  const { status, stderr } = spawnSync(python!, ['-B', script, work], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return JSON.parse(readFileSync(join(work, 'answers.json'), 'utf8')) as ReadonlyArray<Answer>
}

const mostApart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return most
}

const contents = async (its: typeof files = files): Promise<ReadonlyMap<string, Uint8Array>> => {
  const made = new Map<string, Uint8Array>()
  for (const [file, make] of Object.entries(its)) {
    made.set(file, Uint8Array.from(await make()))
    place(join(work, file), made.get(file)!)
  }
  return made
}

describe.skipIf(python === undefined)('graft_torch (PYTHON)', () => {
  const compared = async (
    its: typeof files,
    asked: ReadonlyArray<Asked>,
    most: (file: string, how: Decoding) => number
  ): Promise<void> => {
    const of = await contents(its)
    const found = answersTo(asked)
    for (const [i, { file, size, resize, decoding }] of asked.entries()) {
      const what = `${file} ${JSON.stringify([size, resize, decoding])}`
      const how = { ...decoding, range: O.fromNullable(decoding.range) }
      const ours = right(
        await images.decode(file, of.get(file)!, { size: O.fromNullable(size), resize, cut: false, decoding: how })()
      )
      const { error, sides, data } = found[i]!
      expect(error, what).toBeUndefined()
      expect(sides, what).toEqual([ours.height, ours.width])
      expect(mostApart(ours.data, data), what).toBeLessThanOrEqual(most(file, how))
    }
  }

  it('decodes images of every format', { timeout: 120_000 }, () => compared(files, asked, mostOff))

  it('shrinks JPEGs while it decodes them', { timeout: 120_000 }, () => compared(photos, askedPhotos, () => 1))

  it('names images that Pillow cannot read, and what to do', async () => {
    await contents()
    place(join(work, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    const decoding = { ...defaultDecoding, range: [0, 4095] }
    const deep = Object.keys(files).filter((file) => is(file, 'rgb16'))
    expect(deep.length).toBeGreaterThan(0)
    const found = answersTo(['drawing.svg', ...deep].map((file) => ({ file, size: null, resize: 'crop', decoding })))
    expect(found.map(({ error }) => error)).toEqual([
      'drawing.svg: expected an image that can be decoded, found a file in no format that Pillow reads: ' +
        'restore the file, or convert it to PNG',
      ...deep.map(
        (file) =>
          `${file}: expected an image that can be decoded, found 16-bit colours, of which Pillow reads 8 bits, ` +
          'with a range of samples: convert it to a PNG of 8 bits, or train with an engine of graft'
      )
    ])
  })

  it('reads masks of every format', { timeout: 120_000 }, async () => {
    const of = await contents()
    const found = answersTo(askedMasks)
    for (const [i, { file, as, orientation }] of askedMasks.entries()) {
      const what = `${file} by ${as}`
      const ours = right(await images.mask(file, of.get(file)!, { as, orientation })())
      const { error, sides, data, coloured, lossy } = found[i]!
      expect(error, what).toBeUndefined()
      expect([sides, coloured, lossy], what).toEqual([[ours.height, ours.width], ours.channels === 3, ours.lossy])
      const values = coloured
        ? Array.from(
            { length: data.length },
            (_, k) => (ours.data[3 * k]! << 16) | (ours.data[3 * k + 1]! << 8) | ours.data[3 * k + 2]!
          )
        : ours.data
      if (!is(file, 'lossy', 'cmyk')) expect(mostApart(values, data), what).toBe(0)
    }
  })
})
