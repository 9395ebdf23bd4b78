// Images with points on a disk: every source of them, and that points stay where the pixels are that mark them.
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type DataSpec,
  fromCoco,
  fromLabelStudio,
  fromMetadata,
  fromRows,
  fromShards,
  holdoutByPct,
  imagenetStats,
  points,
  pointsFrom,
  pointsFromFunc,
  strictly,
  Transform,
  withOrientation,
  withResize,
  withSize
} from '../../src/data/index.js'
import { unframedPoints } from '../../src/data/pixel/index.js'
import { dataCounts, dataFingerprint, nodeIo, openBatches, openData, showDataCounts } from '../../src/io/index.js'
import { jpegWithOrientation } from './imageFiles.js'
import { spotIn, spots } from './spots.js'
import { plainTarball } from './tarball.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })
const opened = async (spec: DataSpec) => right(await openData(spec)(env)())

const sides = [60, 90] as const
const names = ['left', 'right', 'top']
/** The points of image `i`; of the third, one is missing. */
const pointsOf = (i: number) =>
  [[30 + i, 34], [62, 30 + i], i === 2 ? null : [44, 22 + i]] as const satisfies ReadonlyArray<
    readonly [number, number] | null
  >
const task = points(names)
const whole = { holdout: holdoutByPct(0) }

const table = (count: number, extension: string): string =>
  [
    `file,${names.flatMap((name) => [`${name}_x`, `${name}_y`]).join()}`,
    ...Array.from(
      { length: count },
      (_, i) =>
        `${i}.${extension},${pointsOf(i)
          .map((p) => p ?? ',')
          .join()}`
    )
  ].join('\n')

beforeAll(async () => {
  for (const folder of ['set', 'coco', 'studio'])
    for (let i = 0; i < 4; i++) place(join(work, folder, `${i}.png`), await spots(sides, pointsOf(i)).png().toBuffer())
  place(join(work, 'set/labels.csv'), table(4, 'png'))
})

const targets = (count = 4) =>
  Array.from({ length: count }, (_, i) => pointsOf(i).flatMap((point): ReadonlyArray<number> => point ?? [NaN, NaN]))

const targetsIn = async (spec: DataSpec) => {
  const data = await opened(spec)
  expect(data.task).toEqual(task)
  return data.train.items.map(({ target }) => target)
}

