import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { rooms } from './rooms.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = (path: string): string => readFileSync(join(root, path), 'utf8')

const filesIn = (folder: string): readonly string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path.split(sep).join('/')}`
      )
    : []

const written = ['src', 'laws', 'test', 'examples', 'bench', 'docs', '.ci']
  .flatMap(filesIn)
  .filter((path) => !path.startsWith('test/docs/extracted'))
const sources = written.filter((path) => path.endsWith('.ts') && !path.startsWith('test/'))

const nameless = /(^|\/)(utils?|commons?|helpers?|misc|shared|core|types)(\.[a-z.]+)?$/i

/** Lines that hold code: neither blank nor within a comment. */
const codeLines = (content: string): number =>
  content
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length

const longest = 400

describe('the files', () => {
  it('are named after what they hold', () => {
    expect(written.filter((path) => nameless.test(path) && path !== 'test/types')).toEqual([])
    expect(
      ['src/utils.ts', 'src/model/helpers', 'laws/Types.ts', 'test/common.test.ts'].filter((p) => !nameless.test(p))
    ).toEqual([])
  })

  it('hold one concept each, and so are short', () => {
    expect(sources.filter((path) => codeLines(text(path)) > longest)).toEqual([])
    expect(codeLines('/**\n * why\n */\nconst a = 1 // because\n\n// why not\n')).toBe(1)
  })

  it('name no path of the machine they were written on', () => {
    const machine = /["'`\s(=](\/(home|root|Users|mnt|work)\/|[A-Z]:\\\\)/
    const suspects = [...written, 'package.json', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'build.mjs']
    const textual = /\.(ts|mjs|js|json|md|csv)$|^\.ci\//
    const read = suspects.filter((path) => textual.test(path) && existsSync(join(root, path)))
    expect(read.filter((path) => machine.test(text(path)))).toEqual([])
  })

  it('pin packages without saying which host served them', () => {
    expect(text('package-lock.json')).not.toContain('"resolved": "http')
  })
})

describe('a room', () => {
  // Nobody enters the command line: it is where the process starts.
  const entered = Object.keys(rooms).filter((room) => room !== 'cli')
  const folders = entered.filter((room) => filesIn(`src/${room}`).some((path) => path.endsWith('.ts')))

  it.each(folders)('%s has one door, which opens with what the room knows', (room) => {
    expect(text(`src/${room}/index.ts`)).toMatch(/^(\/\*\*?|\/\/)/)
  })
})
