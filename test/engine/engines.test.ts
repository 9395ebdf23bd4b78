import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { firstUsable } from '../../src/engine/acquireEngine.js'
import { acquireEngine, engineNames, engineUnavailable, type EngineName, listEngines } from '../../src/engine/index.js'
import { cpu, ort } from './engines.js'

describe('acquireEngine', () => {
  it('chooses onnxruntime by default', async () => {
    expect(await acquireEngine('auto')()).toMatchObject({ right: { name: 'onnxruntime', backend: 'onnxruntime' } })
  })

  it('makes an engine current only when it is used', () => {
    cpu.use(() => expect(tf.getBackend()).toBe('cpu'))
    ort.use(() => expect(tf.getBackend()).toBe('onnxruntime'))
  })

  it('hands tensors from one engine to another', () => {
    const x = ort.use(() => tf.add(tf.tensor1d([1, 2]), 1))
    expect(cpu.use(() => [...tf.mul(x, 10).dataSync()])).toEqual([20, 30])
  })

  it('uses the threads it is told to', async () => {
    const one = await acquireEngine('onnxruntime', { threads: 1 })()
    expect(one).toMatchObject({ right: { threads: 1 } })
    expect(ort.use(() => [...tf.add(tf.tensor1d([1]), 1).dataSync()])).toEqual([2])
    await acquireEngine('onnxruntime')()
  })

  it('computes calls without an ONNX form on the cpu, or refuses them', async () => {
    const complex = () => ort.use(() => [...tf.real(tf.add(tf.complex([1], [2]), tf.complex([3], [4]))).dataSync()])
    expect(complex()).toEqual([4])
    await acquireEngine('onnxruntime', { fallback: 'refuse' })()
    expect(complex).toThrow('Add has no ONNX form for (a: complex64 [1], b: complex64 [1])')
    expect(ort.use(() => [...tf.unique(tf.tensor1d([1, 1])).values.dataSync()])).toEqual([1])
    await acquireEngine('onnxruntime')()
    expect(complex()).toEqual([4])
  })

  it('rejects half a thread, with a hint', async () => {
    for (const threads of [0, 1.5, -1, NaN])
      expect(await acquireEngine('onnxruntime', { threads })()).toMatchObject({
        left: { _tag: 'EngineUnavailable', path: 'onnxruntime', hint: 'leave threads out' }
      })
  })

  it("returns the loader's message and a hint if a package is missing", async () => {
    const engine = await acquireEngine('tensorflow-gpu')()
    if (E.isRight(engine)) return expect(engine.right.backend).toBe('tensorflow')
    expect(engine.left._tag).toBe('EngineUnavailable')
    expect(engine.left.found).toContain('@tensorflow/tfjs-node-gpu')
    expect(engine.left.hint).toContain('npm install @tensorflow/tfjs-node-gpu')
  })
})

describe('firstUsable', () => {
  const missing = (name: EngineName) => engineUnavailable(name, 'a package', 'none', 'install it')

  it('returns the first usable engine, with the errors of those before it', async () => {
    const chosen = await firstUsable([
      TE.left(missing('onnxruntime')),
      TE.left(missing('tensorflow')),
      TE.right(cpu),
      TE.right(ort)
    ])()
    expect(chosen).toMatchObject({
      right: { name: 'cpu', passedOver: [missing('onnxruntime'), missing('tensorflow')] }
    })
  })

  it('passes over nothing if the first is usable', async () => {
    expect(await firstUsable([TE.right(ort), TE.right(cpu)])()).toMatchObject({
      right: { name: 'onnxruntime', passedOver: [] }
    })
  })

  it('returns the error of the preferred one if none is usable', async () => {
    expect(await firstUsable([TE.left(missing('onnxruntime')), TE.left(missing('cpu'))])()).toEqual(
      E.left(missing('onnxruntime'))
    )
  })
})

describe('listEngines', () => {
  it('reports for every engine whether it is usable', async () => {
    const reports = await listEngines()
    expect(reports.map((r) => r.name)).toEqual(engineNames)
    const [first, second] = reports
    expect(first).toMatchObject({ _tag: 'Usable', versions: { 'onnxruntime-node': expect.any(String) } })
    expect(first).toMatchObject({
      kernels: {
        mapped: expect.arrayContaining(['Abs', 'Conv2D', 'GraftAdamStep', 'Reshape', 'TopK']),
        fallback: expect.arrayContaining(['Complex', 'FFT', 'Unique'])
      }
    })
    expect(second).toMatchObject({ _tag: 'Usable', threads: 1, kernels: { fallback: [] } })
  })
})
