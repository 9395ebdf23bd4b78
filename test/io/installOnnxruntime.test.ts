// Installing the engine's library, from a registry that this test opens: a small package under the real one's name.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Release, installRelease } from '../../src/io/network/installOnnxruntime.js'
import { nodeIo, type Progress } from '../../src/io/index.js'
import { BINDING, folderInTarball } from '../../src/OnnxruntimeRelease.js'
import { type Habits, openRegistry, type Registry } from '../registry/registry.js'
import { tarball } from './tarball.js'
import { left, right, workplace } from './workplace.js'

const folder = workplace()
const here = folderInTarball(process.platform, process.arch)
const manifest = { name: 'onnxruntime-node', version: '1.30.0' }
const bytes = tarball([
  { name: 'package/package.json', content: JSON.stringify(manifest) },
  { name: 'package/bin/napi-v6/plan9/mips/onnxruntime.so', content: 'another platform' },
  { name: `${here}/${BINDING}`, content: 'the binding' },
  { name: `${here}/libonnxruntime.so.1`, content: 'the library' }
])
const release: Release = {
  ...manifest,
  integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  bytes: bytes.length
}

const registryWith = (content: Uint8Array, habits: Habits = {}): Promise<Registry> =>
  openRegistry(
    (name) => (name === manifest.name ? [{ manifest, tarball: () => Promise.resolve(content) }] : []),
    habits
  )

let places = 0

/** npm with nothing but this registry; the answer is a cache that is not there yet. */
const using = (registry: string, npmrc = ''): string => {
  const place = path.join(folder, String((places += 1)))
  mkdirSync(place)
  writeFileSync(path.join(place, 'npmrc'), npmrc)
  vi.stubEnv('npm_config_registry', registry)
  vi.stubEnv('npm_config_cache', path.join(place, 'npm'))
  vi.stubEnv('npm_config_userconfig', path.join(place, 'npmrc'))
  return path.join(place, 'home')
}

const install = (home: string, progress: (report: Progress) => void = () => undefined) =>
  installRelease(release)(nodeIo({ cache: { home, assets: [] }, progress: (report) => () => progress(report) }))()

const allIn = (home: string): ReadonlyArray<string> =>
  existsSync(home)
    ? readdirSync(home, { recursive: true, withFileTypes: true }).flatMap((e) => (e.isFile() ? [e.name] : []))
    : []

beforeEach(() => void vi.stubEnv('NO_PROXY', '127.0.0.1'))
afterEach(() => void vi.unstubAllEnvs())

describe('installing the library', () => {
  it("keeps this platform's files and no others", async () => {
    const home = using((await registryWith(bytes)).url)
    const at = right(await install(home))
    expect(readFileSync(path.join(at, BINDING), 'utf8')).toBe('the binding')
    expect([...allIn(home)].sort()).toEqual(['files.json', 'libonnxruntime.so.1', BINDING].sort())
  })

  it('downloads again only what is missing or damaged', async () => {
    const registry = await registryWith(bytes)
    const home = using(registry.url)
    const at = right(await install(home))
    const before = registry.asked.length
    expect(right(await install(home))).toBe(at)
    expect(registry.asked).toHaveLength(before)
    writeFileSync(path.join(at, 'libonnxruntime.so.1'), 'the lib')
    right(await install(home))
    expect(readFileSync(path.join(at, 'libonnxruntime.so.1'), 'utf8')).toBe('the library')
  })

  it('is done once for simultaneous requests', async () => {
    const registry = await registryWith(bytes)
    const home = using(registry.url)
    const answers = await Promise.all([install(home), install(home), install(home)])
    expect(new Set(answers.map(right)).size).toBe(1)
    expect(registry.asked.filter((path) => path.endsWith('.tgz'))).toHaveLength(1)
  })

  it('reads the credentials of an npmrc', async () => {
    const { url } = await registryWith(bytes, { token: 'secret' })
    expect(left(await install(using(url))).found).toMatch(/401|auth/i)
    right(await install(using(url, `${url.replace('http:', '')}:_authToken=secret\n`)))
  })

  it('refuses another file under the same name', async () => {
    const { url } = await registryWith(tarball([{ name: `${here}/${BINDING}`, content: 'something else' }]))
    const home = using(url)
    const error = left(await install(home))
    expect(error._tag).toBe('ArchiveMismatch')
    expect(error.expected).toBe(release.integrity)
    expect(allIn(home)).toEqual([])
  })

  it('leaves nothing of an interrupted download', async () => {
    const home = using((await registryWith(bytes, { cutAt: 0.5 })).url)
    expect(left(await install(home))._tag).toBe('Unreachable')
    expect(allIn(home)).toEqual([])
  })

  it('removes what a killed install has left', async () => {
    const home = using((await registryWith(bytes)).url)
    const { pid } = spawnSync(process.execPath, ['--eval', ''])
    const [machine] = right(await nodeIo().files.makeDirBeside(path.join(home, 'x'))())
      .split('.x.')[1]!
      .split('.')
    const at = right(await install(home))
    const dead = path.join(path.dirname(at), `.${path.basename(at)}.${machine}.${pid}.00000000.tmp`)
    mkdirSync(dead)
    writeFileSync(path.join(at, BINDING), '')
    right(await install(home))
    expect(existsSync(dead)).toBe(false)
  })

  it("reports a missing registry with npm's message", async () => {
    const reports: Array<Progress> = []
    const error = left(await install(using('http://127.0.0.1:9/'), (report) => reports.push(report)))
    expect(error).toMatchObject({ _tag: 'Unreachable', path: 'onnxruntime-node@1.30.0' })
    expect(error.found).toContain('127.0.0.1:9')
    expect(reports).toEqual([])
  })

  it('downloads by itself where there is no npm', async () => {
    const { url } = await registryWith(bytes)
    const home = using(url)
    vi.stubEnv('npm_execpath', '')
    vi.stubEnv('PATH', '')
    const node = vi.spyOn(process, 'execPath', 'get').mockReturnValue(path.join(folder, 'bin/node'))
    const installed = await install(home)
    node.mockRestore()
    expect(readFileSync(path.join(right(installed), BINDING), 'utf8')).toBe('the binding')
  })

  it('does not need a writable npm cache', async () => {
    const home = using((await registryWith(bytes)).url)
    writeFileSync(process.env['npm_config_cache']!, 'a file in the way')
    right(await install(home))
    expect([...allIn(home)].sort()).toEqual(['files.json', 'libonnxruntime.so.1', BINDING].sort())
  })

  it('names GRAFT_HOME where the cache cannot be written', async () => {
    const home = using((await registryWith(bytes)).url)
    writeFileSync(home, 'a file in the way')
    expect(left(await install(home)).hint).toContain('GRAFT_HOME')
  })
})
