// The picture of a batch against the batch that training sees.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  cutmix,
  holdoutByPct,
  type DataSpec,
  imageCsv,
  imageFolder,
  imageImages,
  imageMasks,
  masksIn,
  pointsFrom,
  randomErasing,
  segmentation,
  targetsIn,
  Transform,
  withBatchSize,
  withSize,
  withTransforms
} from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { maskColour } from '../../src/interpret/draw/index.js'
import { showBatch } from '../../src/learn/index.js'
import { captionOf } from '../../src/learn/looking/batchCells.js'
import { left, place, right, workplace } from '../io/workplace.js'

const folder = workplace()
const env = nodeIo({ cache: { home: join(folder, 'cache'), assets: [] }, workers: 0 })
const shades = [250, 200, 150, 100]

const flat = (level: number, channels: 1 | 3 = 3) =>
  sharp(Buffer.alloc(12 * 16 * channels, level), { raw: { height: 12, width: 16, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer()

const made = async () => {
  for (const name of ['set/light', 'set/dark', 'pairs/images', 'pairs/masks', 'pairs/grey'])
    mkdirSync(join(folder, name), { recursive: true })
  for (const [i, level] of shades.entries()) {
    place(join(folder, `set/${i < 2 ? 'light' : 'dark'}/${i}.png`), await flat(level))
    place(join(folder, `pairs/images/${i}.png`), await flat(level))
    place(join(folder, `pairs/masks/${i}.png`), await flat(i % 2, 1))
    place(join(folder, `pairs/grey/${i}.png`), await flat(255 - level))
  }
  place(
    join(folder, 'set/many.csv'),
    Buffer.from('file,labels\nlight/0.png,a b\nlight/1.png,a\ndark/2.png,b\ndark/3.png,b\n')
  )
}
const ready = made()

const set = (): DataSpec => pipe(imageFolder(join(folder, 'set')), withBatchSize(3), withSize(12))

const shown = async (
  spec: DataSpec,
  batchViews: Parameters<ReturnType<typeof showBatch>>[0]['settings']['batchViews'] = [],
  k = 9
) => {
  await ready
  const data = right(await openData(spec)(env)())
  return right(await showBatch({ k })({ data, settings: { batchViews, seed: 1 } })(env)())
}

/** The colour in the middle of a cell's image, and its sides. */
const seen = async ({ image }: { readonly image: string | null }) => {
  const { data, info } = await sharp(Buffer.from(image!.split(',')[1]!, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  const at = (y: number, x: number) => [
    ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3)
  ]
  return { at, height: info.height, width: info.width }
}

describe('a batch', () => {
  it('is shown denormalised, with its classes', async () => {
    const { cells, columns } = await shown(set())
    expect([cells.length, columns]).toEqual([3, 2])
    for (const cell of cells) {
      const [level] = (await seen(cell)).at(6, 6)
      expect(shades).toContain(level)
      expect(cell.caption).toEqual([level! >= 200 ? 'light' : 'dark'])
    }
  })

  it('is shown transformed', async () => {
    const { cells } = await shown(withTransforms([Transform.invert()])(set()))
    for (const cell of cells) expect(shades).toContain(255 - (await seen(cell)).at(6, 6)[0]!)
  })

  it('is shown mixed and erased, with the shares of its classes', async () => {
    const { cells } = await shown(set(), [cutmix(), randomErasing({ p: 1, fill: 'zero' })])
    expect(cells.map(({ caption }) => caption[0]).join()).toMatch(/(light|dark) 0\.\d\d, (light|dark) 0\.\d\d/)
    const black = await Promise.all(
      cells.map(async (cell) => {
        const { at } = await seen(cell)
        return Array.from({ length: 144 }, (_, i) => at(Math.floor(i / 12), i % 12)).some(([r]) => r === 0)
      })
    )
    expect(black).toEqual([true, true, true])
  })

  it('is shown with several labels', async () => {
    const spec = pipe(
      imageCsv(join(folder, 'set'), { csv: 'many.csv', labelDelim: ' ' }),
      withBatchSize(3),
      withSize(12)
    )
    const { cells } = await shown(spec)
    for (const cell of cells) {
      const [level] = (await seen(cell)).at(6, 6)
      expect(cell.caption).toEqual([level === 250 ? 'a, b' : level === 200 ? 'a' : 'b'])
    }
  })

  it('is shown under its masks, with the names of their classes', async () => {
    const masks = imageMasks(join(folder, 'pairs'), {
      images: 'images',
      masks: masksIn('masks'),
      codes: ['ground', 'sky']
    })
    const { cells } = await shown(pipe(masks, withBatchSize(2), withSize(12)))
    for (const cell of cells) {
      expect(['ground', 'sky']).toContain(cell.caption[0])
      const [r, g, b] = (await seen(cell)).at(6, 6)
      expect(r === g && g === b).toBe(false)
    }
  })

  it('is captioned with the classes of most pixels, as far as there is room', () => {
    const codes = ['background', 'a rather long name of a class', 'third', 'fourth']
    const batch = { x: new Float32Array(), y: Int32Array.of(2, 2, 2, 0, 0, 3, 1, -1), n: 1, indices: [0], files: ['a'] }
    expect(captionOf(batch, 0, segmentation(codes))).toBe('third, background + 2 more')
  })

  it('is shown with its target images beside', async () => {
    const targets = imageImages(join(folder, 'pairs'), { images: 'images', targets: targetsIn('grey') })
    const { cells } = await shown(pipe(targets, withBatchSize(2), withSize(12)))
    for (const cell of cells) {
      const { at, width } = await seen(cell)
      expect(width).toBe(28)
      expect(at(6, 6)[0]! + at(6, 22)[0]!).toBe(255)
    }
  })

  it('is shown with its points, and the names of those that are missing', async () => {
    place(
      join(folder, 'set/points.csv'),
      'file,a_x,a_y,b_x,b_y\nlight/0.png,7,6,,\nlight/1.png,7,6,,\ndark/2.png,7,6,1,1'
    )
    await ready
    const spec = pointsFrom(join(folder, 'set'), { csv: 'points.csv', holdout: holdoutByPct(0) })
    const { cells } = await shown(pipe(spec, withBatchSize(3), withSize([12, 16])))
    expect(cells.map(({ caption }) => caption[0]).sort()).toEqual(['', 'without b', 'without b'])
    for (const cell of cells) expect((await seen(cell)).at(6, 7)).toEqual([...maskColour(0)])
  })

  it('is refused without images to show', async () => {
    await ready
    const data = right(await openData(set())(env)())
    const wrong = left(await showBatch({ k: 0 })({ data, settings: { batchViews: [], seed: 1 } })(env)())
    expect(wrong).toMatchObject({ path: 'k', found: '0' })
  })
})
