import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { placeForRuns } from './graft.js'

const grey = (height: number, width: number) =>
  sharp({ create: { height, width, channels: 3, background: '#888' } })
    .png()
    .toBuffer()

describe('graft summary DATA', () => {
  const { folder, graft, file } = placeForRuns()

  it('shows the images of each class and set, their sizes, and the holdout', async () => {
    for (const [set, names] of Object.entries({ train: ['a', 'b', 'c'], valid: ['d'] }))
      for (const label of ['cat', 'dog'])
        for (const name of names) {
          mkdirSync(join(folder, 'photos', set, label), { recursive: true })
          writeFileSync(join(folder, 'photos', set, label, `${name}.png`), await grey(name === 'c' ? 12 : 8, 10))
        }
    const { code, lines, stderr } = await graft('summary', 'photos')
    expect([code, lines.slice(1)], stderr).toEqual([
      0,
      [
        'holdout: holdoutAuto',
        'sizes: height 8 to 12, width 10 pixels',
        '',
        '        train  valid',
        'cat         3      1',
        'dog         3      1',
        'images      6      2'
      ]
    ])
    expect(lines[0]).toMatch(/photos: an image folder; one class for each image$/)
    const json = await graft('summary', 'photos', '--holdout', 'stratified:0.5', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      source: 'an image folder',
      holdout: 'holdoutStratified(0.5, 42)',
      task: 'Classification',
      classes: ['cat', 'dog'],
      train: { images: 4, perClass: [2, 2] },
      valid: { images: 4, perClass: [2, 2] },
      test: 0,
      sizes: { images: 8, height: [8, 12], width: [10, 10] },
      skipped: []
    })
  })

  it('tells data from models', async () => {
    file(
      'labels.csv',
      'file,label\nphotos/train/cat/a.png,0.5\nphotos/train/dog/a.png,0.25\nphotos/train/dog/b.png,1.5'
    )
    const table = await graft('summary', 'labels.csv', '--valid-pct', '0.4')
    expect([table.code, table.lines.at(-1)], table.stderr).toEqual([0, 'images      2      1'])
    const described = await graft('summary', 'data.json')
    expect([described.code, described.lines[0]], described.stderr).toEqual([
      0,
      expect.stringContaining('digits; one class for each image')
    ])
    expect((await graft('summary', 'resnet18', '--holdout', 'stratified:0.2')).stderr).toContain('--holdout')
    expect((await graft('summary', 'photos', '--arch', 'resnet18')).stderr).toContain('--arch')
  })
})
