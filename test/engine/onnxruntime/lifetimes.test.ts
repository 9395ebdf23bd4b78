import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engine/index.js'
import { cpu, expectClose, ort, resultsOn, tensorOf, type Host } from '../engines.js'

const long = process.env['GRAFT_LONG'] !== undefined

const counted = (): Readonly<Record<'tensors' | 'buffers' | 'bytes', number>> => {
  const { numTensors, numDataBuffers, numBytes } = tf.memory()
  return { tensors: numTensors, buffers: numDataBuffers, bytes: numBytes }
}

const grownSince = (before: ReturnType<typeof counted>): ReturnType<typeof counted> => {
  const now = counted()
  return {
    tensors: now.tensors - before.tensors,
    buffers: now.buffers - before.buffers,
    bytes: now.bytes - before.bytes
  }
}

const none = { tensors: 0, buffers: 0, bytes: 0 }

/** A tensor that is not computed yet where computing is put off: [11, 12, 13]. */
const made = (): tf.Tensor1D => tf.tidy(() => tf.add(tf.tensor1d([1, 2, 3]), 10))

// what tfjs documents holds on its own backend too
describe.each([
  ['onnxruntime', ort],
  ['cpu', cpu]
] as const)('as tfjs documents, on %s', (_name, engine: Engine) => {
  const on = <A>(f: () => A): A => engine.use(f)

  it('tidy disposes what was made in it but its result', () =>
    on(() => {
      const before = counted()
      const y = tf.tidy(() => {
        const x = made()
        tf.tidy(() => tf.exp(x))
        return tf.mul(tf.sub(x, 10), tf.square(x))
      })
      expect(grownSince(before)).toEqual({ tensors: 1, buffers: 1, bytes: 12 })
      expect([...y.dataSync()]).toEqual([121, 288, 507])
      y.dispose()
      expect(grownSince(before)).toEqual(none)
    }))

  it('tidy gives lists and records of tensors, and cleans up when it throws', () =>
    on(() => {
      const before = counted()
      const { a, list } = tf.tidy(() => ({ a: made(), list: [made(), { b: made() }] as const }))
      expect(grownSince(before)).toEqual({ tensors: 3, buffers: 3, bytes: 36 })
      tf.dispose({ a, list })
      expect(grownSince(before)).toEqual(none)
      const failing = () =>
        tf.tidy(() => {
          made()
          throw new Error('no more')
        })
      expect(failing).toThrow('no more')
      expect(grownSince(before)).toEqual(none)
    }))

  it('keep saves a tensor from the tidy around it', () =>
    on(() => {
      const before = counted()
      const kept: Array<tf.Tensor> = []
      tf.tidy(() => {
        kept.push(tf.keep(made()))
        made()
      })
      expect(grownSince(before).tensors).toBe(1)
      expect([...kept[0]!.dataSync()]).toEqual([11, 12, 13])
      tf.dispose(kept)
      expect(grownSince(before)).toEqual(none)
    }))

  it('a disposed tensor is gone: it says so, and cannot be used', () =>
    on(() => {
      const x = made()
      x.dispose()
      x.dispose()
      expect(x.isDisposed).toBe(true)
      expect(() => x.dataSync()).toThrow('Tensor is disposed.')
      expect(() => tf.add(x, 1).dataSync()).toThrow()
    }))

  it('a clone and a reshape share their data, and each lives until it is disposed', () =>
    on(() => {
      const before = counted()
      const x = made()
      const [clone, column] = [tf.clone(x), tf.reshape(x, [3, 1])]
      expect(grownSince(before)).toEqual({ tensors: 3, buffers: 1, bytes: 36 })
      x.dispose()
      expect(column.arraySync()).toEqual([[11], [12], [13]])
      column.dispose()
      expect([...tf.tidy(() => tf.neg(clone).dataSync())]).toEqual([-11, -12, -13])
      clone.dispose()
      expect(grownSince(before)).toEqual(none)
    }))

  it('memory counts bytes by type, before anything is computed', () =>
    on(() => {
      const before = counted()
      const floats = made()
      const tensors = [floats, tf.cast(floats, 'int32'), tf.greater(floats, 11), tf.fill([2], 1)]
      expect(grownSince(before)).toEqual({ tensors: 4, buffers: 4, bytes: 12 + 12 + 3 + 8 })
      tf.dispose(tensors)
    }))

  it('a variable outlives tidies, takes over the tensor assigned to it, and frees its old one', () =>
    on(() => {
      const before = counted()
      const v = tf.tidy(() => tf.variable(made(), true))
      expect(grownSince(before)).toEqual({ tensors: 1, buffers: 1, bytes: 12 })
      for (let k = 0; k < 3; k++)
        tf.tidy(() => {
          v.assign(tf.add(v, 1))
          v.assign(tf.mul(v, 2))
        })
      expect(grownSince(before)).toEqual({ tensors: 1, buffers: 1, bytes: 12 })
      expect([...v.dataSync()]).toEqual([102, 110, 118])
      expect(() => v.assign(tf.zeros([2]))).toThrow('shape')
      v.dispose()
      expect(grownSince(before).tensors).toBe(1)
    }))

  it('a value read from a variable before an assignment does not change', () =>
    on(() => {
      const v = tf.variable(made())
      const old = tf.add(v, 0)
      v.assign(tf.tensor1d([0, 0, 0]))
      expect([...old.dataSync()]).toEqual([11, 12, 13])
      expect([...v.dataSync()]).toEqual([0, 0, 0])
      tf.dispose([v, old])
    }))

  it('only trainable variables are trained', () =>
    on(() => {
      const [w, frozen] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(3), false)]
      const { grads } = tf.variableGrads(() => tf.mul(tf.square(w), frozen))
      expect(Object.keys(grads)).toEqual([w.name])
      expect(grads[w.name]!.dataSync()[0]).toBe(12)
      tf.dispose([w, frozen, ...Object.values(grads)])
    }))

  it('data can be read in every way, and more than once', async () => {
    const x = on(made)
    expect([...(await x.data())]).toEqual([11, 12, 13])
    expect([...x.dataSync()]).toEqual([11, 12, 13])
    expect(await x.array()).toEqual([11, 12, 13])
    expect(x.bufferSync().get(1)).toBe(12)
    expect(new Float32Array(((await x.bytes()) as Uint8Array).buffer)[2]).toBe(13)
    expect(x.toString()).toContain('[11, 12, 13]')
    const many = on(() => [made(), made()].map((y) => tf.square(y)))
    expect(await Promise.all(many.map(async (y) => [...(await y.data())]))).toEqual(Array(2).fill([121, 144, 169]))
    on(() => tf.dispose([x, ...many]))
  })

  it('profile reports the kernels run and the memory used', async () => {
    const profile = await on(() =>
      tf.profile(() =>
        tf.tidy(() => {
          const x = tf.ones([10])
          return tf.sum(tf.mul(x, tf.exp(x)))
        })
      )
    )
    expect(profile.kernels.map((k) => k.name)).toEqual(expect.arrayContaining(['Exp', 'Multiply', 'Sum']))
    const exp = profile.kernels.find((k) => k.name === 'Exp')!
    expect(exp).toMatchObject({ inputShapes: [[10]], outputShapes: [[10]], bytesAdded: 40, tensorsAdded: 1 })
    expect(profile).toMatchObject({ newTensors: 1, newBytes: 4 })
    expect(profile.peakBytes).toBeGreaterThan(80)
    const result = profile.result as unknown as tf.Tensor
    expect(result.dataSync()[0]).toBeCloseTo(10 * Math.E, 4)
    on(() => tf.dispose(result))
  })

  it('a program that fails midway leaves the engine usable', () =>
    on(() => {
      const before = counted()
      const x = made()
      expect(() => tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.add(tf.ones([2, 3]), 1)))).toThrow('matMul')
      expect([...x.dataSync()]).toEqual([11, 12, 13])
      x.dispose()
      expect(grownSince(before)).toEqual(none)
    }))
})

