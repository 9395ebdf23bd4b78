// Images annotated in COCO's format and in Label Studio: labels, and masks drawn from polygons and run lengths.
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type AnnotationOptions,
  cocoRuns,
  fromCoco,
  fromLabelStudio,
  holdoutByPct,
  withSize
} from '../../src/data/index.js'
import { type Data, nodeIo, openData } from '../../src/io/index.js'
import { grey, left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })
const whole = { holdout: holdoutByPct(0) }

const [height, width] = [4, 6]

const categories = [
  { id: 7, name: 'dog' },
  { id: 3, name: 'cat' }
]

const images = (n: number, from = 0) =>
  Array.from({ length: n }, (_, i) => ({ id: from + i, file_name: `${from + i}.png`, height, width }))

const json = (value: unknown): string => JSON.stringify(value)

beforeAll(async () => {
  for (let i = 0; i < 8; i++) place(join(work, 'images', `${i}.png`), await grey(height, width, i))
})

const withImages = async (
  name: string,
  files: Readonly<Record<string, unknown>>,
  folder = 'images'
): Promise<string> => {
  const root = join(work, name)
  for (let i = 0; i < 8; i++) place(join(root, folder, `${i}.png`), await grey(height, width, i))
  for (const [file, value] of Object.entries(files)) place(join(root, file), json(value))
  return root
}

const opened = async (make: typeof fromCoco, root: string, options: AnnotationOptions = whole): Promise<Data> =>
  right(await openData(make(root, options))(env)())

const failure = async (make: typeof fromCoco, root: string, options: AnnotationOptions = whole) =>
  left(await openData(make(root, options))(env)())

/** The rows of an item's mask as digits. */
const maskOf = async (data: Data, i: number): Promise<ReadonlyArray<string>> => {
  const mask = [...right(await data.train.item(i)(env)()).mask!]
  return Array.from({ length: height }, (_, row) => mask.slice(row * width, (row + 1) * width).join(''))
}

describe("run lengths in COCO's compression", () => {
  it('are those that pycocotools writes', () => {
    // mask.encode of 4 x 6 pixels with rows 1 and 2 of columns 1 to 4
    expect(cocoRuns('522000003')).toEqual([5, 2, 2, 2, 2, 2, 2, 2, 5])
    // of 50 x 40 with the first pixel, and rows 10 to 39 of columns 3 to 29
    const long = cocoRuns(`01o4m0eK${'0'.repeat(51)}Z?`)!
    expect([long.slice(0, 6), long.length, long.reduce((sum, run) => sum + run, 0)]).toEqual([
      [0, 1, 159, 30, 20, 30],
      57,
      2000
    ])
    expect(cocoRuns('52P')).toBeUndefined()
    expect(cocoRuns('~')).toBeUndefined()
  })
})

