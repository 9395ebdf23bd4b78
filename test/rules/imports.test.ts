import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { complaint, roomOf, type Import } from './imports.js'
import { knownCycles, rooms } from './rooms.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const graphOf = async (baseDir: string, folders: string[]): Promise<ICruiseResult> => {
  const tsConfig = join(root, 'tsconfig.json')
  const { output } = await cruise(
    folders,
    {
      baseDir,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '\\.d\\.ts$' },
      tsConfig: { fileName: tsConfig },
      validate: true,
      ruleSet: { forbidden: [{ name: 'cycle', severity: 'error', from: {}, to: { circular: true } }] }
    },
    undefined,
    { tsConfig: extractTSConfig(tsConfig) }
  )
  if (typeof output === 'string') throw new Error(output)
  return output
}

const importsOf = (graph: ICruiseResult): readonly Import[] =>
  graph.modules
    .filter(({ source }) => /^(src|laws)\//.test(source))
    .flatMap(({ source, dependencies }) =>
      dependencies.map((to) => ({
        from: source,
        // The cruiser takes the prefix off a built-in; the rule is about what is written.
        names: to.coreModule ? `node:${to.module.replace(/^node:/, '')}` : to.module,
        to: to.resolved,
        typeOnly: to.dependencyTypes.includes('type-only'),
        lazy: to.dynamic
      }))
    )

interface Cycle {
  readonly files: readonly string[]
  /** Whether an `import type` is part of it, so that none is left when the program runs. */
  readonly ofTypes: boolean
}

const cyclesOf = (graph: ICruiseResult): readonly Cycle[] =>
  graph.summary.violations.map(({ from, cycle = [] }) => ({
    files: [from, ...cycle.map(({ name }) => name)],
    ofTypes: cycle.some(({ dependencyTypes }) => dependencyTypes.includes('type-only'))
  }))

const isKnown = ({ files, ofTypes }: Cycle): boolean =>
  ofTypes && knownCycles.some((known) => files.every((file) => known.files.includes(file)))

describe('the import graph', () => {
  let graph: ICruiseResult
  beforeAll(async () => {
    graph = await graphOf(root, ['src', 'laws'])
  })

  it('keeps to the table of rooms', () => {
    expect(importsOf(graph).flatMap((edge) => complaint(edge) ?? [])).toEqual([])
  })

  it('describes an engine without naming any backend', () => {
    const engine = importsOf(graph).filter(({ from }) => from === 'src/engine/Engine.ts')
    expect(engine.length).toBeGreaterThan(0)
    expect(engine.filter(({ to }) => to.startsWith('src/engine/onnxruntime/'))).toEqual([])
  })

  it('has no cycle, not even of types, but for those listed with a reason', () => {
    expect(
      cyclesOf(graph)
        .filter((cycle) => !isKnown(cycle))
        .map(({ files }) => files.join(' -> '))
    ).toEqual([])
  })

  it('has every cycle that is listed', () => {
    const found = cyclesOf(graph).flatMap(({ files }) => files)
    expect(knownCycles.flatMap(({ files }) => files).filter((file) => !found.includes(file))).toEqual([])
  })

  it('was read: every room with an index is in it, and the rooms import each other', () => {
    const edges = importsOf(graph)
    expect(edges.length).toBeGreaterThan(200)
    expect(edges.some(({ from, to }) => from.startsWith('src/plan/') && to === 'src/model/index.ts')).toBe(true)
    expect(edges.some(({ typeOnly }) => typeOnly)).toBe(true)
    expect(edges.some(({ lazy }) => lazy)).toBe(true)
  })

  it('sees a cycle that is put before it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-cycle-'))
    try {
      writeFileSync(join(folder, 'a.ts'), "import { b } from './b.js'\nexport const a = (): number => b()\n")
      writeFileSync(join(folder, 'b.ts'), "import { a } from './a.js'\nexport const b = (): number => a()\n")
      expect(cyclesOf(await graphOf(folder, ['.'])).length).toBeGreaterThan(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the import rule', () => {
  const edge = (from: string, names: string, to = names, more: Partial<Import> = {}): Import => ({
    from,
    names,
    to,
    typeOnly: false,
    lazy: false,
    ...more
  })

  it.each([
    ['an effect upstairs', edge('src/plan/Plan.ts', '../engine/index.js', 'src/engine/index.ts')],
    ['the file system upstairs', edge('src/data/sources/Source.ts', 'node:fs')],
    ['an image library upstairs', edge('src/data/sources/Source.ts', 'sharp', 'sharp', { lazy: true })],
    ['a tensor upstairs', edge('src/recipe/Loss.ts', '@tensorflow/tfjs-core')],
    ['a type of tfjs in the plan', edge('src/plan/Plan.ts', '@tensorflow/tfjs-core', 'x', { typeOnly: true })],
    ['the io of an engine', edge('src/engine/cpu.ts', '../io/index.js', 'src/io/index.ts')],
    ['the engine of io', edge('src/io/Files.ts', '../engine/index.js', 'src/engine/index.ts')],
    ['the command line below', edge('src/learn/loop/train.ts', '../cli/index.js', 'src/cli/index.ts')],
    ['a room past its door', edge('src/plan/Plan.ts', '../model/Layer.js', 'src/model/Layer.ts')],
    ['the error sum upstairs', edge('src/plan/Plan.ts', '../GraftError.js', 'src/GraftError.ts')],
    ['the runtime of what is needed as a type', edge('src/interpret/top.ts', '../data/index.js', 'src/data/index.ts')],
    ['fp-ts by a path that plain Node refuses', edge('src/model/Cut.ts', 'fp-ts/Option')],
    ['fp-ts as one bundle', edge('src/model/Cut.ts', 'fp-ts')],
    ['io-ts outside format', edge('src/plan/Plan.ts', 'io-ts/lib/Schema.js')],
    ['a native package at once', edge('src/engine/native.ts', 'onnxruntime-node')],
    ['a folder that is no room', edge('src/utils/strings.ts', 'fp-ts/lib/function.js')]
  ])('refuses %s', (_, wrong) => {
    expect(complaint(wrong)).toContain(wrong.from)
  })

  it.each([
    ['a door', edge('src/plan/Plan.ts', '../model/index.js', 'src/model/index.ts')],
    ['a neighbour', edge('src/plan/Plan.ts', './rates.js', 'src/plan/rates.ts')],
    ["everyone's file", edge('src/model/Init.ts', '../Seed.js', 'src/Seed.ts')],
    ['a type of tfjs where losses are', edge('src/recipe/Loss.ts', '@tensorflow/tfjs-core', 'x', { typeOnly: true })],
    ['a native package when needed', edge('src/engine/native.ts', 'onnxruntime-node', 'x', { lazy: true })]
  ])('allows %s', (_, right) => {
    expect(complaint(right)).toBeUndefined()
  })

  it('puts a file in the innermost room', () => {
    expect(roomOf('src/interpret/draw/chart.ts')).toBe('interpret/draw')
    expect(roomOf('src/interpret/confusion.ts')).toBe('interpret')
    expect(roomOf('src/Seed.ts')).toBe('Seed')
    expect(Object.keys(rooms)).toContain(roomOf('laws/arbitrary/network.ts'))
  })
})
