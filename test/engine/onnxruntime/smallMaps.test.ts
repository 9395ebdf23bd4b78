import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, it } from 'vitest'
import { toOnnx } from '../../../src/emit/index.js'
import { costs, withSmallMaps } from '../../../src/engine/onnxruntime/conv/index.js'
import { modelToLoad } from '../../../src/engine/program/modelToLoad.js'
import { acquireEngine, compileInference, type EngineOptions } from '../../../src/engine/index.js'
import { writeOnnx } from '../../../src/format/bytes/onnx.js'
import { arch, batchNorm, conv2d, identity, named, relu, sequential, sum } from '../../../src/model/index.js'
import { plan, type Plan } from '../../../src/plan/index.js'
import { images, runOnnx, stateOf } from '../../emit/session.js'
import { right } from '../../io/workplace.js'
import { cpu, expectNear } from '../engines.js'

const SEED = 20261128

const machine = { block: 8 }

/** So that every convolution that can be is by Winograd. */
const noOwn = Object.fromEntries(
  Object.entries(costs).map(([block, table]) => [
    block,
    { ...table, public: { forward: { ms: Infinity, perGflop: 0, perGbyte: 0 } } }
  ])
)

const planned = (
  side: readonly [number, number],
  channels: number,
  filters: number,
  options: { readonly bias: boolean; readonly norm: boolean }
): Plan => {
  const conv = named('conv', conv2d(channels, filters, 3, { padding: 1, bias: options.bias }))
  const network = options.norm
    ? sequential(conv, named('norm', batchNorm(filters)), named('relu', relu))
    : sequential(conv, named('relu', relu))
  return right(plan({ input: [channels, ...side] })(arch({ name: 'one', network })))
}

const convolutions = fc.record({
  side: fc.tuple(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 3, max: 8 })),
  channels: fc.integer({ min: 24, max: 40 }),
  filters: fc.integer({ min: 24, max: 40 }),
  bias: fc.boolean(),
  norm: fc.boolean(),
  n: fc.integer({ min: 1, max: 3 })
})

describe('convolutions over small maps in a given model', () => {
  test.prop([convolutions], { seed: SEED, numRuns: 25 })(
    'use Winograd with the same result, for any following layer',
    async ({ side, channels, filters, n, ...options }) => {
      const p = planned(side, channels, filters, options)
      const state = stateOf(p)
      const model = right(toOnnx(p, state))
      const quick = withSmallMaps(model, machine, noOwn)
      const operators = quick.nodes.map(({ op }) => op)
      expect(operators).toContain('MatMul')
      expect(operators).not.toContain('Conv')
      expect(operators).not.toContain('BatchNormalization')
      const x = images(p.input, n)
      const [ours, theirs] = await Promise.all([quick, model].map((each) => runOnnx(writeOnnx(each), p.input, x, n)))
      expect(ours!.shape).toEqual(theirs!.shape)
      expectNear(ours!.data, theirs!.data, 'sums')
    }
  )

  it.each([
    ['large maps', [24, 24], { padding: 1 }],
    ['strides', [8, 8], { padding: 1, stride: 2 }],
    ['groups', [8, 8], { padding: 1, groups: 4 }],
    ['other windows', [8, 8], { kernel: 1, padding: 0 }]
  ] as const)(
    'leaves %s alone',
    (_, side, { kernel = 3, padding = 1, ...options }: { kernel?: number; padding?: number }) => {
      const network = sequential(named('conv', conv2d(32, 32, kernel, { padding, ...options })))
      const p = right(plan({ input: [32, ...side] })(arch({ name: 'one', network })))
      const model = right(toOnnx(p, stateOf(p)))
      expect(withSmallMaps(model, machine, noOwn)).toBe(model)
    }
  )
})

