/** What only a file system shows: links, Unicode forms of names, files outside of a root, what is in files. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  classesOf,
  type DataSpec,
  imageCsv,
  imageFolder,
  imageMasks,
  withVerify,
  type Verify
} from '../../src/data/index.js'
import { dataCounts, dataFingerprint, nodeIo, openData, showDataCounts } from '../../src/io/index.js'
import { grey, left, place, right, smallSet, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 2 })

const opened = async (spec: DataSpec) => right(await openData(spec)(env)())

const folder = async (name: string): Promise<string> => {
  const root = join(work, name)
  await smallSet(root, 3)
  return root
}

describe('links', () => {
  it('to a parent folder are reported and not followed, even above the root', async () => {
    const root = await folder('cycles/set')
    symlinkSync('.', join(root, 'train/a/self'))
    symlinkSync('../..', join(root, 'train/up'))
    symlinkSync('/no/such/folder', join(root, 'train/a/dangling'))
    const { train, warnings } = await opened(imageFolder(root))
    expect(train.length).toBe(6)
    expect(warnings.filter(({ _tag }) => _tag === 'SkippedFiles').map(({ path }) => path)).toEqual([
      join(root, 'train/a/self'),
      join(root, 'train/up')
    ])
  })

  it('from one set into another add no image twice', async () => {
    const root = await folder('leak')
    symlinkSync('../../train/a/0.png', join(root, 'valid/a/copy.png'))
    symlinkSync('../b', join(root, 'train/a/sibling'))
    const { train, valid, warnings } = await opened(imageFolder(root))
    expect([train, valid].map((set) => set.items.map(({ file }) => file))).toEqual([
      ['train/a/1.png', 'train/a/2.png', 'train/b/0.png', 'train/b/1.png', 'train/b/2.png'],
      [
        'valid/a/0.png',
        'valid/a/1.png',
        'valid/a/2.png',
        'valid/a/copy.png',
        ...[0, 1, 2].map((i) => `valid/b/${i}.png`)
      ]
    ])
    expect(warnings.map(({ _tag }) => _tag)).toContain('RepeatedImages')
  })

  it('to class folders elsewhere are followed', async () => {
    const root = await folder('elsewhere')
    const links = join(work, 'linked')
    mkdirSync(links)
    for (const name of ['a', 'b']) symlinkSync(join(root, 'train', name), join(links, name))
    expect((await opened(imageFolder(links))).train.length).toBe(5)
  })
})

describe('names on disk', () => {
  it('are one class in both Unicode forms, and their files are read', async () => {
    const root = join(work, 'forms')
    for (const [set, name] of [
      ['train', 'caf\u00e9'],
      ['valid', 'cafe\u0301']
    ] as const)
      for (const label of [name, 'dog']) place(join(root, set, label, '0.png'), await grey(4, 4))
    const { task, valid } = await opened(imageFolder(root))
    expect(classesOf(task)).toEqual(['caf\u00e9', 'dog'])
    expect(right(await valid.item(0)(env)()).label).toBe('caf\u00e9')
  })
})

describe('a table', () => {
  it('names files outside of its folder by their full path, which must be there', async () => {
    const root = await folder('outside')
    const here = join(work, 'tables')
    const rows = ['a', 'b'].flatMap((name) => [0, 1, 2].map((i) => `${join(root, 'train', name, `${i}.png`)},${name}`))
    place(join(here, 'labels.csv'), `file,label\n${rows.join('\n')}\n`)
    const data = await opened(imageCsv(here))
    expect(data.train.length + data.valid.length).toBe(6)
    expect(right(await data.train.item(0)(env)()).pixels.width).toBe(6)
    place(join(here, 'gone.csv'), `file,label\n${[...rows, `${join(root, 'train/a/9.png')},a`].join('\n')}\n`)
    expect(left(await openData(imageCsv(here, { csv: 'gone.csv' }))(env)())).toMatchObject({
      _tag: 'MissingFolder',
      path: join(root, 'train/a/9.png')
    })
  })
})

describe('the fingerprint of data', () => {
  const of = async (spec: DataSpec): Promise<string> => dataFingerprint(await opened(spec))

  it.each<Verify>(['decode', 'header', 'none'])(
    'notices that the contents of two files were swapped (%s)',
    async (verify) => {
      const root = await folder(`swapped-${verify}`)
      const spec = withVerify(verify)(imageFolder(root))
      const before = await of(spec)
      expect(await of(spec)).toBe(before)
      const [one, two, aside] = ['train/a/0.png', 'train/b/0.png', 'aside'].map((file) => join(root, file))
      renameSync(one!, aside!)
      renameSync(two!, one!)
      renameSync(aside!, two!)
      expect(await of(spec)).not.toBe(before)
    }
  )

  it('does not depend on the location of the data', async () => {
    const root = await folder('here')
    const before = await of(imageFolder(root))
    renameSync(root, join(work, 'there'))
    expect(await of(imageFolder(join(work, 'there')))).toBe(before)
  })

  it('depends on masks, and on changes in the middle of a large file', async () => {
    const root = join(work, 'masks')
    place(join(root, 'codes.txt'), 'a\nb\n')
    for (let i = 0; i < 5; i++) {
      place(join(root, `images/${i}.png`), await grey(4, 4, i))
      place(join(root, `labels/${i}.png`), await grey(4, 4, 0))
    }
    const spec = withVerify('header')(imageMasks(root, { ignore: Array.from({ length: 14 }, (_, i) => i + 2) }))
    const before = await of(spec)
    writeFileSync(join(root, 'labels/3.png'), await grey(4, 4, 1))
    expect(await of(spec)).not.toBe(before)
    const bytes = new Uint8Array(3e5)
    const file = join(root, 'large')
    writeFileSync(file, bytes)
    const hash = async (ends?: number) => right(await env.files.hash(file, ends)())
    const [whole, both] = [await hash(), await hash(2 ** 16)]
    bytes[150_000] = 1
    writeFileSync(file, bytes)
    expect([(await hash()) === whole, (await hash(2 ** 16)) === both]).toEqual([false, true])
    bytes[299_999] = 1
    writeFileSync(file, bytes)
    expect((await hash(2 ** 16)) === both).toBe(false)
  })
})

describe('counts', () => {
  it('list the classes with their images in both sets, and the images of the test set', async () => {
    const root = await folder('counted')
    place(join(root, 'Test/0.png'), await grey(4, 6))
    place(join(root, 'train/a/9.png'), await grey(4, 6))
    const counts = dataCounts(await opened(imageFolder(root)))
    expect(counts).toEqual({
      task: 'Classification',
      classes: ['a', 'b'],
      train: { images: 7, perClass: [4, 3] },
      valid: { images: 6, perClass: [3, 3] },
      test: 1,
      sizes: { images: 13, height: [4, 4], width: [6, 6] }
    })
    expect(showDataCounts(counts)).toBe('2 classes: a 4, b 3; valid 3, 3; test 1')
  })

  it('of many classes list some, and names with special characters in quotes', () => {
    const classes = ['a, b', ...Array.from({ length: 11 }, (_, i) => `c${i}`)]
    const set = { images: 24, perClass: classes.map(() => 2) }
    expect(showDataCounts({ task: 'Classification', classes, train: set, valid: set, test: 0 })).toBe(
      `12 classes: "a, b" 2, ${Array.from({ length: 9 }, (_, i) => `c${i} 2`).join(', ')} and 2 more (24 images); valid 24 images`
    )
  })
})
