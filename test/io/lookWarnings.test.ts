import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import {
  imageFolder,
  imageMasks,
  withOrientation,
  withRange,
  withSize,
  withVerify,
  type DataSpec
} from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { pngFile, type PngParts, tiffFile } from './imageFiles.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: path.join(work, 'cache'), assets: [] }, workers: 2 })

let sets = 0

/** Two classes of two images of one size, and these. */
const folder = (files: Readonly<Record<string, Uint8Array>>): DataSpec => {
  const root = path.join(work, `set${sets++}`)
  for (const [i, name] of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png'].entries())
    place(path.join(root, name), plain({ samples: Array.from({ length: 24 }, (_, k) => 10 * k + i) }))
  for (const [name, content] of Object.entries(files)) place(path.join(root, name), content)
  return withSize(4)(imageFolder(root))
}

const plain = (parts: Partial<PngParts> = {}): Buffer =>
  pngFile({ width: 6, samples: Array.from({ length: 24 }, (_, i) => 10 * i), ...parts })

const warning = async (spec: DataSpec, tag: string) =>
  right(await openData(spec)(env)()).warnings.find(({ _tag }) => _tag === tag)

describe('opening data warns', () => {
  it('of nothing if there is nothing unusual', async () => {
    const { warnings } = right(await openData(folder({}))(env)())
    expect(warnings.map(({ _tag }) => _tag)).toEqual(['HoldoutDrawn'])
  })

  it.each(['decode', 'header'] as const)('of orientations, with their number, by %s', async (verify) => {
    const spec = withVerify(verify)(
      folder({ 'a/3.png': plain({ orientation: 6 }), 'b/3.png': plain({ orientation: 3 }) })
    )
    expect(await warning(spec, 'Oriented')).toMatchObject({
      found: expect.stringMatching(/^2 of 6 with an EXIF orientation, turned upright: .*a\/3\.png/),
      hint: expect.stringContaining("withOrientation('ignore')")
    })
    expect(await warning(withOrientation('ignore')(spec), 'Oriented')).toMatchObject({
      found: expect.stringContaining('not turned'),
      hint: expect.stringContaining("withOrientation('apply')")
    })
  })

  it.each<[string, Uint8Array, string]>([
    ['12 bits in 16', plain({ depth: 16, samples: Array.from({ length: 24 }, (_, i) => 178 * i) }), '[0, 4095]'],
    ['10 bits in 16', plain({ depth: 16, samples: Array.from({ length: 24 }, (_, i) => 44 * i) }), '[0, 1023]'],
    [
      'floats from 0 to 1',
      tiffFile({ width: 6, height: 4, samples: Float32Array.from({ length: 24 }, (_, i) => i / 24) }),
      '[0, 1]'
    ],
    [
      'floats beyond 255',
      tiffFile({ width: 6, height: 4, samples: Float32Array.from({ length: 24 }, (_, i) => 40 * i) }),
      '[0, 1023]'
    ]
  ])('of %s, until a range is given', async (_, file, range) => {
    const spec = folder({ 'a/3.tif': file })
    expect(await warning(spec, 'SampleRange')).toMatchObject({
      found: expect.stringMatching(/^1 image with samples from 0 to .*a\/3\.tif/),
      hint: `set the sample values of black and white: withRange(${range})`
    })
    const [black, white] = JSON.parse(range) as [number, number]
    expect(await warning(withRange([black, white])(spec), 'SampleRange')).toBeUndefined()
  })

  it('but not of images that use all 16 bits', async () => {
    const whole = plain({ depth: 16, samples: Array.from({ length: 24 }, (_, i) => 2800 * i) })
    expect(await warning(folder({ 'a/3.png': whole }), 'SampleRange')).toBeUndefined()
  })

  it('of slivers', async () => {
    const sliver = pngFile({ width: 1, samples: new Array<number>(300).fill(9) })
    expect(await warning(folder({ 'b/3.png': sliver }), 'Slivers')).toMatchObject({
      found: expect.stringContaining(
        '1 with a larger aspect ratio, of which only the middle is used: b/3.png (300 x 1)'
      )
    })
  })

  it('of files left out, each with the reason', async () => {
    const spec = folder({ 'a/3.heic': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), 'b/3.png': Buffer.alloc(0) })
    expect(await warning(spec, 'SkippedFiles')).toMatchObject({
      found: expect.stringMatching(
        /^2 files that cannot be read, left out: .*a\/3\.heic \(HEIC, which is not supported\)/
      )
    })
  })

  it('of masks of one class', async () => {
    const root = path.join(work, 'masks')
    for (const i of [1, 2, 3, 4]) {
      place(path.join(root, `images/${i}.png`), plain())
      place(
        path.join(root, `labels/${i}.png`),
        plain({ samples: Array.from({ length: 24 }, (_, k) => (k > 9 ? 255 : 0)) })
      )
    }
    const codes = ['ground', 'leaf']
    const ignored = imageMasks(root, { codes, ignore: [255] })
    expect(await warning(ignored, 'OneClassMasks')).toMatchObject({
      found: 'ground only, in all pixels that are not ignored'
    })
    expect(
      await warning(imageMasks(root, { codes, values: { 0: 'ground', 255: 'leaf' } }), 'OneClassMasks')
    ).toBeUndefined()
  })
})

describe('a folder of which no image can be read', () => {
  it('says why', async () => {
    const root = path.join(work, 'foreign')
    for (const name of ['a/1.jp2', 'a/2.jp2', 'b/1.jp2'])
      place(path.join(root, name), Buffer.from('\0\0\0\x0cjP  \r\n', 'latin1'))
    const error = left(await openData(pipe(imageFolder(root), withSize(4)))(env)())
    expect(error).toMatchObject({
      _tag: 'NoImages',
      found: expect.stringMatching(/^3 files, none of which can be read; .*JPEG 2000, which is not supported/),
      hint: expect.stringContaining('convert it to PNG')
    })
  })
})

describe('a description’s decoding', () => {
  it('is used to decode its items', async () => {
    const spec = folder({ 'a/3.png': plain({ orientation: 6 }) })
    const sized = (change: (s: DataSpec) => DataSpec) => change({ ...spec, size: O.some([6, 4]) })
    const pixels = async (s: DataSpec) => {
      const data = right(await openData(s)(env)())
      const all = [data.train, data.valid].flatMap((set) => set.items.map((item, i) => [set, item.file, i] as const))
      const [set, , i] = all.find(([, file]) => file === 'a/3.png')!
      return [...right(await set.item(i)(env)()).pixels.data].filter((_, k) => k % 3 === 0)
    }
    const upright = await pixels(sized((s) => s))
    expect(upright.slice(0, 4)).toEqual([180, 120, 60, 0])
    expect(await pixels(sized(withOrientation('ignore')))).not.toEqual(upright)
  })
})
