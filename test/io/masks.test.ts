import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  imageImages,
  imageMasks,
  strictly,
  withOrientation,
  withSize,
  withVerify,
  type DataSpec,
  type MaskOptions
} from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { gifFile, pngFile, type PngParts, profiles, tiffFile } from './imageFiles.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: path.join(work, 'cache'), assets: [] }, workers: 2 })

/** 6 rows of 8, of the classes 0, 1 and 2. */
const [height, width] = [6, 8]
const truth = Array.from({ length: height * width }, (_, i) => (i % 8 < 3 ? 0 : i < 24 ? 1 : 2))

const grey = (values: ReadonlyArray<number>, parts: Partial<PngParts> = {}): Buffer =>
  pngFile({ width, samples: values, ...parts })

const picture = (parts: Partial<PngParts> = {}): Buffer =>
  pngFile({ width, samples: Array.from({ length: height * width * 3 }, (_, i) => (i * 7) % 256), colour: 2, ...parts })

let sets = 0

/** Four images of these masks; a spec of them. */
const scenes = (
  masks: Buffer | ReadonlyArray<Buffer>,
  options: MaskOptions = {},
  ext = 'png',
  image = picture()
): DataSpec => {
  const root = path.join(work, `scenes${sets++}`)
  const each = Array.isArray(masks) ? (masks as ReadonlyArray<Buffer>) : [masks, masks, masks, masks]
  ;(each as ReadonlyArray<Buffer>).forEach((mask, i) => {
    place(path.join(root, `images/${i}.png`), image)
    place(path.join(root, `labels/${i}.${ext}`), mask)
  })
  place(path.join(root, 'codes.txt'), 'ground\nleaf\nstem\n')
  const named = { _tag: 'ByPattern', pattern: '^images/(.*)[.]png$', replacement: `labels/$1.${ext}` } as const
  return imageMasks(root, { masks: named, ...options })
}

const opened = async (spec: DataSpec) => right(await openData(spec)(env)())
const failed = async (spec: DataSpec) => left(await openData(spec)(env)())
const maskOf = async (spec: DataSpec): Promise<ReadonlyArray<number>> => {
  const data = await opened(spec)
  return [...right(await data.train.item(0)(env)()).mask!]
}

const colours = [0, 0, 0, 128, 0, 0, 0, 128, 0]
const threeTimes = (values: ReadonlyArray<number>, f = (v: number): ReadonlyArray<number> => [v, v, v]) =>
  values.flatMap(f)

