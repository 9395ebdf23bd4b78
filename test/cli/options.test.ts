import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { meantBy } from '../../src/cli/flags/synonyms.js'
import { torchOptions } from '../../src/cli/flags/torchFlags.js'
import { trainProgram } from '../../src/cli/commands/trainProgram.js'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft } = placeForRuns()

const described = (out: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, out, 'graft.json'), 'utf8')) as Record<string, unknown>

describe('options of graft train', () => {
  it('set optimiser, loss, clipping, freeze and resize method, and are recorded', async () => {
    const options = ['--opt', '{"sgd":{"momentum":0.8}}', '--label-smoothing', '0.2', '--clip', '0.5']
    const { code, stderr } = await graft(...tiny, '--out', 'a', ...options, '--freeze-to', '-1', '--resize', 'squish')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('rror')])
    expect(described('a')).toMatchObject({
      opt: { sgd: { momentum: 0.8 } },
      loss: { labelSmoothing: { eps: 0.2 } },
      clip: 0.5,
      data: { resize: 'squish' },
      model: { freeze: -1 }
    })
    expect((await graft('train', '--resume', 'a')).code).toBe(0)
  })

  it('trains with any optimiser by its name, and resumes with it', async () => {
    const { code, stderr } = await graft(...tiny, '--out', 'large-batch', '--opt', 'lamb')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('rror')])
    expect(described('large-batch')).toMatchObject({ opt: 'lamb' })
    expect((await graft('train', '--resume', 'large-batch')).code).toBe(0)
  })

  it('set how images are decoded, and are recorded', async () => {
    const options = ['--exact', '--orientation', 'ignore', '--colour', 'convert', '--range', '0,4095']
    const { code, stderr } = await graft(...tiny, '--out', 'decoding', ...options)
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('rror')])
    expect(described('decoding')).toMatchObject({
      data: { exact: true, orientation: 'ignore', colour: 'convert', range: [0, 4095] }
    })
    const wrong = await graft('train', 'digits', '--range', '9,1', '--orientation', 'up')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('2 mistakes in the command line')])
  })

  it('report all invalid values at once', async () => {
    const { code, stderr } = await graft('train', 'digits', '--opt', 'adamx', '--loss', 'foo', '--clip', '0')
    expect(code).toBe(2)
    expect(stderr).toContain('3 mistakes in the command line')
    for (const flag of ['--opt', '--loss', '--clip']) expect(stderr).toContain(`SettingError at ${flag}`)
    expect(stderr).toContain('did you mean adamW')
  })

  it('report invalid options of an optimiser or a loss before data are opened', async () => {
    const values = ['--opt', '{"sgd":{"momentum":9}}', '--loss', '{"focal":{"gamma":-1}}']
    for (const command of ['train', 'lr-find']) {
      const { code, stderr } = await graft(command, 'no-such-folder', ...values)
      expect([code, stderr]).toEqual([2, expect.not.stringContaining('no-such-folder')])
      for (const flag of ['--opt momentum', '--loss gamma']) expect(stderr).toContain(`SettingError at ${flag}`)
    }
  })

  it('refuses a loss that does not fit the task before anything is written', async () => {
    const { code, stderr } = await graft(...tiny, '--out', 'b', '--loss', 'mse')
    expect(code).toBe(2)
    expect(stderr).toContain('SettingError at --loss\n├─ expected a loss for Classification')
  })

  it.each([
    [['train', 'x', '--batch-size', '3'], '--bs'],
    [['train', 'x', '--optimizer=sgd'], '--opt'],
    [['lr-find', 'x', '--imgsz', '64'], '--size'],
    [['predict', 'm', 'x.png', '--batch_size', '4'], '--bs'],
    [['train', 'x', '--epoks', '3'], '--epochs']
  ])('names the option that %j means', async (args, meant) => {
    const { code, stderr } = await graft(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(`did you mean ${meant}?`)])
  })

  it('points to the help if no option is similar', async () => {
    expect((await graft('train', 'x', '--quux')).stderr).toContain('graft train --help lists them')
  })

  it('names the nearest architecture and the command that lists them', async () => {
    const { stderr } = await graft('summary', 'reznet18')
    expect(stderr).toContain('did you mean resnet18? graft arches lists them all')
    expect((await graft('summary', 'perceiver')).stderr).toContain('graft arches lists them')
  })
})

describe('meantBy', () => {
  it('suggests only options of the command', () => {
    expect(meantBy(['--lr', '--bs'])('--learning-rate')).toEqual(O.some('--lr'))
    expect(meantBy(['--bs'])('--learning-rate')).toEqual(O.none)
  })
})

describe('graft train --resume', () => {
  const options = trainProgram(new Command()).options
  /** What a resumed run may be told anew: more steps for a finished one, how to report, and where PyTorch runs. */
  const allowed = [
    ...['epochs', 'lr', 'fineTune', 'flatCos', 'sgdr', 'warmup', 'progressive', 'recipe'],
    ...['resume', 'checkpointEvery', 'tensorboard', 'jsonl', 'figures', 'workers', 'quiet', 'json'],
    ...['report', 'watch'],
    ...['on', ...torchOptions().map((option) => option.attributeName())]
  ]

  it('takes no option that belongs to the run', () => {
    const resuming = options.find(({ long }) => long === '--resume')
    const conflicts = (resuming as unknown as { readonly conflictsWith: ReadonlyArray<string> }).conflictsWith
    const names = options.map((option) => option.attributeName())
    expect(names.filter((name) => !conflicts.includes(name) && !allowed.includes(name))).toEqual([])
    expect(conflicts.filter((name) => !names.includes(name))).toEqual([])
  })
})
