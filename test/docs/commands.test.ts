// Every command that a page shows is run, or says here where it is run instead.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extract } from 'tar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fencesOf } from './extraction.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const shells = ['sh', 'bash', 'console', 'shell']
const limit = 900_000
/** Two classes: half is chance. */
const demoAccuracy = 0.95
/** Of five seeds the least was 0.856. */
const frozenAccuracy = 0.85
const assets = process.env['GRAFT_ASSETS']
const long = process.env['GRAFT_LONG'] !== undefined

/** Commands that are not graft's own, and who runs them. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm ci': 'what .ci/run begins with',
  'npm test': 'what .ci/run goes on with',
  'npm run test:long': 'the same, longer',
  '.ci/run': 'runs this test',
  'npm start': 'has a test of its own below',
  'npm run format': 'is checked by npm test',
  'npm run conformance': 'test/conformance runs the same',
  'npm install graft-vision': 'test/dist installs the tarball',
  'npm i graft-vision': 'test/dist installs the tarball'
}

interface Shown {
  readonly where: string
  readonly words: readonly string[]
  readonly commands: readonly string[]
}

/** A fence's commands: prompts and comments taken off, continued lines joined; in a `console` fence the rest is output. */
const commandsIn = (language: string, lines: readonly string[]): readonly string[] => {
  const joined = lines
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  const prompted = language === 'console' ? joined.filter((line) => line.startsWith('$ ')) : joined
  return prompted
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s+#.*$|^#.*$/, '')
        .trim()
    )
    .flatMap((line) => line.split(/\s+&&\s+/))
    .filter((line) => line !== '')
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...(existsSync(join(root, 'docs'))
    ? readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`)
    : [])
].filter((page) => page.endsWith('.md') && existsSync(join(root, page)))

const shown: readonly Shown[] = pages.flatMap((page) =>
  fencesOf(readFileSync(join(root, page), 'utf8'))
    .filter(({ language }) => shells.includes(language))
    .map(({ language, words, line, lines }) => ({
      where: `${page}:${line}`,
      words,
      commands: commandsIn(language, lines)
    }))
)

const graft = /^(npx --no -- )?graft(\s|$)/
const isElsewhere = (command: string): boolean =>
  Object.keys(elsewhere).some((known) => command === known || command.startsWith(`${known} `))

describe('the commands of the documentation', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'graft-commands-'))
    if (existsSync(join(root, 'examples')))
      cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
    if (assets === undefined || !long) return
    // what docs/transfer-learning.md takes for granted
    await extract({ file: join(assets, 'data/hymenoptera_256.tgz'), cwd: folder })
    cpSync(join(assets, 'weights/squeezenet1_1_caffe_rgb.safetensors'), join(folder, 'squeezenet1_1.safetensors'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('are graft, or are run by another test', () => {
    const strange = shown
      .filter(({ words }) => !words.includes('no-run'))
      .flatMap(({ where, commands }) =>
        commands.filter((line) => !graft.test(line) && !isElsewhere(line)).map((line) => `${where}: ${line}`)
      )
    expect(strange).toEqual([])
  })

  it('are read with their continued lines, without prompts and comments', () => {
    expect(commandsIn('sh', ['# first', 'npm ci && npm test  # both', 'graft train \\', '  --epochs 1'])).toEqual([
      'npm ci',
      'npm test',
      'graft train --epochs 1'
    ])
    expect(commandsIn('console', ['$ graft engines', 'cpu  usable'])).toEqual(['graft engines'])
  })

  const fences = shown.filter(({ commands }) => commands.some((line) => graft.test(line)))
  it.for(fences.map((fence): readonly [string, Shown] => [fence.where, fence]))(
    '%s exits with 0',
    { timeout: limit },
    ([, { words, commands }], { skip }) => {
      skip(words.includes('no-run'), 'the page marks it as not to be run')
      skip(words.includes('needs-assets') && assets === undefined, 'GRAFT_ASSETS is unset')
      skip(words.includes('long') && !long, 'long: GRAFT_LONG is unset')
      const main = `'${process.execPath}' '${join(root, 'dist/src/cli/main.js')}' `
      for (const command of commands.filter((line) => graft.test(line))) {
        const line = command.replace(graft, main)
        const env = { ...process.env, GRAFT_HOME: join(folder, '.graft') }
        const { status, stdout, stderr } = spawnSync(line, { cwd: folder, shell: true, env, encoding: 'utf8' })
        expect(status, `${command}\n${stdout}${stderr}`).toBe(0)
      }
    }
  )

  it('start with a training that learns', { timeout: limit }, ({ skip }) => {
    skip(!long, 'long: GRAFT_LONG is unset')
    const env = { ...process.env, GRAFT_HOME: join(folder, '.graft') }
    const start = ['start', '--silent', '--', '--out', join(folder, 'demo')]
    const { status, stdout, stderr } = spawnSync('npm', start, { cwd: root, env, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    expect(Number(/^accuracy (\S+)/m.exec(stdout)?.[1])).toBeGreaterThan(demoAccuracy)
  })

  it('teach a head on a frozen body what docs/transfer-learning.md says', ({ skip }) => {
    skip(assets === undefined, 'GRAFT_ASSETS is unset')
    skip(!long, 'long: GRAFT_LONG is unset')
    const history = readFileSync(join(folder, 'graft-out/hymenoptera/history.csv'), 'utf8').trim().split('\n')
    const [, , , accuracy] = history[5]!.split(',')
    expect(Number(accuracy)).toBeGreaterThanOrEqual(frozenAccuracy)
  })

  it('reach the command of a clone by npx', () => {
    // npx links the clone into npm's cache; a newcomer's has no such link yet.
    const env = { ...process.env, npm_config_cache: join(folder, '.npm') }
    const { status, stdout, stderr } = spawnSync('npx', ['--no', '--', 'graft', '--help'], {
      cwd: root,
      env,
      encoding: 'utf8'
    })
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('Usage: graft')
  })
})
