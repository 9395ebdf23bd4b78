import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeForRuns } from './graft.js'

const { folder, graft } = placeForRuns()

describe('graft diagram', () => {
  it('draws an architecture under a head', async () => {
    const { code, lines } = await graft('diagram', 'squeezenet1_1', '--freeze', '--size', '64')
    expect([code, lines]).toEqual([0, [join('graft-out', 'squeezenet1_1.svg')]])
    const svg = readFileSync(join(folder, 'graft-out', 'squeezenet1_1.svg'), 'utf8')
    expect(svg).toContain('>cut away<')
    expect(svg).toContain('class="node frozen0"')
  })

  it("draws one's own as text", async () => {
    const { code, stdout } = await graft('diagram', './mine.mjs#net', '--head', 'none', '--out', 'own.dot', '--json')
    expect([code, stdout]).toEqual([0, '{"files":["own.dot"]}\n'])
    expect(readFileSync(join(folder, 'own.dot'), 'utf8')).toContain('digraph {')
  })

  it('says which flag is wrong', async () => {
    const { code, stderr } = await graft('diagram', '--head', 'tail', '--depth', 'deep', '--out', 'net.pdf')
    expect(code).toBe(2)
    expect(stderr).toMatch(/--head[^]*--depth[^]*--out[^]*\.svg/)
  })
})
