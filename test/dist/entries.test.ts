// What importing an entry of the built package loads of its own code.
import { build, type Platform } from 'esbuild'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { workplace } from '../io/workplace.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

/** The entry's file and all that it imports at once, each with its source. */
const loadedBy = (file: string, seen: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> => {
  if (seen.has(file)) return seen
  const source = readFileSync(file, 'utf8')
  const imported = [...source.matchAll(/^(?:import|\} from) "(\.[^"]+)"/gm)].map(([, to]) => resolve(file, '..', to!))
  return imported.reduce<ReadonlyMap<string, string>>(
    (all, next) => loadedBy(next, all),
    new Map([...seen, [file, source]])
  )
}

const trainingLoop = 'var runPhase ='

beforeAll(() => {
  if (!existsSync(dist)) throw new Error('build graft first: npm run build')
})

it('graft-vision/node loads no training loop until something is trained', () => {
  const loaded = loadedBy(join(dist, 'src/node.js'))
  expect(loaded.size).toBeLessThan(20)
  expect([...loaded.values()].some((source) => source.includes('var loadLearner ='))).toBe(true)
  expect([...loaded.values()].filter((source) => source.includes(trainingLoop))).toEqual([])
  const chunks = readdirSync(join(dist, 'chunks')).map((name) => readFileSync(join(dist, 'chunks', name), 'utf8'))
  expect(chunks.filter((source) => source.includes(trainingLoop))).toHaveLength(1)
})

it('graft-vision loads no engine', () => {
  const sources = [...loadedBy(join(dist, 'src/index.js')).values()]
  expect(sources.filter((source) => /@tensorflow|onnxruntime-node/.test(source))).toEqual([])
})

it('the command carries its packages, and the licence of each', () => {
  const loaded = loadedBy(join(dist, 'src/cli/main.js'))
  const named = [...loaded.values()].flatMap((source) =>
    [...source.matchAll(/^(?:import|\} from) (?:.* from )?"([^"#.][^"]*)"/gm)].map(([, name]) => name!)
  )
  expect(named.filter((name) => !isBuiltin(name))).toEqual([])
  const licences = readFileSync(join(dist, 'src/cli/licences.txt'), 'utf8')
  for (const name of ['@tensorflow/tfjs-core', 'commander', 'fp-ts', 'io-ts', 'pure-rand'])
    expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|Apache-2.0)\\)$`, 'm'))
})

describe('a bundle of an application', () => {
  const app = workplace()
  beforeAll(() => {
    mkdirSync(join(app, 'node_modules'))
    symlinkSync(root, join(app, 'node_modules/graft-vision'), 'junction')
  })

  /** The bytes of what is imported, with everything that it needs. */
  const sizeOf = async (code: string, platform: Platform): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: app },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform,
      logLevel: 'silent'
    })
    return outputFiles[0]!.contents.length
  }
  const using = (name: string): string => `import { ${name} } from 'graft-vision'\nconsole.log(${name})`

  it.each([
    ['slice', 4_000],
    ['head', 6_000],
    // the table of all kinds of layers, for checks of foreign values, comes with every layer
    ['resnet18', 13_000]
  ] as const)('has little more of graft than the %s that it uses', async (name, limit) => {
    expect(await sizeOf(using(name), 'browser')).toBeLessThan(limit)
    expect(await sizeOf(using(name), 'node')).toBeLessThan(limit)
  })

  it('can have all values in a browser', async () => {
    expect(await sizeOf("import * as graft from 'graft-vision'\nconsole.log(graft)", 'browser')).toBeGreaterThan(
      100_000
    )
  })
})