describe('the values of a mask', () => {
  it.each<[string, Buffer, string?]>([
    ['8 bits', grey(truth)],
    ['2 bits', grey(truth, { depth: 2 })],
    ['4 bits', grey(truth, { depth: 4 })],
    ['16 bits', grey(truth, { depth: 16 })],
    ['grey with a profile', grey(truth, { profile: profiles.grey })],
    ['16 bits with a profile', grey(truth, { depth: 16, profile: profiles.grey })],
    ['RGB of equal channels', grey(threeTimes(truth), { colour: 2 })],
    ['RGB of equal channels with a profile', grey(threeTimes(truth), { colour: 2, profile: profiles.displayP3 })],
    ['RGB of 16 bits', grey(threeTimes(truth), { colour: 2, depth: 16 })],
    [
      'RGBA',
      grey(
        threeTimes(truth, (v) => [v, v, v, 255]),
        { colour: 6 }
      )
    ],
    [
      'RGBA, transparent where 0',
      grey(
        threeTimes(truth, (v) => [v, v, v, v === 0 ? 0 : 255]),
        { colour: 6 }
      )
    ],
    [
      'grey with alpha',
      grey(
        threeTimes(truth, (v) => [v, 9]),
        { colour: 4 }
      )
    ],
    ['a palette', grey(truth, { colour: 3, palette: colours })],
    [
      'a palette of 2 bits with transparency',
      grey(truth, { colour: 3, depth: 2, palette: colours, transparency: [0] })
    ],
    ['a palette of 4 bits', grey(truth, { colour: 3, depth: 4, palette: colours })],
    ['a palette of greys that are not the indices', grey(truth, { colour: 3, palette: [0, 0, 0, 2, 2, 2, 1, 1, 1] })],
    ['16 bits of TIFF', tiffFile({ width, height, samples: Uint16Array.from(truth) }), 'tif'],
    ['32 bits of TIFF', tiffFile({ width, height, samples: Int32Array.from(truth) }), 'tif'],
    ['floats of TIFF', tiffFile({ width, height, samples: Float32Array.from(truth) }), 'tif'],
    [
      'a palette of TIFF',
      tiffFile({
        width,
        height,
        samples: Uint8Array.from(truth),
        photometric: 3,
        palette: [0, 0, 0, 2, 2, 2, 1, 1, 1]
      }),
      'tif'
    ],
    [
      'a palette of GIF',
      gifFile({ width, samples: truth, palette: [9, 9, 9, 2, 2, 2, 1, 1, 1], transparent: 1 }),
      'gif'
    ],
    ['a PGM', Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), Buffer.from(truth)]), 'pgm']
  ])('of %s are classes as they are', async (_, file, ext) => {
    expect(await maskOf(scenes(file, {}, ext))).toEqual(truth)
  })

  it('of a palette of 4 bits in a TIFF are its indices', async () => {
    const nibbles = Uint8Array.from({ length: truth.length / 2 }, (_, i) => (truth[2 * i]! << 4) | truth[2 * i + 1]!)
    const file = tiffFile({ width, height, samples: nibbles, bits: 4, photometric: 3, palette: colours })
    expect(await maskOf(scenes(file, {}, 'tif'))).toEqual(truth)
  })

  it('of an interlaced file are read as classes', async () => {
    const file = await sharp(Uint8Array.from(truth), { raw: { height, width, channels: 1 } })
      .toColourspace('b-w')
      .png({ progressive: true })
      .toBuffer()
    expect(await maskOf(scenes(file))).toEqual(truth)
  })

  it('of one bit are 0 and 1', async () => {
    const bits = truth.map((v) => (v > 0 ? 1 : 0))
    expect(await maskOf(scenes(grey(bits, { depth: 1 }), { codes: ['ground', 'plant'] }))).toEqual(bits)
  })

  it('may be beyond 255, with as many codes', async () => {
    const codes = Array.from({ length: 700 }, (_, i) => `class ${i}`)
    const spread = truth.map((v) => 300 * v)
    const deep = grey(spread, { depth: 16 })
    expect(await maskOf(scenes(deep, { codes }))).toEqual(spread)
    const ignored = await maskOf(pipe(scenes(deep, { codes, ignore: [600] }), withSize([3, 4])))
    expect(new Set(ignored)).toEqual(new Set([0, 300, -1]))
  })
})