describe('images annotated in COCO', () => {
  it('have a class if each has one category, in the sets of their files', async () => {
    const file = (ids: ReadonlyArray<number>, labels: boolean) => ({
      images: images(8).filter(({ id }) => ids.includes(id)),
      annotations: labels ? ids.map((id) => ({ id, image_id: id, category_id: id % 2 === 0 ? 7 : 3 })) : [],
      categories
    })
    const root = await withImages('classes', {
      'annotations/instances_train2017.json': file([0, 1, 2, 3], true),
      'annotations/instances_val2017.json': file([4, 5], true),
      'annotations/image_info_test2017.json': file([6, 7], false)
    })
    const data = await opened(fromCoco, root, {})
    expect(data.task).toEqual({ _tag: 'Classification', classes: ['cat', 'dog'] })
    expect(data.train.items.map(({ target }) => target)).toEqual([1, 0, 1, 0])
    expect([data.valid.length, data.test]).toEqual([2, ['images/6.png', 'images/7.png']])
  })

  it('have any number of labels if some have several categories or none', async () => {
    const annotations = [
      { image_id: 0, category_id: 7 },
      { image_id: 0, category_id: 3 },
      { image_id: 0, category_id: 3 },
      { image_id: 1, category_id: 3 }
    ]
    const root = await withImages('labels', { 'all.json': { images: images(3), annotations, categories } })
    const data = await opened(fromCoco, root)
    expect(data.task).toEqual({ _tag: 'MultiLabel', classes: ['cat', 'dog'] })
    expect(data.train.items.map(({ target }) => target)).toEqual([
      [1, 1],
      [1, 0],
      [0, 0]
    ])
    expect(await failure(fromCoco, root, { ...whole, labels: 'classes' })).toMatchObject({
      _tag: 'BadTable',
      path: `${root}/all.json: image 2`,
      expected: 'a label'
    })
  })

  it('have masks from polygons and from run lengths, compressed or not', async () => {
    const annotations = [
      {
        image_id: 0,
        category_id: 7,
        segmentation: [
          [1, 1, 4, 1, 4, 3, 1, 3],
          [5, 0, 6, 0, 6, 1, 5, 1]
        ]
      },
      { image_id: 0, category_id: 3, segmentation: [[3, 2, 6, 2, 6, 4, 3, 4]] },
      { image_id: 1, category_id: 3, iscrowd: 1, segmentation: { counts: [5, 2, 2, 2, 13], size: [4, 6] } },
      { image_id: 2, category_id: 3, segmentation: { counts: '522000003', size: [4, 6] } }
    ]
    const root = await withImages('masks', { 'all.json': { images: images(3), annotations, categories } })
    const data = await opened(fromCoco, root, { ...whole, labels: 'masks' })
    expect(data.task).toEqual({ _tag: 'Segmentation', codes: ['background', 'dog', 'cat'] })
    expect(await maskOf(data, 0)).toEqual(['000001', '011100', '011222', '000222'])
    expect(await maskOf(data, 1)).toEqual(
      ['000000', '011000', '011000', '000000'].map((row) => row.replaceAll('1', '2'))
    )
    expect(await maskOf(data, 2)).toEqual(['000000', '022220', '022220', '000000'])
  })

  it('are loaded by threads as on the calling thread', async () => {
    const threads = nodeIo({ cache: env.cache, workers: 2 })
    const data = right(
      await openData(withSize(72)(fromCoco(join(work, 'masks'), { ...whole, labels: 'masks' })))(threads)()
    )
    const { mask } = right(await data.train.item(2)(threads)())
    expect(new Set(mask)).toEqual(new Set([0, 2]))
    await threads.workers.close()
  })

  it.each([
    ['an unknown image', { image_id: 99, category_id: 7 }, 'the id of an image', '99'],
    ['an unknown category', { image_id: 0, category_id: 5 }, 'the id of a category', '5'],
    [
      'two points',
      { image_id: 0, category_id: 7, segmentation: [[1, 2, 3, 4]] },
      'polygons of at least three points',
      '[[1,2,3,4]]'
    ],
    [
      'runs that are too short',
      { image_id: 0, category_id: 7, segmentation: { counts: [3, 4], size: [4, 6] } },
      'runs that sum to 24',
      '7'
    ],
    [
      'runs of other sides',
      { image_id: 0, category_id: 7, segmentation: { counts: [24], size: [6, 4] } },
      'runs (counts) of a mask of 4 x 6',
      '{"counts":[24],"size":[6,4]}'
    ]
  ])('are an error for %s, with the annotation', async (name, annotation, expected, found) => {
    const root = await withImages(`wrong ${name}`, {
      'all.json': { images: images(2), annotations: [{ image_id: 0, category_id: 7 }, annotation], categories }
    })
    expect(await failure(fromCoco, root)).toMatchObject({
      _tag: 'BadTable',
      path: `${root}/all.json: annotation 1`,
      expected,
      found
    })
  })

  it('are an error for images that are not there, and for other JSON', async () => {
    const annotations = [{ image_id: 20, category_id: 7 }]
    const root = await withImages('gone', { 'all.json': { images: images(1, 20), annotations, categories } })
    expect(await failure(fromCoco, root)).toMatchObject({
      _tag: 'MissingFolder',
      path: `${root}/all.json: image 0`,
      found: '1 images that are not there: 20.png'
    })
    const other = await withImages('other', { 'all.json': { images: [] } })
    expect(await failure(fromCoco, other)).toMatchObject({
      path: `${other}/all.json`,
      expected: 'a list "annotations"'
    })
  })
})