describe('points', () => {
  it('are opened from a table, from rows and from a function', async () => {
    expect(await targetsIn(pointsFrom(join(work, 'set'), whole))).toEqual(targets())
    const rows = Array.from({ length: 4 }, (_, i) => {
      const [a, b, c] = pointsOf(i)
      return { image: `${i}.png`, left: a, right: b, top: c }
    })
    expect(await targetsIn(fromRows(rows, { path: join(work, 'set'), labels: 'points', ...whole }))).toEqual(targets())
    const told = pointsFromFunc(join(work, 'set'), 'by number', names, (file) => pointsOf(Number(file[0])), whole)
    expect(await targetsIn(told)).toEqual(targets())
  })

  it('are opened from shards, with the JSON beside each image', async () => {
    const entries = await Promise.all(
      Array.from({ length: 4 }, async (_, i) => {
        const [a, b, c] = pointsOf(i)
        return [
          { name: `${i}.png`, content: await spots(sides, pointsOf(i)).png().toBuffer() },
          { name: `${i}.json`, content: JSON.stringify({ left: a, right: b, top: c }) }
        ]
      })
    )
    place(join(work, 'tar/faces.tar'), plainTarball(entries.flat()))
    expect(await targetsIn(fromShards(join(work, 'tar'), { labels: 'points', ...whole }))).toEqual(targets())
  })

  it('are opened from metadata.jsonl', async () => {
    const lines = Array.from({ length: 2 }, (_, i) => {
      const [a, b, c] = pointsOf(i)
      return JSON.stringify({ file_name: `${i}.png`, left: a, right: b, top: c })
    })
    for (let i = 0; i < 2; i++) place(join(work, 'hf', `${i}.png`), await spots(sides, pointsOf(i)).png().toBuffer())
    place(join(work, 'hf/metadata.jsonl'), lines.join('\n'))
    expect(await targetsIn(fromMetadata(join(work, 'hf'), { labels: 'points', ...whole }))).toEqual(targets(2))
  })

  it('are COCO’s keypoints; keypoints that are not labelled are missing', async () => {
    const annotation = (i: number) => ({
      id: i,
      image_id: i,
      category_id: 1,
      keypoints: pointsOf(i).flatMap((point) => (point === null ? [0, 0, 0] : [...point, 2]))
    })
    const file = (extra: ReadonlyArray<object> = []) => ({
      images: [0, 1, 2, 3].map((id) => ({ id, file_name: `${id}.png`, height: sides[0], width: sides[1] })),
      annotations: [...[0, 1, 2, 3].map(annotation), ...extra],
      categories: [{ id: 1, name: 'face', keypoints: names }]
    })
    const spec = fromCoco(join(work, 'coco'), { labels: 'points', ...whole })
    const put = (...extra: ReadonlyArray<object>) => place(join(work, 'coco/a.json'), JSON.stringify(file(extra)))
    put({ ...annotation(1), keypoints: [0, 0, 0, 0, 0, 0, 0, 0, 0] })
    expect(await targetsIn(spec)).toEqual(targets())
    put({ ...annotation(1), id: 9 })
    expect(left(await openData(spec)(env)())).toMatchObject({
      _tag: 'BadTable',
      path: `${join(work, 'coco/a.json')}: image 1`,
      expected: 'one object with keypoints in each image'
    })
    put({ ...annotation(1), keypoints: [1, 2, 2] })
    expect(left(await openData(spec)(env)())).toMatchObject({
      path: `${join(work, 'coco/a.json')}: annotation 4`,
      expected: '9 keypoints: x, y and visibility of each'
    })
  })

  it('are Label Studio’s, in percent from the edge', async () => {
    const tasks = [0, 1, 2, 3].map((i) => ({
      id: i,
      data: { image: `/data/upload/${i}.png` },
      annotations: [
        {
          result: pointsOf(i).flatMap((point, k) =>
            point === null
              ? []
              : {
                  type: 'keypointlabels',
                  original_width: sides[1],
                  original_height: sides[0],
                  value: {
                    x: ((point[0] + 0.5) * 100) / sides[1],
                    y: ((point[1] + 0.5) * 100) / sides[0],
                    keypointlabels: [names[k]]
                  }
                }
          )
        }
      ]
    }))
    place(join(work, 'studio/export.json'), JSON.stringify(tasks))
    const found = await targetsIn(fromLabelStudio(join(work, 'studio'), { labels: 'points', ...whole }))
    expect(found.map((xy) => [xy].flat().map((v) => Math.round(v * 1e6) / 1e6))).toEqual(targets())
  })

  it('are counted by name', async () => {
    const counts = dataCounts(await opened(pointsFrom(join(work, 'set'), whole)))
    expect(counts).toMatchObject({ task: 'Points', classes: names })
    expect(showDataCounts(counts)).toBe('3 points: 4 images; valid 0')
  })

  it('change the fingerprint, and so do the pairs of swap', async () => {
    const spec = pointsFrom(join(work, 'set'), whole)
    const all = await Promise.all(
      [spec, pointsFrom(join(work, 'set'), { ...whole, swap: [] })].map(async (one) =>
        dataFingerprint(await opened(one))
      )
    )
    expect(new Set(all).size).toBe(2)
  })

  it('outside their image cause a warning, or an error if the description is strict', async () => {
    place(join(work, 'set/outside.csv'), table(4, 'png').replace(/^1[.]png,31,34/m, '1.png,34,131'))
    const spec = pointsFrom(join(work, 'set'), { csv: 'outside.csv', ...whole })
    const { warnings, train } = await opened(spec)
    expect(warnings).toMatchObject([
      { _tag: 'PointsOutside', found: expect.stringContaining('1.png of 90 x 60: left (34, 131)') }
    ])
    expect([train.items[1]!.target].flat().slice(0, 2)).toEqual([34, 131])
    expect(left(await openData(strictly(spec))(env)())).toMatchObject({ _tag: 'BadTable', found: 'left (34, 131)' })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no such file')
      }
    ],
    ['returns too few', () => [[1, 2]]],
    ['returns something else', () => [[1, 2], [3, Number.NaN], null]]
  ] as const)('from a function that %s are an error with its label', async (_, f) => {
    const spec = pointsFromFunc(join(work, 'set'), 'mine', names, f as never)
    expect(left(await openData(spec)(env)())).toMatchObject({ _tag: 'NoMatch', hint: 'correct the function "mine"' })
  })
})

