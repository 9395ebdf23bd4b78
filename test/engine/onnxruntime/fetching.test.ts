import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { probeFetching, STOP } from '../../../src/engine/onnxruntime/running/fetching.js'
import { loadNative, type Native, type OrtSession } from '../../../src/engine/onnxruntime/running/native.js'
import { OnnxBackend } from '../../../src/engine/onnxruntime/running/OnnxBackend.js'
import { probeBlock } from '../../../src/engine/onnxruntime/running/probeBlock.js'
import { ort } from '../engines.js'

const native: Native = (() => {
  const loaded = loadNative()
  if (E.isLeft(loaded)) throw new Error(loaded.left.error.found)
  return loaded.right
})()

/** An onnxruntime-node that differs in how a run with the stopping output ends. */
const behaving = (stopped: (run: () => ReturnType<OrtSession['run']>) => ReturnType<OrtSession['run']>): Native => ({
  ...native,
  session: (model, threads) => {
    const session = native.session(model, threads)
    return {
      loadModel: (...given) => session.loadModel(...given),
      dispose: () => session.dispose(),
      run: (feeds, fetches, options) =>
        STOP in fetches ? stopped(() => session.run(feeds, fetches, options)) : session.run(feeds, fetches, options)
    }
  }
})

const raise = (message: string): never => {
  throw new Error(message)
}

const quietly = (run: () => ReturnType<OrtSession['run']>): ReturnType<OrtSession['run']> => {
  try {
    return run()
  } catch {
    return {}
  }
}

describe('onnxruntime-node as it is installed', () => {
  it('writes outputs to the given arrays, and fails before it copies them', () => {
    expect(probeFetching(native)).toBe('written')
    expect(ort.fetching).toBe('written')
  })

  it('fails with the known error', () => {
    const errors: Array<unknown> = []
    probeFetching(
      behaving((run) => {
        try {
          return run()
        } catch (cause) {
          errors.push(cause)
          throw cause
        }
      })
    )
    expect(errors.map((cause) => (cause instanceof Error ? cause.message : cause))).toEqual([
      'Non tensor type is temporarily not supported.'
    ])
  })
})

describe('an onnxruntime-node that behaves differently', () => {
  const others: ReadonlyArray<readonly [string, Native]> = [
    ['refuses before it computes', behaving(() => raise('unsupported output type'))],
    [
      'stops with another error after it has written',
      behaving((run) => {
        quietly(run)
        return raise('sequences are here')
      })
    ],
    ['writes nothing and says nothing', behaving(() => ({}))]
  ]

  it.each(others)('that %s has its outputs copied', (_, other) => {
    expect(probeFetching(other)).toBe('copied')
  })

  it.each(others)('that %s trains with the same result', (_, other) => {
    const name = 'otherwise'
    const options = { sessions: 4, longestTrace: 8_000, exactConv: false, threads: 1, fallback: 'refuse' as const }
    const backend = new OnnxBackend(other, { ...options, block: probeBlock(other) })
    for (const kernel of tf.getKernelsForBackend(ort.backend)) tf.registerKernel({ ...kernel, backendName: name })
    tf.registerBackend(name, () => backend)
    try {
      tf.engine().findBackend(name)
      const slope = (): ReadonlyArray<number> => {
        const at = tf.tensor1d([1, 2, 3])
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(tf.square(x)))(at)
        return [value.dataSync()[0]!, ...grad.dataSync()]
      }
      const there = ort.use(slope)
      void tf.setBackend(name)
      expect(tf.getBackend()).toBe(name)
      expect([slope(), slope()]).toEqual([there, there])
      expect(backend.stats()).toMatchObject({ compiles: 1, hits: 1, runs: 2 })
    } finally {
      void tf.setBackend(ort.backend)
      for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name)
      tf.removeBackend(name)
    }
  })
})
