/** Images that are copies of others, across the holdout or with another label. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DataSpec, imageCsv, imageFolder, imageMasks, masksIn, withVerify } from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { grey, place, right, workplace } from './workplace.js'

const work = workplace()
const base = nodeIo({ cache: { home: join(work, 'cache'), assets: [] }, workers: 0 })

let made = 0

/** Pictures by name; those of one number are the same bytes. */
const folder = async (pictures: Readonly<Record<string, number>>): Promise<string> => {
  const root = join(work, `set${made++}`)
  for (const [name, start] of Object.entries(pictures)) place(join(root, name), await grey(4, 4, start))
  return root
}

const sets = { 'train/a/1.png': 1, 'train/a/2.png': 2, 'train/b/1.png': 3, 'valid/a/1.png': 4, 'valid/b/1.png': 5 }

const copies = async (spec: DataSpec, env = base): Promise<ReadonlyArray<string>> =>
  right(await openData(spec)(env)())
    .warnings.filter(({ _tag }) => _tag === 'RepeatedImages')
    .map(({ found }) => found)

describe('copies of an image', () => {
  it('across the holdout are named', async () => {
    const root = await folder({ ...sets, 'valid/a/copy.png': 2 })
    expect(await copies(imageFolder(root))).toEqual([
      '1 of 3 validation images are copies of training images, so scores will be too good: train/a/2.png = valid/a/copy.png'
    ])
  })

  it('with another label are named', async () => {
    const root = await folder({ ...sets, 'train/b/copy.png': 1 })
    expect(await copies(imageFolder(root))).toEqual([
      '1 with the bytes of an image of another label: train/a/1.png = train/b/copy.png'
    ])
  })

  it('are found among the images of a table', async () => {
    const root = await folder({ '1.png': 1, '2.png': 2, '3.png': 2 })
    place(join(root, 'labels.csv'), 'name,label,is_valid\n1.png,a,0\n2.png,b,0\n3.png,b,1\n')
    expect(await copies(imageCsv(root))).toHaveLength(1)
  })

  it('are not reported if there are none, or if files are not read', async () => {
    expect(await copies(imageFolder(await folder(sets)))).toEqual([])
    const root = await folder({ ...sets, 'valid/a/copy.png': 2, 'train/a/3.png': 1 })
    expect(await copies(withVerify('none')(imageFolder(root)))).toEqual([])
    expect(await copies(imageFolder(await folder({ ...sets, 'train/a/3.png': 1 })))).toEqual([])
  })

  it('are not reported for copies of masks', async () => {
    const root = await folder({ 'images/1.png': 1, 'images/2.png': 2, 'masks/1.png': 0, 'masks/2.png': 0 })
    const codes = Array.from({ length: 16 }, (_, i) => `c${i}`)
    expect(await copies(imageMasks(root, { masks: masksIn('masks'), codes }))).toEqual([])
  })

  it('are found by the hash that is computed for every file anyway', async () => {
    let hashed = 0
    const files = { ...base.files, hash: (at: string, ends?: number) => (hashed++, base.files.hash(at, ends)) }
    await copies(imageFolder(await folder(sets)), { ...base, files })
    expect(hashed).toBe(5)
  })
})
