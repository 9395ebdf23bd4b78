/** Wrong command lines: all errors have one form, name the flag or argument, and exit with 2. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft, spawned } = placeForRuns()

/** The parts of the one error on stderr. */
const errorOf = async (...args: ReadonlyArray<string>) => {
  // first, because a flag that lacks its value would take it
  const [command = '', ...rest] = args
  const { code, stdout, stderr } = await graft(command, '--json', ...rest)
  expect([code, stdout]).toEqual([2, ''])
  const said = stderr.trimEnd().split('\n').at(-1)!
  return (JSON.parse(said) as { error: Readonly<Record<'_tag' | 'path' | 'expected' | 'found' | 'hint', string>> })
    .error
}

describe('a command line that cannot be parsed', () => {
  it.each([
    [['predict', 'run'], 'IMAGE', 'write e.g. graft predict run photos/*.jpg'],
    [['predict'], 'MODEL', 'write e.g. graft predict graft-out/resnet18-20250101-120000 photos/*.jpg'],
    [['export'], 'MODEL', 'write e.g. graft export graft-out/resnet18-20250101-120000'],
    [['interpret'], 'MODEL', 'write e.g. graft interpret graft-out/resnet18-20250101-120000'],
    [['lr-find'], 'DATA', 'write e.g. graft lr-find photos'],
    [['train'], 'DATA', 'write e.g. graft train photos, or graft train digits'],
    [['train', 'x', '--bs'], '--bs', 'write it after --bs; graft train --help has more'],
    [['train', 'x', '--weights', 'w', '--pretrained'], '--pretrained', 'leave one of the two out'],
    [['train', 'one', 'two'], 'graft train', 'leave the others out, and put quotes around a name with spaces'],
    [['engines', 'x'], 'graft engines', 'leave the others out, and put quotes around a name with spaces'],
    [['trian'], 'trian', 'did you mean train?'],
    [['frobnicate'], 'frobnicate', 'graft --help lists them'],
    [['export', 'm', '--onx', 'f'], '--onx', 'did you mean --onnx?'],
    [['train', 'x', '--out='], '--out', 'give it a value, or leave it out']
  ])('%j names %s and what to do', async (args, path, hint) => {
    expect(await errorOf(...args)).toMatchObject({ _tag: 'SettingError', path, hint })
  })

  it('is reported in the form of other errors', async () => {
    const { code, stderr } = await spawned('predict', 'run')
    expect([code, stderr.trimEnd().split('\n')]).toEqual([
      2,
      [
        'SettingError at IMAGE',
        '├─ expected images to predict: files, folders, patterns in quotes, URLs, or - for standard input',
        '├─ found nothing',
        '└─ write e.g. graft predict run photos/*.jpg'
      ]
    ])
  })
})

describe('a value that the library refuses', () => {
  it.each([
    [['--size', '100000'], '--size'],
    [['--opt', '{"sgd":{"momentum":9}}'], '--opt momentum'],
    [['--opt', '{"adamW":{"betas":[0.9,1.5]}}'], '--opt betas[1]'],
    [['--loss', 'mse'], '--loss'],
    [['--loss', '{"labelSmoothing":{"eps":2}}'], '--loss eps'],
    [['--metrics', 'meanSquaredError'], '--metrics mean_squared_error'],
    [['--freeze-to', '9'], '--freeze-to'],
    [['--recipe', '[{"step":"fit","epochs":-1}]'], '--recipe: [0].epochs']
  ])('of %j is an error at the flag', async (flags, path) => {
    expect((await errorOf(...tiny, '--out', 'refused', ...flags)).path).toBe(path)
  })

  it('of a table or a pattern is an error at the flag', async () => {
    mkdirSync(join(folder, 'pets'), { recursive: true })
    writeFileSync(join(folder, 'pets', 'a_1.png'), 'no image')
    writeFileSync(join(folder, 'pets.csv'), 'name,label\npets/a_1.png,a\n')
    expect((await errorOf('train', 'pets', '--label-re', '(')).path).toBe('--label-re')
    expect((await errorOf('train', 'pets.csv', '--delimiter', 'ab')).path).toBe('--delimiter')
    expect((await errorOf('train', 'pets.csv', '--encoding', 'klingon')).path).toBe('--encoding')
  })

  it('that is in a file is a failure at the file', async () => {
    writeFileSync(join(folder, 'wrong.json'), '{"source":{"digits":{"n":64,"valid":24,"path":"digits"}},"size":100000}')
    const { code, stderr } = await graft('train', 'wrong.json', '--no-pretrained')
    expect([code, stderr]).toEqual([1, expect.stringContaining('BadSpec at data.size')])
  })
})

describe('the name of a metric, a loss or an optimiser that is not known', () => {
  it.each([
    ['--metrics', 'acuracy', 'did you mean accuracy?'],
    ['--metrics', 'accuracy,f1', 'did you mean fbeta or fbetaScore?'],
    ['--metrics', 'accuracy,rmse', 'did you mean rootMeanSquaredError?'],
    ['--metrics', 'top_k_accuracy', 'did you mean topKAccuracy?'],
    ['--metrics', 'kappa', 'did you mean kappaScore?'],
    ['--metrics', 'quux', 'graft train --help lists them'],
    ['--metrics', '[{"topKAcuracy":{"k":3}}]', 'did you mean topKAccuracy?'],
    ['--metrics', 'meanIou', `write e.g. --metrics '[{ "meanIou": { "codes": ["sky", "road"] } }]'`],
    ['--opt', 'adm', 'did you mean adam?'],
    ['--loss', 'ce', 'did you mean crossEntropy?']
  ])('%s %s gets the nearest names, and where the list is', async (flag, word, hint) => {
    const error = await errorOf('train', 'x', flag, word)
    expect(error.path).toBe(flag)
    expect(error.hint).toContain(hint)
    expect(JSON.stringify(error).length).toBeLessThan(250)
  })

  it('is in the list that is named', async () => {
    const { stdout } = await graft('train', '--help')
    for (const name of ['accuracy', 'errorRate', 'kappaScore', 'explainedVariance']) expect(stdout).toContain(name)
  })
})

describe('a run or a model in place of data', () => {
  it('is named, with the flags that take it', async () => {
    expect((await graft(...tiny, '--out', 'run')).code).toBe(0)
    for (const command of ['train', 'lr-find']) {
      const error = await errorOf(command, 'run')
      expect(error).toMatchObject({ _tag: 'SettingError', path: 'DATA', found: '"run", the folder of a run' })
      expect(error.hint).toContain('graft train DATA --from run')
      expect(error.hint).toContain('graft train --resume run')
    }
    expect(await errorOf('train', 'run/model.safetensors')).toMatchObject({
      found: '"run/model.safetensors", a trained model',
      hint: 'to start from its model: graft train DATA --from run/model.safetensors'
    })
    expect((await graft('export', 'run', '--out', 'exported')).code).toBe(0)
    expect(await errorOf('train', 'exported')).toMatchObject({ found: '"exported", a trained model' })
  })

  it('may be beside the images', async () => {
    mkdirSync(join(folder, 'both', 'train', 'a'), { recursive: true })
    writeFileSync(join(folder, 'both', 'graft.json'), '{}')
    const { code, stderr } = await graft('train', 'both', '--no-pretrained')
    expect([code, stderr]).toEqual([1, expect.stringContaining('NoImages')])
  })
})