/** Label Studio's run lengths of an image whose alpha is given: one literal run for each four samples. */
const brush = (alpha: ReadonlyArray<number>): ReadonlyArray<number> => {
  const bits: Array<number> = []
  const write = (value: number, count: number): void => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  write(4 * alpha.length, 32)
  write(7, 5)
  for (const size of [2, 3, 7, 15]) write(size, 4)
  for (const value of alpha) {
    // a run of three equal samples, then one as it is
    write(1, 1)
    write(0, 2)
    write(2, 3)
    write(value, 8)
    write(0, 1)
    write(1, 2)
    write(0, 4)
    write(value, 8)
  }
  while (bits.length % 8 !== 0) bits.push(0)
  return Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).join(''), 2))
}

const sides = { original_width: width, original_height: height }

const task = (id: number, image: string, ...result: ReadonlyArray<object>) => ({
  id,
  data: { image },
  annotations: [{ was_cancelled: true, result: [] }, { result }]
})

const choice = (...choices: ReadonlyArray<string>) => ({ type: 'choices', value: { choices } })

describe('images annotated in Label Studio', () => {
  it('have the classes of their choices, wherever they were kept; those without are the test set', async () => {
    const root = await withImages('studio', {
      'export.json': [
        task(1, '/data/upload/3/0a1b2c3d-0.png', choice('cat')),
        task(2, '/data/local-files/?d=pets%2Fimages%2F1.png', choice('dog')),
        task(3, 's3://bucket/pets/2.png', choice('cat')),
        task(4, 'https://example.org/images/3.png?token=a', choice('dog')),
        { id: 5, data: { image: '4.png' }, annotations: [] }
      ]
    })
    const data = await opened(fromLabelStudio, root)
    expect(data.task).toEqual({ _tag: 'Classification', classes: ['cat', 'dog'] })
    expect(data.train.items.map(({ file, label }) => [file, label])).toEqual([
      ['images/0.png', 'cat'],
      ['images/1.png', 'dog'],
      ['images/2.png', 'cat'],
      ['images/3.png', 'dog']
    ])
    expect(data.test).toEqual(['images/4.png'])
  })

  it('have several labels if any has several choices', async () => {
    const root = await withImages('several', {
      'export.json': [task(1, '0.png', choice('cat', 'big')), task(2, '1.png', choice('cat'))]
    })
    expect((await opened(fromLabelStudio, root)).task).toEqual({ _tag: 'MultiLabel', classes: ['big', 'cat'] })
  })

  it('have masks from brushes and polygons', async () => {
    const alpha = Array.from({ length: height * width }, (_, i) => (i % width < 2 ? 255 : 0))
    const root = await withImages('brushes', {
      'export.json': [
        task(1, '0.png', {
          type: 'brushlabels',
          value: { format: 'rle', rle: brush(alpha), brushlabels: ['tree'] },
          ...sides
        }),
        task(2, '1.png', {
          type: 'polygonlabels',
          value: {
            points: [
              [50, 0],
              [100, 0],
              [100, 50],
              [50, 50]
            ],
            polygonlabels: ['car']
          },
          ...sides
        })
      ]
    })
    const data = await opened(fromLabelStudio, root, { ...whole, labels: 'masks' })
    expect(data.task).toEqual({ _tag: 'Segmentation', codes: ['background', 'car', 'tree'] })
    expect(await maskOf(data, 0)).toEqual(['220000', '220000', '220000', '220000'])
    expect(await maskOf(data, 1)).toEqual(['000111', '000111', '000000', '000000'])
  })

  it.each([
    ['a list', { id: 1 }, '', 'a list of tasks'],
    ['a path', [{ id: 9, data: { text: 'hello' } }], ': task 9', 'the path of an image in data'],
    [
      'run lengths',
      [task(9, '0.png', { type: 'brushlabels', value: { format: 'rle', rle: [1, 2], brushlabels: ['a'] }, ...sides })],
      ': task 9, result 0',
      'run lengths (rle) of 6 x 4 pixels'
    ],
    [
      'points',
      [task(9, '0.png', { type: 'polygonlabels', value: { points: [[1, 2]], polygonlabels: ['a'] }, ...sides })],
      ': task 9, result 0',
      'at least three points of an image of known sides'
    ]
  ])('are an error without %s, with the task', async (name, value, at, expected) => {
    const root = await withImages(`studio without ${name}`, { 'export.json': value })
    expect(await failure(fromLabelStudio, root)).toMatchObject({ path: `${root}/export.json${at}`, expected })
  })
})
