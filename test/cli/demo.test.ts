import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, placeForRuns } from './graft.js'

const { folder, graft } = placeForRuns()

describe('graft demo', () => {
  let shown: Outcome
  beforeAll(async () => {
    shown = await graft('demo', '--n', '64', '--out', 'demo', '--quiet')
  })

  /** What follows a word at the start of a line. */
  const after = (word: string): string => shown.lines.find((line) => line.startsWith(`${word} `))!.split(' ')[1]!

  it('ends with the accuracy', () => {
    expect(shown.code).toBe(0)
    expect(shown.lines.at(-1)).toMatch(/^accuracy [01]\.\d{4}$/)
  })

  it('shows both phases, first with a frozen body, and what each learned', () => {
    const [first, second] = ['phase 1', 'phase 2'].map((name) => shown.lines.find((line) => line.startsWith(name)))
    const [, some, all] = /frozen: (\d+) of (\d+) parameters train; accuracy [01]\.\d{4}$/.exec(first!)!
    expect(Number(some)).toBeGreaterThan(0)
    expect(Number(some)).toBeLessThan(Number(all) / 5)
    expect(second).toMatch(/accuracy [01]\.\d{4}$/)
    expect(second!.split(' ').at(-1)).toBe(after('accuracy'))
  })

  it('names files that exist', () => {
    for (const name of ['model', 'history', 'pictures', 'confusion', 'top-losses', 'losses', 'rates', 'metrics'])
      expect(existsSync(resolve(folder, after(name)))).toBe(true)
  })

  it('shows a command that can be run: a prediction for one of its images', async () => {
    const command = /^more: .*graft (predict .*)$/m.exec(shown.stdout)![1]!
    const { code, lines } = await graft(...command.split(' '))
    expect(code).toBe(0)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/ [37] +[01]\.\d{4}$/)
  })

  it('reports the paths of its files as JSON', async () => {
    const { stdout } = await graft('demo', '--n', '64', '--out', 'json', '--json')
    const { model, history } = JSON.parse(stdout) as Readonly<Record<'model' | 'history', string>>
    for (const path of [model, history]) expect(existsSync(resolve(folder, path))).toBe(true)
  })

  it('requires an integer number of images, at least a batch', async () => {
    expect((await graft('demo', '--n', 'some')).code).toBe(2)
    const { code, stderr } = await graft('demo', '--n', '10', '--out', 'few')
    expect(code).toBe(1)
    expect(stderr).toContain('64')
  })
})