describe('points as targets', () => {
  /** Distances between points and the spots that mark them, in pixels of the network's input. */
  const apart = async (spec: DataSpec, drawn?: ReadonlyArray<Transform.DrawnTransform>) => {
    const { train } = await opened(spec)
    const found = await Promise.all(train.items.map((_, i) => train.item(i, drawn)(env)()))
    return found.map(right).flatMap(({ pixels, points: framed }) => {
      const mirrored = framed!.frame[0] * framed!.frame[4] - framed!.frame[1] * framed!.frame[3] < 0
      return names.map((_, k) => {
        const at = mirrored && k < 2 ? 1 - k : k
        const [x, y] = [framed!.xy[2 * at]!, framed!.xy[2 * at + 1]!]
        const spot = spotIn(pixels, k)
        if (spot === undefined || Number.isNaN(x)) return spot === undefined && Number.isNaN(x) ? 0 : Infinity
        return Math.hypot(((x + 1) * pixels.width - 1) / 2 - spot[0], ((y + 1) * pixels.height - 1) / 2 - spot[1])
      })
    })
  }
  const spec = () => pointsFrom(join(work, 'set'), whole)
  const worst = (all: ReadonlyArray<number>): number => Math.max(...all)

  it.each([
    ['their own size', (s: DataSpec) => s],
    ['a crop', withSize(48)],
    ['a squished size', withSize([40, 100])],
    ['a padded size', (s: DataSpec) => pipe(s, withSize([64, 72]), withResize('pad'))],
    ['a larger size', withSize(128)]
  ])('are found in images of %s', async (_, sized) => {
    expect(worst(await apart(sized(spec())))).toBeLessThan(0.75)
  })

  it.each([
    [[{ _tag: 'FlipLr' }]],
    [[{ _tag: 'Dihedral', k: 6 }]],
    [[{ _tag: 'Rotate', degrees: 12 }, { _tag: 'FlipLr' }]],
    [
      [
        { _tag: 'Presize', pixels: 60 },
        { _tag: 'Zoom', scale: 1.1, row: 0.5, col: 0.5 }
      ]
    ],
    [
      [
        { _tag: 'SymmetricWarp', magnitude: [0.1, 0, 0, 0.1] },
        { _tag: 'Dihedral', k: 1 }
      ]
    ]
  ] as ReadonlyArray<readonly [ReadonlyArray<Transform.DrawnTransform>]>)('are found after %j', async (drawn) => {
    expect(worst(await apart(withSize(56)(spec()), drawn))).toBeLessThan(1.5)
  })

  it('are found in a part of each image that is scaled to the size', async () => {
    const [drawn] = [Transform.drawAll(3)([Transform.randomResizedCrop({ scale: 0.95, ratio: 1.3 })])]
    expect(worst(await apart(withSize(56)(spec()), drawn))).toBeLessThan(1.5)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('are those of the upright image, of EXIF orientation %i', async (orientation) => {
    const folder = join(work, `exif${orientation}`)
    for (let i = 0; i < 2; i++) {
      // stored so that the tag turns it upright
      const turned = {
        1: () => spots(sides, pointsOf(i)),
        2: () => spots(sides, pointsOf(i)).flop(),
        3: () => spots(sides, pointsOf(i)).rotate(180),
        4: () => spots(sides, pointsOf(i)).flip(),
        5: () => spots(sides, pointsOf(i)).flop().rotate(270),
        6: () => spots(sides, pointsOf(i)).rotate(270),
        7: () => spots(sides, pointsOf(i)).flop().rotate(90),
        8: () => spots(sides, pointsOf(i)).rotate(90)
      }[orientation]!
      // the operations of a pipeline have an order of their own
      const stored = await turned().png().toBuffer()
      const { data } = await import('sharp').then(({ default: sharp }) =>
        sharp(stored).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer({ resolveWithObject: true })
      )
      place(join(folder, `${i}.jpg`), jpegWithOrientation(orientation, data))
    }
    place(join(folder, 'labels.csv'), table(2, 'jpg'))
    const of = pointsFrom(folder, whole)
    expect(worst(await apart(withSize(48)(of)))).toBeLessThan(0.75)
    const { train } = await opened(withOrientation('ignore')(of))
    const { pixels, points: asStored } = right(await train.item(0)(env)())
    // the same numbers, as places of the image as it is stored
    expect([pixels.height, pixels.width]).toEqual(orientation < 5 ? sides : [sides[1], sides[0]])
    asStored!.xy.forEach((value, k) => {
      const pixel = targets()[0]![k]!
      expect(value).toBeCloseTo((2 * pixel + 1) / (k % 2 === 0 ? pixels.width : pixels.height) - 1, 4)
    })
  })

  it('follow the size that a recipe sets', async () => {
    const data = await opened(withSize(48)(spec()))
    const larger = await data.resized!([60, 90])()
    const [small, large] = [right(await data.train.item(0)(env)()), right(await larger.train.item(0)(env)())]
    expect([large.pixels.height, large.pixels.width]).toEqual([60, 90])
    expect(small.points!.xy).not.toEqual(large.points!.xy)
    const own = [small, large].map(({ points: one }) => unframedPoints(task as never, one!.frame)(one!.xy))
    own.forEach((xy) => xy.forEach((value, k) => expect(value).toBeCloseTo(targets()[0]![k]!, 4)))
  })

  it('are the same if threads load the images', async () => {
    const threads = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 1 })
    try {
      const how = withSize(96)(
        pointsFromFunc(join(work, 'set'), 'mine', names, (file) => pointsOf(Number(file[0])), whole)
      )
      const [one, other] = [await opened(how), right(await openData(how)(threads)())]
      expect(other.train.atOnce).toBe(Infinity)
      const view: ReadonlyArray<Transform.DrawnTransform> = [{ _tag: 'FlipLr' }, { _tag: 'Rotate', degrees: 5 }]
      for (let i = 0; i < 4; i++)
        expect(right(await other.train.item(i, view)(threads)())).toEqual(right(await one.train.item(i, view)(env)()))
    } finally {
      await threads.workers.close()
    }
  })

  it('come in batches that can map them back to pixels', async () => {
    const { train } = await opened(withSize(48)(spec()))
    const reader = openBatches({ dataset: train, batches: [[2, 0]], stats: imagenetStats })(env)()
    const batch = O.toUndefined(right(await reader.next()))!
    await reader.close()
    expect([batch.y.length, batch.frames?.length]).toEqual([12, 2])
    const back = batch.frames!.map((frame, i) =>
      unframedPoints(task as never, frame)(batch.y.subarray(6 * i, 6 * i + 6))
    )
    expect(back.map((xy) => xy.map((value) => Math.round(1e4 * value) / 1e4))).toEqual([targets()[2], targets()[0]])
  })
})
