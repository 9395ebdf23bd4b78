// Everything the documentation shows is type-checked under the flags of the sources, and run.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleOfFile, examplesOfPage, examplesOfSource, type Example } from './extraction.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
// One folder a process, so that two runs in one clone do not meet.
const extracted = fileURLToPath(new URL(`extracted/${process.pid}`, import.meta.url))

const filesIn = (folder: string, ending: string): readonly string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((path) => `${folder}/${path.split(sep).join('/')}`)
        .filter((path) => path.endsWith(ending) && !path.endsWith('.d.ts'))
        .sort()
    : []

const textOf = (source: string): string => readFileSync(join(root, source), 'utf8')

const examples: readonly Example[] = [
  ...[...filesIn('src', '.ts'), ...filesIn('laws', '.ts')].flatMap((source) =>
    examplesOfSource(source, textOf(source))
  ),
  ...['README.md', ...filesIn('docs', '.md')]
    .filter((page) => existsSync(join(root, page)))
    .flatMap((page) => examplesOfPage(page, textOf(page))),
  ...filesIn('examples', '.ts').map((source) => exampleOfFile(source, textOf(source)))
]

const named = examples.map((example): readonly [string, Example] => [example.name, example])

/** What the compiler says, by the file it says it of. */
const diagnostics = (): ReadonlyMap<string, readonly string[]> => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', extracted], {
    cwd: extracted,
    encoding: 'utf8'
  })
  const found = new Map<string, string[]>()
  let file = ''
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    file = /^(.*?)\(\d+,\d+\): /.exec(line)?.[1] ?? file
    found.set(file, [...(found.get(file) ?? []), line])
  }
  return found
}

describe('the documentation', () => {
  const home = process.cwd()
  let complaints: ReadonlyMap<string, readonly string[]>

  beforeAll(() => {
    mkdirSync(extracted, { recursive: true })
    for (const { file, code } of examples) writeFileSync(join(extracted, file), code)
    // modules that examples start worker threads with
    for (const file of filesIn('examples', '.mjs')) copyFileSync(join(root, file), join(extracted, basename(file)))
    const config = { extends: '../../../../tsconfig.json', compilerOptions: { noUnusedLocals: false }, include: ['.'] }
    writeFileSync(join(extracted, 'tsconfig.json'), JSON.stringify({ ...config, exclude: [] }))
    complaints = diagnostics()
    // What an example writes beside itself belongs to nobody.
    process.chdir(mkdtempSync(join(tmpdir(), 'graft-docs-')))
    // all examples are type-checked at once
  }, 240_000)

  afterAll(() => {
    const scratch = process.cwd()
    process.chdir(home)
    if (scratch !== home) rmSync(scratch, { recursive: true, force: true })
    rmSync(extracted, { recursive: true, force: true })
  })

  it('has examples whose names differ', () => {
    expect(examples.length).toBeGreaterThan(20)
    expect(new Set(examples.map(({ file }) => file)).size).toBe(examples.length)
  })

  it.for(named)('%s', async ([, { file, noRun, needsAssets, long }], { skip }) => {
    expect(complaints.get(file) ?? []).toEqual([])
    if (noRun) return
    skip(needsAssets && process.env['GRAFT_ASSETS'] === undefined, 'GRAFT_ASSETS is unset')
    skip(long && process.env['GRAFT_LONG'] === undefined, 'long: GRAFT_LONG is unset')
    await import(/* @vite-ignore */ join(extracted, file))
  })
})