describe('lazy evaluation', () => {
  const on = <A>(f: () => A): A => ort.use(f)

  it('computes on the backend that reads the tensor, even if another recorded it', () => {
    const x = on(made)
    expect(cpu.use(() => [...tf.tidy(() => tf.mul(x, 2)).dataSync()])).toEqual([22, 24, 26])
    on(() => tf.dispose(x))
  })

  it('never computes for a tensor that was disposed unread, however long its chain', () =>
    on(() => {
      const { runs } = ort.stats()
      tf.tidy(() => {
        let x: tf.Tensor = made()
        for (let k = 0; k < 50; k++) x = tf.tanh(x)
      })
      const y = made()
      expect(ort.stats().runs).toBe(runs)
      y.dataSync()
      expect(ort.stats().runs).toBe(runs + 1)
      y.dispose()
    }))

  /** Training that never reads its loss: what is recorded grows from step to step. */
  const unread = (optimiser: () => tf.Optimizer, steps: number) => (): tf.Tensor => {
    const x = tensorOf(1, [8, 3])
    const y = tf.sum(x, 1)
    const w = tf.variable(tensorOf(2, [3, 1]))
    const trainer = optimiser()
    const loss = (): tf.Scalar => tf.losses.meanSquaredError(y, tf.reshape(tf.matMul(x, w), [8]))
    for (let k = 0; k < steps; k++) trainer.minimize(loss)
    const result = tf.clone(w)
    trainer.dispose()
    w.dispose()
    return result
  }

  const ranWhile = (f: () => unknown) => {
    const before = ort.stats()
    f()
    const { recorded, runs, compiles } = ort.stats()
    return {
      recorded: recorded - before.recorded,
      runs: runs - before.runs,
      compiles: compiles - before.compiles
    }
  }

  it('computes when enough is recorded, with the same result as immediate computation', () => {
    const training = unread(() => tf.train.momentum(0.05, 0.9), 620)
    let results: ReadonlyArray<Host> = []
    const { recorded, runs } = ranWhile(() => (results = resultsOn(ort, training)))
    expect(recorded).toBeGreaterThan(8_000)
    expect(runs).toBeGreaterThan(1)
    expectClose(results, resultsOn(cpu, training), 'training')
  })

  it.fails(
    'compiles a loop that never reads a few times, not at every flush',
    ({ skip }) => {
      skip(!long, 'long: GRAFT_LONG is unset')
      const training = unread(() => tf.train.adam(0.01), 1_500)
      expect(ranWhile(() => resultsOn(ort, training)).compiles).toBeLessThan(4)
    },
    600_000
  )

  it.fails('is measured by tf.time', async () => {
    const ones = on(() => tf.ones([1000, 1000]))
    const product = (): tf.Tensor => on(() => tf.matMul(ones, ones))
    product().dataSync()
    const started = performance.now()
    product().dataSync()
    const took = performance.now() - started
    const { kernelMs } = (await on(() => tf.time(() => void product()))) as { readonly kernelMs: number }
    expect(kernelMs).toBeGreaterThan(took / 4)
  })
})
