import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { acquireEngine, costsId, tunedCostsFile, tuneEngine, type ConvCosts } from '../../src/engine/index.js'
import { costsFile, costsIn, costsText, cpuName, type CostsFor } from '../../src/engine/keptCosts.js'
import { convForms, costs } from '../../src/engine/onnxruntime/conv/index.js'
import { registerOnnxruntime } from '../../src/engine/onnxruntime/index.js'
import { loadNative } from '../../src/engine/onnxruntime/running/native.js'
import { probeBlock } from '../../src/engine/onnxruntime/running/probeBlock.js'
import { fitted } from '../../src/engine/onnxruntime/tuning/fit.js'
import { measure, tableOf } from '../../src/engine/onnxruntime/tuning/measure.js'

const own: ConvCosts = { ...costs[16]!, direct: costs[8]!.direct }

const place = mkdtempSync(join(tmpdir(), 'graft-tuning-'))

afterAll(() => rmSync(place, { recursive: true }))

/** The costs of the engine are the process's. */
afterEach(async () => {
  await acquireEngine('onnxruntime', { costs: 'built-in' })()
})

const engineIn = async (home: string) => {
  const engine = await acquireEngine('onnxruntime', { home })()
  if (isLeft(engine)) throw new Error(engine.left.found)
  return engine.right
}

const fileIn = async (home: string): Promise<string> => {
  const file = await tunedCostsFile({ home })()
  if (isLeft(file)) throw new Error(file.left.found)
  return file.right
}

describe('costs fitted to times', () => {
  it('are those from which the times were computed', () => {
    const work = [1, 2, 5, 9].flatMap((flops) => [1, 3, 4].map((bytes) => ({ flops: flops * 1e9, bytes: bytes * 1e8 })))
    const times = work.map((w) => ({ work: w, ms: 0.5 + (2 * w.flops + 30 * w.bytes) / 1e9 }))
    expect(fitted(times)).toEqual({ ms: 0.5, perGflop: 2, perGbyte: 30 })
    expect(fitted([])).toBe(undefined)
  })

  it('are never negative', () => {
    const times = [1, 2, 3].map((n) => ({ work: { flops: n * 1e9, bytes: 1e9 / n }, ms: 4 * n - 1 / n }))
    expect(Object.values(fitted(times)!).every((cost) => cost >= 0)).toBe(true)
  })
})

describe('measuring', () => {
  const native = loadNative()
  if (isLeft(native)) throw new Error(native.left.error.hint)
  const few = {
    ...{ native: native.right, threads: 1, runs: 1, passes: 2 },
    settings: { exactConv: false, block: probeBlock(native.right) },
    cases: [3, 8].map((channels) => ({ kernel: 3, images: 4, side: 8, channels, filters: 16, stride: 1 }))
  }

  it('times every supported algorithm in every use, and keeps the minimum of the passes', async () => {
    const seen: Array<readonly [number, number]> = []
    const least = new Map<string, number>()
    const times = await measure({
      ...few,
      onTimes: (done, total, now) => {
        seen.push([done, total])
        for (const t of now) {
          const key = `${t.case} ${t.use} ${t.form}`
          least.set(key, Math.min(least.get(key) ?? Infinity, t.ms))
        }
      }
    })
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => [i + 1, 12]))
    expect(new Map(times!.map((t) => [`${t.case} ${t.use} ${t.form}`, t.ms]))).toEqual(least)
    expect(times!.every(({ ms }) => ms > 0)).toBe(true)
    const table = tableOf(times!)
    expect(Object.keys(table).sort()).toEqual([...convForms.map(({ name }) => name), 'public'].sort())
    expect(Object.values(table.direct.training).some((cost) => cost > 0)).toBe(true)
  })

  it('stops before the next convolution once it is aborted', async () => {
    const controller = new AbortController()
    let done = 0
    const times = await measure({
      ...few,
      signal: controller.signal,
      onTimes: (n) => {
        done = n
        controller.abort()
      }
    })
    expect([times, done]).toEqual([undefined, 1])
    const told = await tuneEngine({ signal: controller.signal })()
    expect(isLeft(told) && told.left.found).toBe('an interruption')
  })
})

describe('the costs of the engine', () => {
  it('are those measured on this machine, once they are saved', async () => {
    const home = join(place, 'kept')
    const before = await engineIn(home)
    expect(before.costs).toMatchObject({ _tag: 'BuiltIn', ignored: null })
    const of = {
      onnxruntime: before.versions['onnxruntime-node']!,
      cpu: cpuName(),
      block: registerOnnxruntime().block,
      threads: before.threads!
    }
    const file = await fileIn(home)
    expect(file).toBe(costsFile(home, of))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, costsText(of, own, 'then'))
    const after = await engineIn(home)
    expect(after.costs).toEqual({ _tag: 'Tuned', costs: own, file, measured: 'then' })
    expect(costsId(after.costs)).not.toBe(null)
    const told = await acquireEngine('onnxruntime', { home, costs: 'built-in' })()
    expect(isRight(told) && costsId(told.right.costs)).toBe(null)
    const given = await acquireEngine('onnxruntime', { home, costs: own })()
    expect(isRight(given) && costsId(given.right.costs)).toBe(costsId(after.costs))
  })

  it.each([
    ['broken', '{ "graft": 1', 'is no JSON'],
    ['something else', '[]', 'another version'],
    ['a folder', null, 'cannot be read']
  ])('are graft’s own where the file is %s, which is said', async (name, content, why) => {
    const home = join(place, name)
    const file = await fileIn(home)
    mkdirSync(content === null ? file : dirname(file), { recursive: true })
    if (content !== null) writeFileSync(file, content)
    const { costs: used } = await engineIn(home)
    expect(used).toMatchObject({ _tag: 'BuiltIn', ignored: expect.stringContaining(why) })
    expect(used?._tag === 'BuiltIn' && used.ignored).toContain(file)
  })
})

const here: CostsFor = { onnxruntime: '1.30.0', cpu: 'AMD EPYC, model 2', block: 16, threads: 2 }

describe('a file of costs', () => {
  const text = costsText(here, own, '2026-11-30T00:00:00.000Z')

  it('is read on the machine that it was written on', () => {
    expect(costsIn(here, text)).toMatchObject({ right: { costs: own, measured: '2026-11-30T00:00:00.000Z' } })
  })

  it.each([
    ['another ONNX Runtime', { onnxruntime: '1.31.0' }],
    ['another processor', { cpu: 'AMD EPYC, model 1' }],
    ['other vectors', { block: 8 }],
    ['another number of threads', { threads: 4 }]
  ])('is not used with %s', (_, other) => {
    expect(isLeft(costsIn({ ...here, ...other }, text))).toBe(true)
    expect(costsFile('home', { ...here, ...other })).not.toBe(costsFile('home', here))
  })

  it('must have every cost, and no negative one', () => {
    const { winograd4: _, ...without } = own
    const negative = { ...own, public: { forward: { ms: -1, perGflop: 1, perGbyte: 1 } } }
    for (const wrong of [without, negative, { ...own, direct: { ...own.direct, input: null } }])
      expect(isLeft(costsIn(here, costsText(here, wrong as ConvCosts, 'then')))).toBe(true)
  })
})
