// What importing an entry of the built package loads of its own code.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'

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
