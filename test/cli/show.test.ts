import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

describe('graft show', () => {
  const { folder, graft } = placeForRuns()

  it('draws a batch into the file that it prints', async () => {
    const options = ['--augment', 'trivial', '--erase', '1', '--presize', '40', '--size', '28', '--k', '4']
    const { code, lines, stderr } = await graft('show', 'data.json', ...options, '--out', 'seen/batch.json')
    expect([code, lines], stderr).toEqual([0, ['seen/batch.json']])
    const grid = JSON.parse(readFileSync(join(folder, 'seen/batch.json'), 'utf8')) as { cells: ReadonlyArray<unknown> }
    expect(grid.cells).toHaveLength(4)
  })

  it('divides and samples the data as training does', async () => {
    const options = ['--size', '28', '--bs', '8', '--k', '4', '--holdout', 'stratified:0.25', '--sample', 'balanced']
    const { code, stderr } = await graft('show', 'digits/train', ...options, '--out', 'seen/divided.json')
    expect(code, stderr).toBe(0)
    expect((await graft('show', 'data.json', '--holdout', 'stratified:2')).stderr).toContain(
      'SettingError at --holdout'
    )
  })

  it('names the options that it does not accept', async () => {
    const { code, stderr } = await graft('show', 'data.json', '--augment', 'everything', '--mixup', '0')
    expect(code).toBe(2)
    expect(stderr).toContain('--augment')
    expect(stderr).toContain('--mixup')
    expect(existsSync(join(folder, 'graft-out'))).toBe(false)
  })
})

describe('graft train', () => {
  const { folder, graft } = placeForRuns()

  it('keeps the views of batches in the description of its run', async () => {
    const flags = ['--mixup', '0.4', '--erase', '0.25', '--augment', 'flip', '--no-pretrained', '--out', 'mixed']
    const { code, stderr } = await graft(...tiny, ...flags)
    expect(code, stderr).toBe(0)
    const run = JSON.parse(readFileSync(join(folder, 'mixed/graft.json'), 'utf8')) as Record<string, unknown>
    expect(run['batchViews']).toEqual([
      { mixup: { alpha: 0.4 } },
      { randomErasing: expect.objectContaining({ p: 0.25 }) }
    ])
    const again = await graft('train', '--resume', 'mixed', '--epochs', '1', '--no-figures')
    expect(again.code, again.stderr).toBe(0)
  })
})