describe('values that are no classes', () => {
  it('are an error when data are opened, which suggests a map of the values found', async () => {
    const halves = truth.map((v) => (v > 0 ? 255 : 0))
    const spec = scenes(grey(halves), { codes: ['ground', 'plant'] })
    expect(await failed(spec)).toMatchObject({
      _tag: 'BadMask',
      path: 'labels/0.png',
      expected: 'class indices 0 to 1, for the codes ground, plant',
      found: 'value 255 at 30 pixels (4 masks have such values); all values found: 0, 255',
      hint: "map values to classes: imageMasks(path, { values: { 0: 'ground', 255: 'plant' } })"
    })
    const mapped = scenes(grey(halves), { values: { 0: 'ground', 255: 'plant' } })
    expect(await maskOf(mapped)).toEqual(halves.map((v) => (v > 0 ? 1 : 0)))
    expect((await opened(mapped)).task).toMatchObject({ codes: ['ground', 'plant'] })
  })

  it('of 16 bits are named as they are', async () => {
    const error = await failed(
      scenes(
        grey(
          truth.map((v) => 300 * v),
          { depth: 16 }
        )
      )
    )
    expect(error.found).toContain('all values found: 0, 300, 600')
    expect(error.hint).toContain("values: { 0: 'ground', 300: 'leaf', 600: 'stem' }")
  })

  it('are found in one mask of many', async () => {
    const odd = truth.map((v, i) => (i === 20 ? 7 : v))
    const error = await failed(scenes([grey(truth), grey(truth), grey(odd), grey(truth)]))
    expect(error).toMatchObject({
      _tag: 'BadMask',
      path: 'labels/2.png',
      found: expect.stringContaining('value 7 at 1 pixel;')
    })
  })

  it('are found during training if opening did not verify them', async () => {
    const data = await opened(withVerify('none')(withSize([6, 8])(scenes(grey(truth.map((v) => 100 * v))))))
    expect(left(await data.train.item(0)(env)())).toMatchObject({ _tag: 'BadMask' })
  })

  it('are an error that asks for the missing codes', async () => {
    const error = await failed(scenes(grey(truth), { codes: ['ground', 'leaf'] }))
    expect(error.hint).toContain('list the codes of all 3 classes')
  })

  it('may be ignored, or mapped to nothing', async () => {
    const edged = truth.map((v, i) => (i < 8 ? 255 : v))
    const expected = truth.map((v, i) => (i < 8 ? -1 : v))
    expect(await maskOf(scenes(grey(edged), { ignore: [255] }))).toEqual(expected)
    const values = { 0: 'ground', 1: 'leaf', 2: 'stem', 255: null }
    expect(await maskOf(scenes(grey(edged), { values }))).toEqual(expected)
  })

  it('of floats between classes are an error', async () => {
    const halves = Float32Array.from(truth, (v) => v / 2)
    const error = await failed(scenes(tiffFile({ width, height, samples: halves }), {}, 'tif'))
    expect(error).toMatchObject({ _tag: 'BadMask', found: expect.stringContaining('0.5') })
  })

  it('that are ignored in all masks leave nothing to train on', async () => {
    expect(await failed(scenes(grey(truth.map(() => 255)), { ignore: [255] }))).toMatchObject({
      _tag: 'BadMask',
      found: '4 masks, all of whose pixels are ignored'
    })
  })

  it("have codes in the order of values, whatever the order of an object's keys", async () => {
    const samples = Float32Array.from(truth, (v) => v - 1)
    const file = tiffFile({ width, height, samples })
    expect(await maskOf(scenes(file, { values: { '-1': 'ground', 0: 'leaf', 1: 'stem' } }, 'tif'))).toEqual(truth)
  })

  it.each([[[0, 0.5, 1]], [[-1, 0, 1]], [[0, 1, NaN]]])(
    'that are %j can be mapped as the error says',
    async (values) => {
      const samples = Float32Array.from(truth, (v) => values[v]!)
      const file = tiffFile({ width, height, samples })
      expect((await failed(scenes(file, {}, 'tif'))).hint).toContain(`${values[2]!}: 'stem'`)
      const map = Object.fromEntries(values.map((value, i) => [String(value), ['ground', 'leaf', 'stem'][i]!]))
      expect(await maskOf(scenes(file, { values: map, codes: ['ground', 'leaf', 'stem'] }, 'tif'))).toEqual(truth)
    }
  )
})

