/** Data on the command line: what was found is printed, and what cannot be found is told by options. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { grey, place } from '../io/workplace.js'
import { placeForRuns } from './graft.js'

const { folder, graft, start } = placeForRuns()

const train = (...args: ReadonlyArray<string>) =>
  graft('train', ...args, '--arch', './mine.mjs#net', '--no-figures', '--quiet')

const bright = (i: number, label: string): Promise<Buffer> => grey(12, 12, i + (label === 'dog' ? 100 : 0))

beforeAll(async () => {
  for (const [set, n] of [
    ['Train', 4],
    ['val', 2],
    ['TEST', 1]
  ] as const)
    for (const label of ['cat', 'dog'])
      for (let i = 0; i < n; i++) place(join(folder, 'pets', set, label, '2023', `${i}.png`), await bright(i, label))
  const rows = ['cat', 'dog'].flatMap((label) =>
    [0, 1, 2, 3].map((i) => `${label}/2023/${i};${label === 'cat' ? 'café' : label};${i === 3 ? 'dev' : 'train'}`)
  )
  writeFileSync(join(folder, 'pets', 'pets.csv'), Buffer.from(`id;breed;part\n${rows.join('\n')}\n`, 'latin1'))
})

describe('graft train', () => {
  it('prints what it found before it trains', async () => {
    const { code, stderr } = await train('pets', '--bs', '4', '--out', 'found')
    expect(code).toBe(0)
    expect(stderr).toContain('2 classes: cat 4, dog 4; valid 2, 2; test 2\n')
    expect(stderr).not.toContain('--valid-pct')
    const json = await train('pets', '--bs', '4', '--out', 'found-json', '--json')
    const found = json.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly data?: unknown })
      .find(({ data }) => data !== undefined)
    expect(found?.data).toMatchObject({
      classes: ['cat', 'dog'],
      train: { perClass: [4, 4] },
      valid: { perClass: [2, 2] }
    })
  })

  it('labels images by their names with --label-re', async () => {
    for (const label of ['cat', 'dog'])
      for (let i = 0; i < 5; i++) place(join(folder, 'flat', `${label}_${i}.png`), await bright(i, label))
    const { code, stderr } = await train('flat', '--label-re', '^([a-z]+)_', '--bs', '4', '--out', 'flat-run')
    expect(stderr).toContain('2 classes: cat')
    expect(code).toBe(0)
    const wrong = await train('flat', '--label-re', '^([a-z]+)$', '--out', 'none')
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('10 of 10 that do not')
  })

  it('recognises JSON Lines, and folders with metadata', async () => {
    const lines = ['cat', 'dog'].flatMap((label) =>
      [0, 1, 2, 3].map((i) =>
        JSON.stringify({ file_name: `${label}/${i}.png`, label, split: i === 3 ? 'valid' : 'train' })
      )
    )
    for (const label of ['cat', 'dog'])
      for (let i = 0; i < 4; i++) place(join(folder, 'hf', label, `${i}.png`), await bright(i, label))
    place(join(folder, 'hf', 'labels.jsonl'), lines.join('\n'))
    expect((await train('hf/labels.jsonl', '--bs', '2', '--out', 'lines')).stderr).toContain('cat 3, dog 3; valid 1, 1')
    // the metadata say otherwise than the folders
    place(join(folder, 'hf', 'metadata.jsonl'), lines.join('\n').replaceAll('"label":"cat"', '"label":"tom"'))
    expect((await train('hf', '--bs', '2', '--out', 'hugging')).stderr).toContain('dog 3, tom 3; valid 1, 1')
  })

  it('recognises files that hold many images, and plots these', async () => {
    const sides = Buffer.alloc(16)
    ;[0x803, 16, 12, 12].forEach((value, i) => sides.writeUInt32BE(value, 4 * i))
    const dark = Array.from({ length: 16 }, (_, i) => Buffer.alloc(144, i % 2 === 0 ? 20 : 200))
    place(join(folder, 'ubyte', 'train-images-idx3-ubyte'), Buffer.concat([sides, ...dark]))
    place(
      join(folder, 'ubyte', 'train-labels-idx1-ubyte'),
      Buffer.from([0, 0, 8, 1, 0, 0, 0, 16, ...dark.map((_, i) => i % 2)])
    )
    const drawn = await graft('train', 'ubyte', '--bs', '4', '--arch', './mine.mjs#net', '--out', 'ubytes')
    expect([drawn.code, drawn.stderr.includes('2 classes: 0')]).toEqual([0, true])
    const one = await train(join('ubyte', 'train-images-idx3-ubyte'), '--bs', '4', '--out', 'ubyte-file')
    expect(one.code).toBe(0)
    const shown = await graft('interpret', 'ubytes', '--out', 'shown')
    expect([shown.code, existsSync(join(folder, 'shown', 'top-losses.png'))]).toEqual([0, true])
  })

  it('recognises annotations of COCO and Label Studio', async () => {
    const files = ['cat', 'dog'].flatMap((label) => [0, 1, 2, 3].map((i) => `${label}${i}.png`))
    for (const [i, file] of files.entries()) place(join(folder, 'coco', file), await bright(i, file.slice(0, 3)))
    const coco = {
      info: { description: 'pets' },
      images: files.map((file_name, id) => ({ id, file_name, height: 12, width: 12 })),
      annotations: files.map((file, id) => ({ image_id: id, category_id: file.startsWith('cat') ? 1 : 2 })),
      categories: [
        { id: 1, name: 'cat' },
        { id: 2, name: 'dog' }
      ]
    }
    place(join(folder, 'coco', 'annotations', 'all.json'), JSON.stringify(coco))
    const cocoRun = await train('coco/annotations/all.json', '--valid-pct', '0', '--bs', '4', '--out', 'coco-run')
    expect(cocoRun.stderr).toContain('2 classes: cat 4, dog 4')
    const tasks = files.map((file) => ({
      data: { image: `/data/upload/1/0123abcd-${file}` },
      annotations: [{ result: [{ type: 'choices', value: { choices: [file.slice(0, 3)] } }] }]
    }))
    place(join(folder, 'coco', 'export.json'), JSON.stringify(tasks))
    const studioRun = await train('coco/export.json', '--valid-pct', '0', '--bs', '4', '--out', 'studio-run')
    expect(studioRun.stderr).toContain('2 classes: cat 4, dog 4')
    expect((await train('coco/pets.csv', '--labels', 'masks', '--out', 'no')).stderr).toContain('--labels')
  })

  it('takes the folders of sets and classes', async () => {
    const told = await train(
      'pets',
      '--train',
      'Train',
      '--valid',
      'TEST',
      '--class-from',
      'top',
      '--bs',
      '4',
      '--out',
      'b'
    )
    expect(told.stderr).toContain('2 classes: cat 4, dog 4; valid 1, 1')
    const wrong = await train('pets', '--class-from', '0', '--out', 'c')
    expect([wrong.code, wrong.stderr.includes('--class-from')]).toEqual([2, true])
  })

  it('takes the format of a table, and names the options in errors', async () => {
    const table = join('pets', 'pets.csv')
    const encoding = await train(table, '--out', 'd')
    expect(encoding.stderr).toContain('--encoding latin1')
    const missing = await train(table, '--encoding', 'latin1', '--out', 'd')
    expect(missing.stderr).toContain('--suffix')
    const options = ['--encoding', 'latin1', '--folder', 'Train', '--suffix', '.png', '--valid-col', 'part']
    const { code, stderr } = await train(table, ...options, '--label-col', 'breed', '--bs', '2', '--out', 'd')
    expect(stderr).toContain('2 classes: café 3, dog 3; valid 1, 1')
    expect(code).toBe(0)
    expect((await train(table, '--masks', 'labels', '--out', 'e')).stderr).toContain('--masks')
  })

  it('refuses a folder of images and masks, and names the options', async () => {
    place(join(folder, 'scenes', 'codes.txt'), 'a\nb\n')
    for (const part of ['images', 'labels'])
      for (let i = 0; i < 3; i++) place(join(folder, 'scenes', part, `${i}.png`), await grey(8, 8, 0))
    const { code, stderr } = await train('scenes', '--out', 'f')
    expect([code, stderr.includes('--images images --masks labels')]).toEqual([1, true])
    expect(existsSync(join(folder, 'f'))).toBe(false)
  })
})

describe('a start that fails', () => {
  it('leaves no run in the way of the corrected one', async () => {
    const failed = await train('pets', '--bs', '4', '--lr', '1e30', '--out', 'retried')
    expect(failed.code).toBe(1)
    const retried = await train('pets', '--bs', '4', '--out', 'retried')
    expect([retried.code, readdirSync(join(folder, 'retried')).includes('model.safetensors')]).toEqual([0, true])
  })
})

describe('data that has moved', () => {
  it('can be given when resuming, and must be the same', async () => {
    const options = ['--bs', '4', '--epochs', '40', '--checkpoint-every', '1', '--arch', './mine.mjs#net']
    const quiet = ['--no-figures', '--quiet']
    expect((await graft('train', 'pets', ...options, ...quiet, '--out', 'whole')).code).toBe(0)
    const broken = start('train', 'pets', ...options, ...quiet, '--out', 'moved')
    const checkpoint = join(folder, 'moved', 'checkpoint.safetensors')
    while (!existsSync(checkpoint) && broken.process.exitCode === null) await setTimeout(5)
    broken.process.kill('SIGINT')
    expect((await broken.ended).code).toBe(130)

    renameSync(join(folder, 'pets'), join(folder, 'elsewhere'))
    const lost = await graft('train', '--resume', 'moved', '--quiet')
    expect([lost.code, lost.stderr.includes('--resume moved DATA')]).toEqual([1, true])

    const [one, two] = ['cat', 'dog'].map((label) => join(folder, 'elsewhere', 'Train', label, '2023', '0.png'))
    const swap = () => {
      renameSync(one!, `${one!}.aside`)
      renameSync(two!, one!)
      renameSync(`${one!}.aside`, two!)
    }
    swap()
    const other = await graft('train', 'elsewhere', '--resume', 'moved', ...quiet)
    expect([other.code, other.stderr.includes('the data that the run began with')]).toEqual([1, true])
    expect(other.stderr).toContain('found the same files and labels, but other contents of at least one file')
    swap()
    expect((await graft('train', 'elsewhere', '--resume', 'moved', ...quiet)).code).toBe(0)
    const bytes = (run: string) => readFileSync(join(folder, run, 'model.safetensors'))
    expect(bytes('moved').equals(bytes('whole'))).toBe(true)
  })
})
