import { describe, expect, it } from 'vitest'
import { placeForRuns } from './graft.js'

const { graft } = placeForRuns()

describe('graft engines', () => {
  it('counts the kernels of an engine', async () => {
    const { code, stdout } = await graft('engines')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /onnxruntime: usable \(the default\)\n.*\n.*\n {2}kernels {2}\d+ of its own, \d+ computed by the cpu engine\n {2}outputs {2}written/
    )
    expect(stdout).not.toContain('Conv2DBackpropFilter')
  })

  it('lists every kernel as mapped or as a fallback', async () => {
    const { lines } = await graft('engines', '--kernels')
    const from = lines.findIndex((line) => line.startsWith('onnxruntime: usable'))
    const [counts = '', ...rest] = lines.slice(from + 3)
    const kernels = rest.slice(
      0,
      rest.findIndex((line) => !line.startsWith('    '))
    )
    const how = new Map(kernels.map((line) => line.trim().split(/ +/) as [string, string]))
    expect([how.get('Conv2DBackpropFilter'), how.get('Reshape')]).toEqual(['mapped', 'mapped'])
    expect([how.get('Unique'), how.get('StringSplit')]).toEqual(['fallback', 'fallback'])
    const count = (word: string) => [...how.values()].filter((value) => value === word).length
    expect(counts).toBe(`  kernels  ${count('mapped')} of its own, ${count('fallback')} computed by the cpu engine`)
  })

  it('gives the same as data', async () => {
    const { stdout } = await graft('engines', '--json')
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        name: 'onnxruntime',
        fetching: 'written',
        kernels: { mapped: expect.arrayContaining(['Conv2D']), fallback: expect.arrayContaining(['Unique']) }
      })
    )
  })
})
