/** `holdoutByFile`: the list is read when the data are opened. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { holdoutByFile, imageFolder, withExclude } from 'graft-vision'
import { type Data, nodeIo, openData } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, place, right, workplace } from './workplace.js'

const folder = workplace()
const env = nodeIo({ cache: { home: 'no-cache', assets: [] } })

beforeAll(async () => {
  for (const label of ['ant', 'bee']) {
    mkdirSync(join(folder, label))
    for (let i = 0; i < 4; i++) {
      const pixels = { height: 4, width: 4, channels: 3, data: new Uint8Array(48).fill(i * 9 + label.length) }
      place(join(folder, label, `${label}${i}.png`), right(await env.images.encode(pixels)()))
    }
  }
  place(join(folder, 'valid.txt'), 'ant/ant2.png\r\nbee0.png\r\n\r\n')
  place(join(folder, 'wrong.txt'), 'ant/ant2.png\nwasp.png\n')
})

const opened = (file: string) => openData(imageFolder(folder, { holdout: holdoutByFile(file) }))(env)()

describe('holdoutByFile', () => {
  it('holds out the images that the file lists, by path or name', async () => {
    const data = right(await opened('valid.txt'))
    expect(data.valid.items.map(({ file }) => file)).toEqual(['ant/ant2.png', 'bee/bee0.png'])
    expect(data.train.length).toBe(6)
    expect(data.spec.source).toMatchObject({ holdout: { _tag: 'ByFile' } })
  })
  it('rejects a missing file, and one that lists missing images', async () => {
    expect(left(await opened('none.txt'))).toMatchObject({ _tag: 'MissingFolder', path: join(folder, 'none.txt') })
    expect(left(await opened('wrong.txt'))).toMatchObject({ _tag: 'MissingFolder', path: 'wasp.png' })
  })
})

describe('withExclude', () => {
  const skipped = ({ warnings }: Data) =>
    warnings.flatMap(({ _tag, found }) => (_tag === 'SkippedFiles' ? [found] : []))
  const excluding = (exclude: string | ReadonlyArray<string>) =>
    openData(withExclude(exclude)(imageFolder(folder, { holdout: holdoutByFile('valid.txt') })))(env)()

  it('leaves out the images of a list or of a file, and keeps the others in their sets', async () => {
    place(join(folder, 'fix.txt'), '# copies\nant/ant0.png\nbee/bee0.png\n')
    for (const exclude of ['fix.txt', join(folder, 'fix.txt'), ['ant/ant0.png', 'bee/bee0.png']]) {
      const data = right(await excluding(exclude))
      expect(data.valid.items.map(({ file }) => file)).toEqual(['ant/ant2.png'])
      expect(data.train.items.map(({ file }) => file)).not.toContain('ant/ant0.png')
      expect([data.train.length, skipped(data)]).toEqual([5, []])
    }
  })

  it('rejects a missing file, and warns of a path that names no image', async () => {
    expect(left(await excluding('none.txt'))).toMatchObject({
      _tag: 'MissingFolder',
      expected: 'a file that lists the images to leave out'
    })
    expect(skipped(right(await excluding(['wasp.png'])))).toEqual(['1 of 1 excluded paths name no image: wasp.png'])
  })
})
