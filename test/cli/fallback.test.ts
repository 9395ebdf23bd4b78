import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Outcome, placeForRuns, tiny } from './graft.js'

const { folder, file, graft, spawned } = placeForRuns()

/** A module that, loaded before the command, leaves it without onnxruntime-node; nor can it be fetched. */
const without = `
const { Module } = require('node:module')
const load = Module._load
Module._load = (request, ...rest) => {
  if (request.startsWith('onnxruntime-node'))
    throw Object.assign(new Error('no ' + request), { code: 'MODULE_NOT_FOUND' })
  return load(request, ...rest)
}
`

const engineOf = (directory: string): string =>
  (JSON.parse(readFileSync(join(folder, directory, 'graft.json'), 'utf8')) as { readonly engine: string }).engine

const passedOver = 'cannot be used'

const command = 'npx --no -- graft engines --install'

describe('where onnxruntime is unavailable', () => {
  let [plain, inJson, listed, installed]: ReadonlyArray<Outcome> = []
  beforeAll(async () => {
    vi.stubEnv('NODE_OPTIONS', `--require "${join(folder, file('without.cjs', without))}"`)
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/')
    vi.stubEnv('npm_config_cache', join(folder, 'npm'))
    plain = await spawned(...tiny, '--out', 'fallen-back')
    inJson = await spawned(...tiny, '--out', 'json', '--json')
    listed = await spawned('engines')
    installed = await spawned('engines', '--install')
    vi.unstubAllEnvs()
  })
  afterAll(() => void vi.unstubAllEnvs())

  it('graft train uses another engine, and records which', () => {
    expect(plain?.code).toBe(0)
    expect(['tensorflow', 'cpu']).toContain(engineOf('fallen-back'))
  })

  it('graft train warns before anything else but the progress of a download, with the reason and what to type', () => {
    const first = plain!.stderr.split('\n').find((line) => !line.startsWith('download '))
    expect(first).toMatch(/^warning: onnxruntime cannot be used/)
    expect(first).toContain('not installed')
    expect(first).toContain('127.0.0.1:9')
    expect(first).toContain(`${engineOf('fallen-back')} computes instead`)
    expect(first).toContain(command)
  })

  it('graft train --json warns in JSON', () => {
    // a download that takes long has lines of progress
    const lines = inJson!.stderr.split('\n').filter((line) => !line.startsWith('{"progress"'))
    expect(JSON.parse(lines[0]!)).toMatchObject({
      event: { _tag: 'Warning', message: expect.stringContaining(passedOver) }
    })
  })

  it('graft engines says what to type', () => {
    expect(listed?.code).toBe(0)
    expect(listed?.stdout).toContain(`do       ${command}`)
  })

  it('graft engines --install says why it failed, and exits with 1', () => {
    expect(installed?.code).toBe(1)
    expect(installed?.stderr).toContain('127.0.0.1:9')
  })
})

describe('graft train where onnxruntime is available', () => {
  it('records onnxruntime, and warns of no engine', async () => {
    const { stderr } = await graft(...tiny, '--out', 'usual')
    expect(engineOf('usual')).toBe('onnxruntime')
    expect(stderr).not.toContain(passedOver)
  })
})
