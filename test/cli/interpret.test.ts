import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft } = placeForRuns()

describe('graft interpret', () => {
  beforeAll(async () => {
    expect((await graft(...tiny, '--out', 'run', '--quiet')).code).toBe(0)
  })

  it('ends with the accuracy, after the files it wrote', async () => {
    const { code, lines } = await graft('interpret', 'run', '--k', '4', '--out', 'looked-at')
    expect(code).toBe(0)
    expect(lines.at(-1)).toMatch(/^accuracy [01]\.\d{4}$/)
    const files = lines.filter((line) => /^(confusion|top-losses|interpretation) /.test(line))
    expect(files).toHaveLength(3)
    for (const line of files) expect(existsSync(resolve(folder, line.split(' ')[1]!))).toBe(true)
  })

  it('writes nothing but JSON to both streams with --json', async () => {
    const { code, lines, stderr } = await graft('interpret', 'run', '--k', '2', '--out', 'as-json', '--json')
    expect([code, lines.length]).toEqual([0, 1])
    expect(stderr).toContain('"note":"warning: ')
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toBeTruthy()
  })

  it('refuses more losses than there are images', async () => {
    const { code, stderr } = await graft('interpret', 'run', 'data.json', '--k', '100000')
    expect(code).toBe(1)
    expect(stderr).toContain('InterpretationError at k')
  })
})

describe('graft lr-find', () => {
  it('names its figure and says when there are too few batches', async () => {
    const { code, lines } = await graft(
      'lr-find',
      'data.json',
      '--arch',
      './mine.mjs#net',
      '--num-it',
      '3',
      '--bs',
      '8',
      '--out',
      'found'
    )
    expect(code).toBe(0)
    expect(existsSync(resolve(folder, lines[0]!.split(' ')[1]!))).toBe(true)
    expect(lines[1]).toContain('no suggestion')
  })

  it('says what it found as JSON, on both streams', async () => {
    const all = ['--arch', './mine.mjs#net', '--num-it', '3', '--bs', '8', '--out', 'json', '--size', '20', '--json']
    const { code, lines, stderr } = await graft('lr-find', 'data.json', ...all)
    expect(code).toBe(0)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ suggestion: null }])
    for (const line of stderr.trimEnd().split('\n')) expect(line === '' || JSON.parse(line)).toBeTruthy()
  })
})
