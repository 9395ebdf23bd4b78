// Masks and pictures from the command line: a description of pairs, a run, files for each picture.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as O from 'fp-ts/lib/Option.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { nodeIo } from '../../src/io/index.js'
import { right } from '../io/workplace.js'
import { placeForRuns } from './graft.js'

const { folder, file, graft } = placeForRuns()
const side = 16
const { images } = nodeIo()

const png = async (channels: number, sample: (x: number, y: number) => number): Promise<Uint8Array> => {
  const data = new Uint8Array(side * side * channels)
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / channels)
    data[i] = sample(at % side, Math.floor(at / side))
  }
  return right(await images.encode({ height: side, width: side, channels, data })())
}

/** The left part of picture `i` is bright, and of class 1. */
const isBright = (i: number) => (x: number) => x < 4 + (i % 8)

beforeAll(async () => {
  for (const name of ['images', 'labels']) mkdirSync(join(folder, 'scenes', name), { recursive: true })
  writeFileSync(join(folder, 'scenes/codes.txt'), 'dark\nbright\n')
  for (let i = 0; i < 12; i++) {
    writeFileSync(join(folder, `scenes/images/${i}.png`), await png(3, (x) => (isBright(i)(x) ? 200 : 40)))
    writeFileSync(join(folder, `scenes/labels/${i}.png`), await png(1, (x) => (isBright(i)(x) ? 1 : 0)))
  }
  // what is to be made of a scene is the scene
  file('copies.json', JSON.stringify({ source: { imageImages: { path: 'scenes', targets: 'images' } }, bs: 4 }))
  file('scenes.json', JSON.stringify({ source: { imageMasks: { path: 'scenes' } }, bs: 4 }))
})

describe('graft on masks', () => {
  it('trains a U-Net, reports pixel accuracy, and writes mask and overlay of an image', async () => {
    const trained = await graft('train', 'scenes.json', '--arch', './mine.mjs#net', '--lr', '1e-2', '--out', 'seg')
    expect(trained.code, trained.stderr).toBe(0)
    expect(trained.stdout).toMatch(/foreground_acc [01]\.\d{4}\n$/)
    const said = await graft('predict', 'seg', 'scenes/images/3.png', '--out', 'masks', '--json')
    expect(said.code, said.stderr).toBe(0)
    const [mask, overlay] = [join('masks', '3.mask.png'), join('masks', '3.overlay.png')]
    const result = JSON.parse(said.stdout) as { readonly shares: Readonly<Record<string, number>> }
    expect(result).toMatchObject({ image: 'scenes/images/3.png', mask, overlay })
    expect([overlay, 'masks/legend.png'].map((name) => existsSync(join(folder, name)))).toEqual([true, true])
    const written = right(
      await images.mask(mask, readFileSync(join(folder, mask)), { as: 'values', orientation: 'apply' })()
    )
    expect([written.height, written.width]).toEqual([side, side])
    const share = written.data.filter((code) => code === 1).length / (side * side)
    expect(result.shares['bright'] ?? 0).toBe(share)
    // no mask is written over another, whatever pictures are called
    copyFileSync(join(folder, 'scenes/images/3.png'), join(folder, 'scenes/1-3.png'))
    const alike = ['scenes/images/3.png', 'scenes/labels/3.png', 'scenes/1-3.png']
    const { lines } = await graft('predict', 'seg', ...alike, '--out', 'alike', '--json')
    const masks = lines.map((line) => (JSON.parse(line) as { readonly mask: string }).mask)
    expect(new Set(masks).size).toBe(3)
    expect(masks.every((name) => existsSync(join(folder, name)))).toBe(true)
    const refused = await graft('predict', 'seg', ...alike, '--out', 'never', '--tta', '--bs', '2')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/--tta[^]*--bs/)
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })
})

describe('graft on pairs of pictures', () => {
  it('trains a U-Net, reports the error of samples, and writes the predicted image', async () => {
    const trained = await graft('train', 'copies.json', '--arch', './mine.mjs#net', '--lr', '1e-2', '--out', 'copier')
    expect(trained.code, trained.stderr).toBe(0)
    expect(trained.stdout).toMatch(/mean_squared_error 0\.\d{4}\n$/)
    const said = await graft('predict', 'copier', 'scenes/images/3.png', '--out', 'made', '--json')
    expect(said.code, said.stderr).toBe(0)
    const predicted = join('made', '3.predicted.png')
    expect(JSON.parse(said.stdout)).toEqual({ image: 'scenes/images/3.png', predicted })
    const how = { size: O.none, resize: 'squish' } as const
    const written = right(await images.decode(predicted, readFileSync(join(folder, predicted)), how)())
    expect([written.height, written.width]).toEqual([side, side])
    const looked = await graft('interpret', 'copier', 'copies.json', '--out', 'looked')
    expect(looked.stdout).toMatch(/mean_squared_error 0\.\d{4}\n$/)
  })
})
