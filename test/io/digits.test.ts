import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { digits } from '../../src/data/index.js'
import { nodeIo, openData } from '../../src/io/index.js'
import { left, place, right, workplace } from './workplace.js'

const work = workplace()
const env = nodeIo({ cache: { home: path.join(work, 'cache'), assets: [] } })

const pixelsOf = async (root: string): Promise<ReadonlyMap<string, string>> => {
  const hashes = new Map<string, string>()
  for (const part of ['train', 'valid'])
    for (const name of ['3', '7'])
      for (const file of readdirSync(path.join(root, part, name))) {
        const { data, info } = await sharp(path.join(root, part, name, file))
          .toColourspace('b-w')
          .raw()
          .toBuffer({ resolveWithObject: true })
        expect([info.width, info.height, info.channels]).toEqual([28, 28, 1])
        hashes.set(`${part}/${name}/${file}`, createHash('sha1').update(data).digest('hex'))
      }
  return hashes
}

describe('digits', () => {
  it('are generated in the layout and the proportions of MNIST_SAMPLE, with a warning', async () => {
    const data = right(await openData(digits({ n: 1240 }))(env)())
    const count = (part: 'train' | 'valid', label: string) =>
      data[part].items.filter((item) => item.label === label).length
    expect([count('train', '3'), count('train', '7'), count('valid', '3'), count('valid', '7')]).toEqual([
      613, 627, 101, 103
    ])
    expect(data.generated).toBe(true)
    expect(data.warnings.map(({ _tag }) => _tag)).toContain('GeneratedData')
  })

  it('never repeat a picture, in training or in validation', async () => {
    const data = right(await openData(digits({ n: 1240 }))(env)())
    const hashes = await pixelsOf(data.root)
    expect(new Set(hashes.values()).size).toBe(1240 + 204)
  })

  it('are the same for the same seed, and different for another', async () => {
    const drawn = async (name: string, seed: number) =>
      pixelsOf(right(await openData(digits({ n: 20, seed, path: path.join(work, name) }))(env)()).root)
    const one = await drawn('one', 1)
    expect(await drawn('same', 1)).toEqual(one)
    expect(await drawn('other', 2)).not.toEqual(one)
  })

  it('are generated once', async () => {
    const spec = digits({ n: 10, path: path.join(work, 'kept') })
    const { root } = right(await openData(spec)(env)())
    const before = statSync(path.join(root, 'train/3/00000.png')).mtimeMs
    right(await openData(spec)(env)())
    expect(statSync(path.join(root, 'train/3/00000.png')).mtimeMs).toBe(before)
  })

  it('do not overwrite other files', async () => {
    const mine = path.join(work, 'mine')
    place(path.join(mine, 'train/3/photo.png'), 'mine')
    expect(left(await openData(digits({ n: 10, path: mine }))(env)())._tag).toBe('AlreadyExists')
    expect(readFileSync(path.join(mine, 'train/3/photo.png'), 'utf8')).toBe('mine')
    expect(readdirSync(work).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('leave nothing that looks complete if the disk is full', async () => {
    const full: typeof env = {
      ...env,
      files: {
        ...env.files,
        put: (at, content) =>
          at.endsWith('00005.png') ? env.files.put('/dev/full', content) : env.files.put(at, content)
      }
    }
    const root = path.join(work, 'full')
    expect(left(await openData(digits({ n: 20, path: root }))(full)())._tag).toBe('DiskFull')
    expect(readdirSync(work).filter((name) => name.includes('full'))).toEqual([])
    expect(right(await openData(digits({ n: 20, path: root }))(env)()).train.length).toBe(20)
  })

  it('are an error if a file is in place of their folder', async () => {
    const file = path.join(work, 'file')
    writeFileSync(file, '')
    expect(left(await openData(digits({ n: 10, path: path.join(file, 'digits') }))(env)())._tag).toBe('NotAFolder')
  })
})
