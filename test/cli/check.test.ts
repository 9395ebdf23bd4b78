import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DataCheck } from '../../src/data/index.js'
import { faultless, plantFaults } from '../io/plantedFaults.js'
import { placeForRuns } from './graft.js'

describe('graft check', () => {
  const { folder, graft } = placeForRuns()
  beforeAll(async () => {
    await plantFaults(join(folder, 'planted'))
    await faultless(join(folder, 'clean'))
  })

  it('prints findings by severity, each with its first files and what to do', async () => {
    const { code, stdout, stderr } = await graft('check', 'planted', '--files', '2', '--quiet')
    expect(code, stderr).toBe(0)
    const at = ['\nerrors\n', 'truncated-image: 2 files cut off', '\nwarnings\n', 'near-leak', '\nnotes\n', 'palette']
    const places = at.map((text) => stdout.indexOf(text))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(Math.min(...places)).toBeGreaterThan(0)
    expect(stdout).toContain('train/ant/leak.png (train), valid/ant/leaked.png (valid)')
    expect(stdout).toContain('--orientation ignore')
    expect(stdout).toMatch(/\d+ errors, \d+ warnings, \d+ notes found\n$/)
  })

  it('prints JSON, writes a page and a list, and exits with 3 in strict mode', async () => {
    const written = ['--html', 'out/check.html', '--fix-list', 'out/fix.txt', '--json', '--strict']
    const { code, stdout, stderr } = await graft('check', 'planted', ...written)
    expect(code, stderr).toBe(3)
    const { findings } = JSON.parse(stdout) as DataCheck
    expect(findings[0]?.severity).toBe('error')
    const html = readFileSync(join(folder, 'out/check.html'), 'utf8')
    for (const { code: name } of findings) expect(html).toContain(`(${name})`)
    expect(readFileSync(join(folder, 'out/fix.txt'), 'utf8')).toContain('\ntrain/ant/leak.png\n')
    // without what the list leaves out there is no error any more
    const again = await graft('check', 'planted', '--exclude', 'out/fix.txt', '--json', '--strict')
    const left = (JSON.parse(again.stdout) as DataCheck).findings.filter(({ severity }) => severity === 'error')
    expect(left.map(({ code: name }) => name)).toEqual([])
  })

  it('finds nothing where nothing is wrong, and takes the data options of training', async () => {
    const clean = await graft('check', 'clean', '--strict', '--quiet')
    expect([clean.code, clean.lines.at(-1)], clean.stderr).toEqual([0, 'nothing found'])
    const renamed = await graft('check', 'clean', '--train', 'train/ant', '--class-from', 'top', '--quiet')
    expect(renamed.stdout).toContain('not-trainable')
  })

  it('rejects data that do not exist, folders without images, and wrong values', async () => {
    expect(await graft('check', 'nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DATA') as string
    })
    mkdirSync(join(folder, 'bare'))
    expect(await graft('check', 'bare')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NoImages') as string
    })
    expect(await graft('check', 'clean', '--files', 'few')).toMatchObject({ code: 2 })
    expect(await graft('check', 'clean', '--exclude', 'no-list.txt')).toMatchObject({ code: 1 })
  })

  it('says in a training what the classes show, and where to find more', async () => {
    const { code, stderr } = await graft(
      'train',
      'planted',
      '--arch',
      './mine.mjs#net',
      '--no-figures',
      '--size',
      '28',
      '--epochs',
      '1',
      '--exclude',
      'out/fix.txt',
      '--out',
      'trained'
    )
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(
      /found in the data: class-only-in-training \(.*tiny-class \(.*imbalance \(.*graft check DATA/
    )
  })

  it('finds doubtful labels and similar images by the features of a network', async () => {
    const { code, stdout, stderr } = await graft(
      'check',
      'clean',
      '--suspects',
      '--embeddings',
      './mine.mjs#net',
      '--json',
      '--quiet'
    )
    expect(code, stderr).toBe(0)
    const { findings } = JSON.parse(stdout) as DataCheck
    expect(findings.every(({ code: name }) => ['label-suspect', 'similar-leak', 'similar-images'].includes(name))).toBe(
      true
    )
    const alone = await graft('check', 'clean', '--weights', 'w.safetensors')
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--weights') as string })
  })
})