describe('a mask in colours', () => {
  const drawn = grey(
    threeTimes(truth, (v) => colours.slice(3 * v, 3 * v + 3)),
    { colour: 2 }
  )
  const map = { '#000000': 'ground', '#800000': 'leaf', '#008000': 'stem' }

  it('is refused with the colours that occur', async () => {
    const error = await failed(scenes(drawn))
    expect(error).toMatchObject({ _tag: 'BadMask', found: expect.stringContaining('#000000, #008000, #800000') })
    expect(error.hint).toContain("colours: { '#000000': '...', '#008000': '...', '#800000': '...' }")
  })

  it.each<[string, Buffer]>([
    ['RGB', drawn],
    [
      'RGB with a profile',
      grey(
        threeTimes(truth, (v) => colours.slice(3 * v, 3 * v + 3)),
        { colour: 2, profile: profiles.displayP3 }
      )
    ],
    [
      'RGBA',
      grey(
        threeTimes(truth, (v) => [...colours.slice(3 * v, 3 * v + 3), 7]),
        { colour: 6 }
      )
    ],
    [
      'a palette in another order',
      grey(
        truth.map((v) => 2 - v),
        { colour: 3, palette: [0, 128, 0, 128, 0, 0, 0, 0, 0] }
      )
    ]
  ])('of %s has the classes that a map says', async (_, file) => {
    expect(await maskOf(scenes(file, { colours: map }))).toEqual(truth)
  })

  it('may be a palette of few bits in a TIFF or a GIF', async () => {
    const nibbles = Uint8Array.from({ length: truth.length / 2 }, (_, i) => (truth[2 * i]! << 4) | truth[2 * i + 1]!)
    const tiff = tiffFile({ width, height, samples: nibbles, bits: 4, photometric: 3, palette: colours })
    expect(await maskOf(scenes(tiff, { colours: map }, 'tif'))).toEqual(truth)
    expect(await maskOf(scenes(await sharp(drawn).gif({ dither: 0 }).toBuffer(), { colours: map }, 'gif'))).toEqual(
      truth
    )
  })

  it('may be a GIF one of whose colours is transparent', async () => {
    const file = gifFile({ width, samples: truth, palette: colours, transparent: 1 })
    expect(await maskOf(scenes(file, { colours: map }, 'gif'))).toEqual(truth)
  })

  it.each([
    ['values', {}, {}],
    ['colours', { colours: map }, {}],
    ['values', {}, { transparent: 2 }],
    ['colours', { colours: map }, { transparent: 2 }]
  ] as const)('may be a GIF whose frame is smaller than its canvas, by its %s', async (_, options, more) => {
    const [h, w] = [height - 2, width - 3]
    const samples = Array.from({ length: h * w }, (_x, i) => truth[(Math.floor(i / w) + 1) * width + (i % w) + 2]!)
    const file = gifFile({ width: w, samples, palette: colours, canvas: [height, width], corner: [1, 2], ...more })
    const outside = 'transparent' in more ? more.transparent : 0
    expect(await maskOf(scenes(file, options, 'gif'))).toEqual(
      truth.map((value, i) => {
        const [y, x] = [Math.floor(i / width), i % width]
        return y >= 1 && y <= h && x >= 2 && x < 2 + w ? value : outside
      })
    )
  })

  it('may have its map in a file in CamVid’s format', async () => {
    const spec = scenes(drawn, { colours: 'label_colors.txt' })
    if (spec.source._tag !== 'ImageMasks') throw new Error('it is one')
    place(path.join(spec.source.path, 'label_colors.txt'), '0 0 0\tground\r\n128 0 0\tleaf\r\n0 128 0\t\tstem\r\n')
    expect(await maskOf(spec)).toEqual(truth)
    expect((await opened(spec)).task).toMatchObject({ codes: ['ground', 'leaf', 'stem'] })
  })

  it.each([
    ['a comment', '# r g b name\n0 0 0 ground\n128 0 0 leaf\n0 128 0 stem\n'],
    ['a header and names first', 'name,r,g,b\nground,0,0,0\nleaf,128,0,0\nstem,0,128,0\n'],
    ['colours in hex', '#000000 ground\n#800000 leaf\n#008000 stem\n']
  ])('may have its map in a file with %s', async (_, content) => {
    const spec = scenes(drawn, { colours: 'classes.csv' })
    if (spec.source._tag !== 'ImageMasks') throw new Error('it is one')
    place(path.join(spec.source.path, 'classes.csv'), content)
    expect((await opened(spec)).task).toMatchObject({ codes: ['ground', 'leaf', 'stem'] })
    expect(await maskOf(spec)).toEqual(truth)
  })

  it('may have its map with short and bracketed colours', async () => {
    const red = grey(
      threeTimes(
        truth,
        (v) =>
          [
            [0, 0, 0],
            [255, 0, 0],
            [0, 128, 0]
          ][v]!
      ),
      { colour: 2 }
    )
    const short = { '#000': 'ground', '#f00': 'leaf', 'rgb(0, 128, 0)': 'stem' }
    expect(await maskOf(scenes(red, { colours: short }))).toEqual(truth)
  })

  it('with colours that the map does not have is an error', async () => {
    const error = await failed(scenes(drawn, { colours: { '#000000': 'ground', '#800000': 'leaf' } }))
    expect(error).toMatchObject({ _tag: 'BadMask', found: expect.stringContaining('colour #008000 at') })
  })

  it('ignores pixels that the map sets to null, or whose index is ignored', async () => {
    const expected = truth.map((v) => (v === 2 ? -1 : v))
    expect(await maskOf(scenes(drawn, { colours: { ...map, '#008000': null } }))).toEqual(expected)
    expect(await maskOf(scenes(drawn, { colours: map, ignore: [2] }))).toEqual(expected)
  })

  it.each<[string, MaskOptions, string]>([
    ['a name that is no code', { colours: { ...map, '#ffffff': 'root' }, codes: ['ground', 'leaf', 'stem'] }, 'root'],
    ['a key that is no colour', { colours: { red: 'ground' } }, 'red'],
    ['a key that is no value', { values: { low: 'ground' } }, 'low'],
    ['a value twice', { values: { 0: 'ground', 100: 'leaf', '100.0': 'stem' } }, 'the same value as "100"'],
    ['a colour twice', { colours: { '#800000': 'leaf', '128 0 0': 'stem' } }, 'the same colour as "#800000"'],
    ['a code twice', { codes: ['ground', 'leaf', 'leaf'] }, '"leaf" twice'],
    ['values and colours', { values: { 0: 'ground' }, colours: { '0 0 0': 'ground' } }, 'both']
  ])('refuses a map with %s', async (_, options, found) => {
    expect(await failed(scenes(drawn, options))).toMatchObject({
      _tag: 'BadSpec',
      found: expect.stringContaining(found)
    })
  })
})

