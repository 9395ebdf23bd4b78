import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, placeForRuns, tiny } from './graft.js'

const { folder, file, graft, spawned } = placeForRuns()

const model = (directory: string): Buffer => readFileSync(join(folder, directory, 'model.safetensors'))

describe('graft train', () => {
  let first: Outcome
  beforeAll(async () => {
    first = await spawned(...tiny, '--epochs', '2', '--lr', '1e-2', '--out', 'first')
  })

  it('prints a table and, as its last line, the last validation accuracy', () => {
    expect(first.code).toBe(0)
    expect(first.lines[0]).toMatch(/^epoch +train_loss +valid_loss +accuracy +time$/)
    expect(first.lines[1]).toMatch(/^0 +\d\.\d{6} +\d+\.\d{6} +[01]\.\d{6} +00:\d\d$/)
    expect(first.lines.at(-1)).toMatch(/^accuracy [01]\.\d{4}$/)
    const last = readFileSync(join(folder, 'first/history.csv'), 'utf8').trim().split('\n').at(-1)!.split(',')
    expect(Number(last[4])).toBeCloseTo(Number(first.lines.at(-1)!.split(' ')[1]), 3)
  })

  it('counts epochs over the whole run in history.csv, with the phase of each', async () => {
    const phases = file(
      'phases.json',
      JSON.stringify([
        { step: 'fit', epochs: 1, lr: 1e-3 },
        { step: 'fit', epochs: 2, lr: 1e-3 }
      ])
    )
    const { code, stdout } = await graft(...tiny, '--recipe', phases, '--out', 'phases', '--json')
    expect(code).toBe(0)
    const lines = readFileSync(join(folder, 'phases/history.csv'), 'utf8').trim().split('\n')
    expect(lines.map((line) => line.split(',').slice(0, 2).join())).toEqual(['phase,epoch', '0,0', '1,1', '1,2'])
    const { rows } = JSON.parse(stdout) as { rows: ReadonlyArray<{ phase: number; epoch: number }> }
    expect(rows.map(({ phase, epoch }) => `${phase},${epoch}`)).toEqual(['0,0', '1,1', '1,2'])
  })

  it('says if a recipe trains nothing, and names no missing file', async () => {
    const run = ['train', 'data.json', '--arch', './mine.mjs#net', '--out', 'untrained']
    const { code, lines, stderr } = await graft(...run, '--recipe', file('nothing.json', '[]'))
    expect(code).toBe(0)
    expect(stderr).toContain('trains nothing')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['model', 'history'])
    for (const line of lines) expect(existsSync(join(folder, line.split(' ')[1]!))).toBe(true)
  })

  it('draws its curves, and names the files', async () => {
    const { code, stdout } = await graft('train', 'data.json', '--arch', './mine.mjs#net', '--out', 'drawn')
    expect(code).toBe(0)
    for (const name of ['losses', 'rates', 'metrics'])
      for (const form of ['svg', 'png', 'json'])
        expect(existsSync(join(folder, 'drawn', 'figures', `${name}.${form}`))).toBe(true)
    expect(stdout).toContain(`losses ${join('drawn', 'figures', 'losses.png')}`)
  })

  it('logs to TensorBoard and to JSON lines', async () => {
    const { code } = await graft(...tiny, '--out', 'logged', '--tensorboard', 'board', '--jsonl', 'events.jsonl')
    expect(code).toBe(0)
    expect(readdirSync(join(folder, 'board'))).toEqual([expect.stringMatching(/^events\.out\.tfevents\./)])
    const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n')
    expect(lines.some((line) => line.includes('"_tag":"BatchEnd"'))).toBe(true)
  })

  it('says where its files are', () => {
    expect(first.stdout).toContain(`model ${join('first', 'model.safetensors')}`)
    expect(readdirSync(join(folder, 'first')).sort()).toEqual([
      ...['graft.json', 'history.csv', 'model.safetensors', 'report.html']
    ])
  })

  it('says after which layer features are cached, or why not', async () => {
    const net = `
import { net } from './mine.mjs'
export const plain = { ...net, network: { ...net.network, children: net.network.children.filter(({ name }) => name !== 'bn') } }
`
    const run = ['train', 'data.json', '--no-figures', '--freeze', '--epochs', '2']
    const plain = ['--arch', `./${file('plain.mjs', net)}#plain`]
    const [cached, off, limited, flipped] = await Promise.all([
      graft(...run, ...plain, '--out', 'cached'),
      graft(...run, ...plain, '--no-cache-features', '--out', 'not-cached'),
      graft(...run, ...plain, '--cache-features', '0.001', '--out', 'limited'),
      graft(...run, ...plain, '--transforms', 'flip', '--out', 'flipped')
    ])
    expect([cached, off, limited, flipped].map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(cached.stderr).toMatch(/^features cached after head\.1: 88 images, 0\.0 MiB$/m)
    expect(off.stderr).not.toContain('features')
    expect(limited.stderr).toMatch(/^features not cached: .* of features, more than the limit of 1\.05 kB$/m)
    expect(flipped.stderr).toContain(
      'features not cached: the transforms CropPad, FlipLr change images: leave them out'
    )
    const settings = ['cached', 'not-cached', 'limited'].map((name) => {
      const { cacheFeatures } = JSON.parse(readFileSync(join(folder, name, 'graft.json'), 'utf8')) as {
        cacheFeatures: unknown
      }
      return cacheFeatures
    })
    expect(settings).toEqual(['auto', false, { maxBytes: 0.001 * 2 ** 20 }])
    const accuracies = [cached, off].map(({ lines }) => lines.at(-1))
    expect(accuracies[0]).toBe(accuracies[1])
  })

  it('shows progress on stderr in plain lines, with rate and time left, when there is no screen', () => {
    expect(first.stderr).toMatch(/epoch 1\/2 {2}1\/4 {2}[\d.]+ (batches\/s|s\/batch) {2}ETA \d\d:\d\d {2}loss \d/)
    expect(first.stderr).not.toContain('\x1b')
  })

  it('shows no progress and no table with --quiet, but names the weights it starts from', async () => {
    const { stderr, stdout } = await graft(...tiny, '--out', 'quiet', '--quiet')
    expect(stderr).toContain('tiny has no published weights')
    expect(stderr).not.toContain('epoch 1/')
    expect(stdout).toMatch(/^model .*\nhistory .*\naccuracy .*\n$/)
  })

  it('writes JSON: the result on stdout, one line per event on stderr', async () => {
    const { stdout, stderr } = await graft(...tiny, '--out', 'json', '--json')
    const result = JSON.parse(stdout) as { accuracy: number; rows: ReadonlyArray<unknown> }
    expect(result.accuracy).toBeGreaterThan(0)
    expect(result.rows).toHaveLength(1)
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event?: { _tag: string } })
    expect(lines.filter((line) => line.event?._tag === 'BatchEnd').length).toBe(4 + 2)
  })

  it('ends with the same bytes when run again, and with others for another seed', async () => {
    await graft(...tiny, '--epochs', '2', '--lr', '1e-2', '--out', 'again')
    await graft(...tiny, '--epochs', '2', '--lr', '1e-2', '--out', 'seeded', '--seed', '7')
    expect(model('again').equals(model('first'))).toBe(true)
    expect(model('seeded').equals(model('first'))).toBe(false)
  })

  it('trains a model and a recipe given as JSON to the same bytes as flags', async () => {
    const recipe = file('recipe.json', JSON.stringify([{ step: 'fitOneCycle', cycLen: 2, maxLr: 1e-2 }]))
    const written = file('model.json', JSON.stringify({ arch: 'tiny' }))
    const { code } = await graft(...tiny, '--model', written, '--recipe', recipe, '--out', 'from-json')
    expect(code).toBe(0)
    expect(model('from-json').equals(model('first'))).toBe(true)
  })

  it('refuses a directory that holds a run, unless it is forced', async () => {
    const refused = await graft(...tiny, '--out', 'first')
    expect(refused.code).toBe(1)
    // it asks before it opens the data
    const gone = file('gone.json', JSON.stringify({ source: { imageFolder: 'gone' } }))
    const unopened = await graft('train', gone, '--arch', './mine.mjs#net', '--out', 'first')
    expect(unopened.stderr).toContain('--resume first')
    expect(refused.stderr).toContain('--resume first')
    expect((await graft(...tiny, '--out', 'again', '--force', '--quiet')).code).toBe(0)
    expect(model('again').equals(model('first'))).toBe(false)
  })

  it('says that a run has ended when asked to resume it', async () => {
    const { code, stderr, lines } = await graft('train', '--resume', 'first')
    expect(code).toBe(0)
    expect(stderr).toContain('this run has ended')
    expect(lines.at(-1)).toBe(first.lines.at(-1))
  })

  it('leaves nothing behind where there are too few images for a batch', async () => {
    const { code, stderr } = await graft(...tiny, '--bs', '500', '--out', 'too-few')
    expect([code, stderr]).toEqual([1, expect.stringContaining('use --bs 64 or less')])
    expect(existsSync(join(folder, 'too-few'))).toBe(false)
  })

  it('does not generate digits in a folder with other content', async () => {
    expect((await graft(...tiny, '--out', 'drawn-on')).code).toBe(0)
    rmSync(join(folder, 'drawn-on/model.safetensors'))
    mkdirSync(join(folder, 'flowers'))
    const { code, stderr } = await graft('train', 'flowers', '--resume', 'drawn-on')
    expect([code, stderr]).toEqual([2, expect.stringContaining('without graft-digits.json')])
    expect(readdirSync(join(folder, 'flowers'))).toEqual([])
  })

  it('refuses other data for a run that has ended', async () => {
    const { code, stderr, stdout } = await graft('train', 'digits', '--resume', 'first')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('graft train digits --from first')
  })

  it('trains on the cpu engine, frozen, with rates for the first and the last group', async () => {
    const args = ['--engine', 'cpu', '--freeze', '--lr', '1e-4,1e-2', '--bs', '32', '--size', '16', '--out', 'cpu']
    const { code } = await graft(...tiny, ...args)
    expect(code).toBe(0)
    const described = JSON.parse(readFileSync(join(folder, 'cpu/graft.json'), 'utf8')) as Record<string, unknown>
    expect(described).toMatchObject({
      engine: 'cpu',
      model: { arch: 'tiny', freeze: -1 },
      data: { size: 16, bs: 32 },
      recipe: [{ step: 'fitOneCycle', cycLen: 1, maxLr: { slice: [1e-4, 1e-2] } }]
    })
  })

  it('starts from the weights of another run, and refuses a file without weights', async () => {
    expect((await graft(...tiny, '--weights', 'first/model.safetensors', '--out', 'weights')).code).toBe(0)
    const { code, stderr } = await graft(...tiny, '--weights', 'data.json', '--out', 'refused')
    expect([code, stderr]).toEqual([1, expect.stringContaining('data.json')])
    expect(existsSync(join(folder, 'refused'))).toBe(false)
  })
})

