import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Outcome, placeForRuns, tiny } from './graft.js'

const { folder, file, graft } = placeForRuns()

/** A module that, loaded before the command, leaves it without onnxruntime-node. */
const without = `
const { Module } = require('node:module')
const load = Module._load
Module._load = (request, ...rest) => {
  if (request.startsWith('onnxruntime-node')) throw new Error('no ' + request + ' here')
  return load(request, ...rest)
}
`

const engineOf = (directory: string): string =>
  (JSON.parse(readFileSync(join(folder, directory, 'graft.json'), 'utf8')) as { readonly engine: string }).engine

const passedOver = 'cannot be used'

describe('graft train where onnxruntime cannot be had', () => {
  let [plain, inJson]: ReadonlyArray<Outcome> = []
  beforeAll(async () => {
    vi.stubEnv('NODE_OPTIONS', `--require "${join(folder, file('without.cjs', without))}"`)
    plain = await graft(...tiny, '--out', 'fallen-back')
    inJson = await graft(...tiny, '--out', 'json', '--json')
    vi.unstubAllEnvs()
  })
  afterAll(() => void vi.unstubAllEnvs())

  it('trains on another engine, and records which', () => {
    expect(plain?.code).toBe(0)
    expect(['tensorflow', 'cpu']).toContain(engineOf('fallen-back'))
  })

  it('warns with the reason and the remedy', () => {
    const warning = plain?.stderr.split('\n').find((line) => line.startsWith('warning: onnxruntime'))
    expect(warning).toContain(passedOver)
    expect(warning).toContain('no onnxruntime-node here')
    expect(warning).toContain(`${engineOf('fallen-back')} computes instead`)
    expect(warning).toContain('npm install onnxruntime-node')
  })

  it('warns whom wants JSON in JSON', () => {
    const notes = inJson?.stderr.split('\n').filter((line) => line.startsWith('{"note"'))
    expect(notes?.some((line) => line.includes(passedOver))).toBe(true)
  })
})

describe('graft train where it can', () => {
  it('records onnxruntime, and warns of no engine', async () => {
    const { stderr } = await graft(...tiny, '--out', 'usual')
    expect(engineOf('usual')).toBe('onnxruntime')
    expect(stderr).not.toContain(passedOver)
  })
})