describe('a mask compressed with loss', () => {
  const jpeg = (values: ReadonlyArray<number>) =>
    sharp(Uint8Array.from(values), { raw: { height, width, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality: 75 })
      .toBuffer()

  it('has the nearest values of a map, and a warning', async () => {
    const halves = truth.map((v) => (v > 0 ? 255 : 0))
    const file = await jpeg(halves)
    expect(new Set((await sharp(file).raw().toBuffer()).values()).size).toBeGreaterThan(2)
    const spec = scenes(file, { values: { 0: 'ground', 255: 'plant' } }, 'jpg')
    expect(await maskOf(spec)).toEqual(halves.map((v) => (v > 0 ? 1 : 0)))
    expect((await opened(spec)).warnings).toContainEqual(expect.objectContaining({ _tag: 'LossyMasks' }))
  })

  it('without a map is an error that says what to do', async () => {
    const error = await failed(scenes(await jpeg(truth.map((v) => 100 * v)), {}, 'jpg'))
    expect(error).toMatchObject({ _tag: 'BadMask', hint: expect.stringContaining('PNG') })
  })
})

describe('a mask beside its image', () => {
  const cut = grey(truth.slice(0, 40))

  it.each([
    ['of its own sides', (spec: DataSpec) => spec],
    ['with a size', withSize([12, 12])],
    ['whose values were not looked at', (spec: DataSpec) => withVerify('header')(withSize([12, 12])(spec))]
  ])("has the image's sides: %s", async (_, change) => {
    const error = await failed(change(scenes([grey(truth), cut])))
    expect(error).toMatchObject({ _tag: 'BadMask', path: 'labels/1.png', found: '5 x 8' })
    expect(error.expected).toContain('images/1.png, 6 x 8')
  })

  it('may be scaled, with a warning', async () => {
    const half = pngFile({ width: 4, samples: Array.from({ length: 12 }, (_, i) => (i % 4 < 2 ? 0 : 1)) })
    expect(await failed(scenes(half))).toMatchObject({ _tag: 'BadMask', hint: expect.stringContaining('withSize') })
    const sized = withSize([12, 16])(scenes(half))
    expect((await maskOf(sized)).filter((v) => v === 0).length).toBe(96)
    expect((await opened(sized)).warnings).toContainEqual(expect.objectContaining({ _tag: 'ScaledMasks' }))
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is turned with it where both have the orientation %i', async (orientation) => {
    // the image shows the mask, so that whatever happens to both must agree
    const shown = picture({ samples: threeTimes(truth.map((v) => 100 * v)), orientation })
    const data = await opened(scenes(grey(truth, { orientation }), {}, 'png', shown))
    const { pixels, mask } = right(await data.train.item(0)(env)())
    expect([...pixels.data].filter((_, i) => i % 3 === 0)).toEqual([...mask!].map((v) => 100 * v))
  })

  it('drawn on the rotated or on the stored image is recognised by its sides', async () => {
    const turned = picture({ orientation: 6 })
    const upright = pngFile({ width: height, samples: truth })
    const data = await opened(scenes(upright, {}, 'png', turned))
    expect(data.shape).toEqual([3, 8, 6])
    expect(data.warnings).toContainEqual(
      expect.objectContaining({
        _tag: 'Oriented',
        found: expect.stringMatching(/^4 of 4 .*4 masks or targets have a different orientation tag/)
      })
    )
    expect(await failed(scenes(grey(truth), {}, 'png', turned))).toMatchObject({
      _tag: 'BadMask',
      expected: 'the sides of its image images/0.png, 8 x 6 (stored as 6 x 8, EXIF orientation 6)',
      hint: expect.stringContaining("withOrientation('ignore')")
    })
    const stored = withOrientation('ignore')
    expect((await opened(stored(scenes(grey(truth), {}, 'png', turned)))).shape).toEqual([3, 6, 8])
    expect(await failed(stored(withSize(12)(scenes(upright, {}, 'png', turned))))).toMatchObject({
      hint: expect.stringContaining("withOrientation('apply')")
    })
  })

  it('gives a warning if only the mask has an orientation', async () => {
    const { warnings } = await opened(scenes(grey(truth, { orientation: 3 })))
    expect(warnings).toContainEqual(
      expect.objectContaining({
        _tag: 'Oriented',
        found: expect.stringMatching(/: labels\/0\.png, .*a different orientation tag/)
      })
    )
  })
})

describe('a mask that cannot be read', () => {
  it('is left out with its image, and named with the reason', async () => {
    const spec = scenes([
      grey(truth),
      Buffer.alloc(0),
      grey(truth),
      grey(truth).subarray(0, 50),
      grey(truth),
      grey(truth)
    ])
    const data = await opened(spec)
    expect(data.train.length + data.valid.length).toBe(4)
    expect(data.skipped.map(({ file }) => file).toSorted()).toEqual(['images/1.png', 'images/3.png'])
    expect(data.skipped.map(({ reason }) => reason).toSorted()[0]).toContain('labels/1.png: an empty file')
    expect(data.warnings).toContainEqual(
      expect.objectContaining({ _tag: 'SkippedFiles', found: expect.stringContaining('labels/1.png: an empty file') })
    )
    expect(await failed(strictly(spec))).toMatchObject({
      _tag: 'UnreadableImage',
      path: expect.stringMatching(/^labels.[13].png$/)
    })
  })

  it('includes one in the alpha channel', async () => {
    const alone = grey(
      threeTimes(truth, (v) => [0, 0, 0, v]),
      { colour: 6 }
    )
    expect((await failed(scenes(alone))).hint).toContain('alpha channel')
  })
})

describe('target pictures', () => {
  const pairs = (target: Buffer): DataSpec => {
    const root = path.join(work, `pairs${sets++}`)
    for (const i of [0, 1, 2, 3]) {
      place(path.join(root, `images/${i}.png`), picture())
      place(path.join(root, `targets/${i}.png`), i === 1 ? target : picture())
    }
    return imageImages(root)
  }

  it('are verified when data are opened', async () => {
    const { skipped } = await opened(pairs(Buffer.from('not a picture')))
    expect(skipped.map(({ file }) => file)).toEqual(['images/1.png'])
  })

  it('have the sides or the shape of their images', async () => {
    const wide = pngFile({ width: 16, samples: new Array<number>(16 * 6).fill(3) })
    expect(await failed(withSize(12)(pairs(wide)))).toMatchObject({ _tag: 'BadMask', path: 'targets/1.png' })
    const double = pngFile({ width: 16, samples: new Array<number>(16 * 12).fill(3) })
    expect((await opened(withSize(12)(pairs(double)))).warnings.map(({ _tag }) => _tag)).not.toContain('ScaledMasks')
  })
})
