// A run of graft's own starts another training, and trains on: --from, --weights, --resume with --epochs.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Format } from 'graft-vision'
import { beforeAll, describe, expect, it } from 'vitest'
import { right } from '../io/workplace.js'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft } = placeForRuns()
const tensors = (run: string) =>
  right(Format.readSafetensors(readFileSync(join(folder, run, 'model.safetensors')))).tensors
const rows = (run: string): number =>
  readFileSync(join(folder, run, 'history.csv'), 'utf8')
    .trim()
    .split('\n').length - 1
const conv = 'body.conv.weight'

beforeAll(async () => {
  expect((await graft(...tiny, '--quiet', '--out', 'first')).code).toBe(0)
  // three classes of eight pictures each
  const pictures = join(folder, 'digits', 'train', '3')
  for (const [i, name] of readdirSync(pictures).slice(0, 24).entries())
    cpSync(join(pictures, name), join(folder, 'flowers', ['rose', 'tulip', 'daisy'][i % 3]!, name))
})

describe('graft train', () => {
  it('starts from a run: its architecture, head and weights, for new classes', async () => {
    const { code, stderr } = await graft('train', 'flowers', '--from', 'first', '--bs', '8', '--out', 'from')
    expect([code, stderr.includes('has no published weights')]).toEqual([0, false])
    expect(stderr).toContain('in the head, head.8 and the layers after it are initialised randomly')
    expect(tensors('from').get(conv)!.data).toEqual(tensors('first').get(conv)!.data)
    expect(tensors('from').get('head.8.bias')!.shape).toEqual([3])
    const described = JSON.parse(readFileSync(join(folder, 'from', 'graft.json'), 'utf8')) as {
      readonly archModule: string
      readonly model: { readonly freeze: number }
    }
    expect(described.archModule).toMatch(/mine\.mjs#net$/)
    expect(described.model.freeze).toBe(-1)
  })

  it('starts from an export, and trains all groups when told to', async () => {
    expect((await graft('export', 'first', '--out', 'exported')).code).toBe(0)
    const flags = ['--bs', '8', '--no-freeze', '--quiet', '--out', 'from-export']
    const { stderr } = await graft('train', 'flowers', '--from', 'exported', ...flags)
    expect(stderr).toContain('also pass its module: --arch ./mine.js#export')
    const { code } = await graft('train', 'flowers', '--from', 'exported', '--arch', './mine.mjs#net', ...flags)
    expect(code).toBe(0)
    expect(tensors('from-export').get(conv)!.data).not.toEqual(tensors('first').get(conv)!.data)
  })

  it('takes a run or its file as weights', async () => {
    for (const [i, from] of ['first', 'first/model.safetensors'].entries()) {
      expect((await graft(...tiny, '--weights', from, '--quiet', '--out', `weighed-${i}`)).code).toBe(0)
      expect(tensors(`weighed-${i}`).get(conv)!.data).toEqual(tensors('first').get(conv)!.data)
    }
  })

  it('names the keys of a run whose architecture has the same name and other shapes', async () => {
    const wide = readFileSync(join(folder, 'mine.mjs'), 'utf8')
      .replaceAll('3, 8, 5', '3, 16, 5')
      .replace('Norm(8)', 'Norm(16)')
    writeFileSync(join(folder, 'wide.mjs'), wide)
    const { code, stderr } = await graft('train', 'data.json', '--arch', './wide.mjs#net', '--weights', 'first')
    expect(code).toBe(1)
    expect(stderr).toContain('16×3×5×5')
    expect(stderr).toContain('8×3×5×5')
    expect(stderr).not.toContain('which graft has trained')
  })

  it('trains a finished run for more epochs', async () => {
    expect((await graft(...tiny, '--quiet', '--out', 'longer')).code).toBe(0)
    const before = tensors('longer').get(conv)!.data
    expect((await graft('train', '--resume', 'longer', '--epochs', '2', '--quiet')).code).toBe(0)
    expect(rows('longer')).toBe(3)
    expect(tensors('longer').get(conv)!.data).not.toEqual(before)
    expect(existsSync(join(folder, 'longer', 'checkpoint.safetensors'))).toBe(false)
    expect((await graft('train', '--resume', 'longer')).stderr).toContain('this run has ended; --epochs N trains it')
  })
})