describe('a given model on a machine with AVX-512', () => {
  const block = (at: string, channels: number) =>
    sum(
      identity,
      sequential(
        named(`${at}a`, conv2d(channels, channels, 3, { padding: 1, bias: false })),
        named(`${at}b`, batchNorm(channels)),
        relu,
        named(`${at}c`, conv2d(channels, channels, 3, { padding: 1 }))
      )
    )

  it.each([
    [4, 4],
    [7, 7],
    [14, 14],
    [16, 12]
  ] as const)('stays in rows of pixels over the blocks of a %i x %i map', async (...side) => {
    const network = sequential(block('1', 32), relu, block('2', 32), relu)
    const p = right(plan({ input: [32, ...side] })(arch({ name: 'blocks', network })))
    const model = right(toOnnx(p, stateOf(p)))
    const quick = withSmallMaps(model, { block: 16 }, noOwn)
    const turned = quick.nodes.filter(
      ({ op, attributes }) =>
        op === 'Transpose' && attributes['perm']?._tag === 'ints' && attributes['perm'].value.length === 2
    )
    expect(quick.nodes.filter(({ op }) => op === 'Conv')).toEqual([])
    expect(turned.length).toBe(2)
    const x = images(p.input, 3)
    const [ours, theirs] = await Promise.all([quick, model].map((each) => runOnnx(writeOnnx(each), p.input, x, 3)))
    expect(ours!.shape).toEqual(theirs!.shape)
    // four layers of sums of 288 products: brought back to the size of one
    const largest = theirs!.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    const [a, b] = [ours!, theirs!].map(({ data }) => data.map((v) => v / largest))
    expectNear(a!, b!, 'sums')
  })
})

describe('a network with small maps', () => {
  const p = planned([4, 4], 256, 256, { bias: false, norm: true })
  // sums over 256 * 9 products, brought back to the size of one
  const [state, many] = [stateOf(p), images(p.input, 16).map((v) => v / 48)]
  const some = many.subarray(0, (many.length / 16) * 15)

  /** What predictions of 15, 16, 15 and 16 images compile. */
  const compilesOn = async (options: EngineOptions): Promise<ReadonlyArray<number>> => {
    const engine = right(await acquireEngine('onnxruntime', options)())
    const inference = right(compileInference(engine)(p, state))
    const made = [some, many, some, many].map((x) => {
      const before = engine.stats().compiles
      const outputs = right(inference.predict(x, x === some ? 15 : 16))
      return { outputs, compiles: engine.stats().compiles - before }
    })
    inference.dispose()
    expect(E.isLeft(inference.predict(some, 15))).toBe(true)
    const [few, all, fewAgain, allAgain] = made.map(({ outputs }) => outputs)
    expectNear(all!.subarray(0, few!.length), few!, 'sums')
    expect([fewAgain, allAgain]).toEqual([few, all])
    return made.map(({ compiles }) => compiles)
  }

  afterAll(() => acquireEngine('onnxruntime')())

  it.each([8, 16] as const)('is compiled once more for batches of many images, blocks of %i', async (block) => {
    expect(await compilesOn({ block })).toEqual([1, 1, 0, 0])
  })

  it('is compiled once with exactConv', async () => {
    expect(await compilesOn({ block: 8, exactConv: true })).toEqual([1, 0, 0, 0])
  })
})

describe('a plan as a loaded model', () => {
  it('has inputs and outputs in NHWC, with the results of the cpu engine', async () => {
    const p = planned([5, 6], 3, 4, { bias: true, norm: true })
    const [state, x] = [stateOf(p), images(p.input, 2)]
    const { InferenceSession, Tensor } = await import('onnxruntime-node')
    const session = await InferenceSession.create(writeOnnx(modelToLoad(p, state)!), { logSeverityLevel: 3 })
    const { rows } = await session.run({ images: new Tensor('float32', x, [2, 5, 6, 3]) })
    await session.release()
    const inference = right(compileInference(cpu)(p, state))
    expect(rows!.dims).toEqual([2, 5, 6, 4])
    expectNear(rows!.data as Float32Array, right(inference.predict(x, 2)), 'sums')
    inference.dispose()
  })
})
