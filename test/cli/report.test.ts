import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const { folder, graft } = placeForRuns()

const html = (file: string): string => readFileSync(join(folder, file), 'utf8')

const titlesIn = (page: string): readonly string[] => [...page.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, title]) => title!)

describe('graft report', () => {
  beforeAll(async () => {
    const { code, stderr } = await graft(...tiny, '--epochs', '1', '--out', 'run', '--report')
    expect(code, stderr).toBe(0)
  })

  it('is written by graft train, with every section', () => {
    expect(titlesIn(html('run/report.html'))).toEqual([
      ...['Run', 'Data', 'Network', 'Training', 'Confusion', 'Images to look at', 'Scores']
    ])
  })

  it('contains everything that it shows, and names nothing to load', () => {
    const page = html('run/report.html')
    const loaded = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, to]) => to!)
    expect(loaded.length).toBeGreaterThan(20)
    expect(loaded.filter((to) => !/^(data:|#)/.test(to))).toEqual([])
    expect(statSync(join(folder, 'run/report.html')).size).toBeLessThan(5e6)
  })

  it('is written again from the folder, with the same predictions', async () => {
    const { code, lines } = await graft('report', 'run', '--out', 'again.html')
    expect([code, lines.at(-1)]).toEqual([0, 'report again.html'])
    const matrix = (page: string): string => /<div class="matrix">[\s\S]*?<\/table>/.exec(page)?.[0] ?? ''
    expect(matrix(html('again.html'))).toBe(matrix(html('run/report.html')))
    expect(matrix(html('again.html'))).toContain('data-count')
  })

  it('says that the data cannot be opened, and stands without images', async () => {
    renameSync(join(folder, 'digits'), join(folder, 'moved'))
    // what lies at the old place is not what the run was trained on
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(folder, 'digits'), 'no folder')
    try {
      const { code, stderr } = await graft('report', 'run', '--out', 'without.html')
      expect(code).toBe(0)
      expect(stderr).toContain('--data PATH')
      expect(titlesIn(html('without.html'))).toEqual(['Run', 'Network', 'Training'])
      expect(html('without.html')).toContain('no images and no predictions')
      const moved = await graft('report', 'run', '--out', 'moved.html', '--data', 'moved')
      expect(moved.code, moved.stderr).toBe(0)
      expect(titlesIn(html('moved.html'))).toContain('Confusion')
    } finally {
      rmSync(join(folder, 'digits'))
      renameSync(join(folder, 'moved'), join(folder, 'digits'))
    }
  })

  it('names a folder that is no run', async () => {
    const { code, stderr } = await graft('report', 'nowhere')
    expect(code).toBe(1)
    expect(stderr).toContain('no graft.json')
  })

  it('is left out by --no-report', async () => {
    await graft(...tiny, '--epochs', '1', '--out', 'without')
    expect(existsSync(join(folder, 'without/report.html'))).toBe(false)
  })
})