describe('wrong use', () => {
  it.each([
    [['train'], 'DATA'],
    [['train', 'data.json', '--lr', 'NaN'], '--lr'],
    [['train', 'data.json', '--lr', '-1'], '--lr'],
    [['train', 'data.json', '--epochs', '1.5'], '--epochs'],
    [['train', 'data.json', '--bs', '0'], '--bs'],
    [['train', 'data.json', '--engine', 'abacus'], '--engine'],
    [['train', 'data.json', '--arch', 'resnet19'], '--arch'],
    [['train', 'data.json', '--arch', './mine.mjs#other'], '--arch'],
    [['train', 'data.json', '--arch', './mine.mjs#nothing'], '--arch'],
    [['train', 'no-such-folder'], 'DATA'],
    [['train', 'data.json', '--metrics', 'errorRate,acuracy'], '"acuracy"'],
    [['train', 'data.json', '--metrics', '[{'], '--metrics'],
    [['train', 'data.json', '--recipe', 'r.json', '--epochs', '2'], '--recipe'],
    [['train', 'data.json', '--pretrained', '--weights', 'w'], '--pretrained'],
    [['train', '--resume', 'x', '--bs', '2'], '--resume'],
    [['train', '--no-such-flag'], '--no-such-flag'],
    [['train', 'data.json', '--bs', ''], '--bs'],
    [['train', 'data.json', '--out', ''], '--out'],
    [['predict', '', 'cat.png'], 'MODEL'],
    [['predict', 'run', 'cat.png', ''], 'IMAGE'],
    [['lr-find', 'data.json', '--start-lr', '1', '--end-lr', '0.1'], '--end-lr'],
    [['lr-find', 'data.json', '--start-lr', '11'], '--end-lr'],
    [['train', 'mine.mjs'], 'a file of another kind'],
    [['train', 'data.json', '--threads', '5000'], '--threads'],
    [['summary', 'resnet18', '--classes', '1e9'], '--classes'],
    [['diagram', 'resnet18', '--depth', '0'], '--depth'],
    [['fly'], 'fly']
  ])('%j ends with 2 and names what is wrong', async (args, named) => {
    const { code, stderr, stdout } = await graft(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(named)
    expect(stderr).not.toMatch(/^ +at .*:\d+:\d+/m)
    expect(stdout).toBe('')
  })

  it('names every wrong flag at once', async () => {
    const { stderr } = await graft('train', 'data.json', '--lr', 'fast', '--bs', 'big', '--seed', '-1')
    for (const flag of ['--lr', '--bs', '--seed']) expect(stderr).toContain(flag)
  })

  it('is reported as JSON with --json', async () => {
    const { stderr } = await graft('train', 'data.json', '--lr', 'NaN', '--json')
    expect(JSON.parse(stderr)).toMatchObject({ error: { _tag: 'SettingError', path: '--lr', found: '"NaN"' } })
  })
})

describe('invalid input', () => {
  const errorOf = async (...args: ReadonlyArray<string>): Promise<{ code: number | null; error: unknown }> => {
    const { code, stderr } = await graft(...args, '--json')
    return { code, error: (JSON.parse(stderr.trimEnd().split('\n').at(-1)!) as { error: unknown }).error }
  }

  it('is a typed error when nothing can be written where the run should go', async () => {
    file('in-the-way', '')
    const { code, error } = await errorOf(...tiny, '--out', 'in-the-way/run')
    expect(code).toBe(1)
    expect(error).toMatchObject({ _tag: 'NotAFolder' })
  })

  it.skipIf(!existsSync('/proc/self'))('ends at once where no folder can be made', async () => {
    for (const args of [tiny, ['lr-find', ...tiny.slice(1, 4)], ['diagram', 'resnet18']]) {
      const { code, error } = await errorOf(...args, '--out', '/proc/graft/out.svg')
      expect(code).toBe(1)
      expect(error).toMatchObject({ _tag: 'NotAllowed', expected: 'a writable path' })
    }
  })

  it('is a typed error when a recipe has an unknown key', async () => {
    const recipe = file('bad.json', '[{ "step": "fitOneCycle", "cycLen": 1, "maxlr": 1 }]')
    expect(await errorOf(...tiny, '--recipe', recipe)).toMatchObject({
      code: 1,
      error: { path: 'bad.json: [0].maxlr' }
    })
  })

  it('is a typed error when a picture is broken and the description is strict', async () => {
    const data = { source: { imageFolder: 'photos' }, strict: true }
    for (const part of ['train', 'valid'])
      for (const name of ['a', 'b']) {
        mkdirSync(join(folder, 'photos', part, name), { recursive: true })
        file(`photos/${part}/${name}/0.png`, 'no picture')
      }
    const { code, error } = await errorOf(
      'train',
      file('strict.json', JSON.stringify(data)),
      '--arch',
      './mine.mjs#net'
    )
    expect(code).toBe(1)
    expect(error).toMatchObject({ _tag: 'UnreadableImage' })
  })
})
