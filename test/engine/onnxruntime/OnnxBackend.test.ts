import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { batchNormTrain, type Engine, optimiserStep } from '../../../src/engine/index.js'
import { adamW } from '../../../src/recipe/index.js'
import { right } from '../../io/workplace.js'
import { cpu, expectClose, ort, tensorOf, type Host } from '../engines.js'

const on = <A>(f: () => A): A => ort.use(f)

const since = () => {
  const before = ort.stats()
  return () => {
    const now = ort.stats()
    return {
      compiles: now.compiles - before.compiles,
      hits: now.hits - before.hits,
      runs: now.runs - before.runs,
      recorded: now.recorded - before.recorded
    }
  }
}

/** It fails when it is computed: the index is not known before. */
const outOfRange = (index = 99): tf.Tensor => {
  const computed = tf.add(tf.tensor1d([index], 'int32'), tf.scalar(0, 'int32'))
  return tf.gather(tf.tensor1d([1, 2, 3]), computed)
}

describe('recording', () => {
  it('computes nothing until a tensor is read, and then everything alive at once', () =>
    on(() => {
      const count = since()
      const x = tf.tensor1d([1, 2, 3])
      const [y, z] = [tf.add(x, 1), tf.mul(x, 2)]
      expect(count().runs).toBe(0)
      expect([...y.dataSync()]).toEqual([2, 3, 4])
      expect([...z.dataSync()]).toEqual([2, 4, 6])
      expect(count().runs).toBe(1)
    }))

  it('does not compute disposed tensors', () =>
    on(() => {
      const x = tf.tensor1d([1, 2, 3])
      const dead = outOfRange()
      dead.dispose()
      expect([...tf.add(x, 1).dataSync()]).toEqual([2, 3, 4])
    }))

  it(
    'computes a long recording even if no tensor is read',
    () =>
      on(() => {
        const count = since()
        tf.tidy(() => {
          let x: tf.Tensor = tf.tensor1d([0])
          for (let i = 0; i < 8_001; i++) {
            const next = tf.add(x, 1)
            x.dispose()
            x = next
          }
          expect(count().runs).toBe(1)
          expect([...x.dataSync()]).toEqual([8_001])
        })
      }),
    60_000
  )

  it('counts what the cpu kernels compute', () =>
    on(() => {
      const before = ort.stats().fallbacks['Unique'] ?? 0
      const { values } = tf.unique(tf.mul(tf.tensor1d([1, 3, 1]), 2))
      expect([...values.dataSync()]).toEqual([2, 6])
      expect(ort.stats().fallbacks['Unique']).toBe(before + 1)
    }))

  it('leaves strings, complex numbers and empty tensors to the cpu kernels', () =>
    on(() => {
      expect(tf.reshape(tf.tensor(['a', 'b']), [2, 1]).arraySync()).toEqual([['a'], ['b']])
      expect([...tf.real(tf.complex([1, 2], [3, 4])).dataSync()]).toEqual([1, 2])
      expect(tf.concat([tf.zeros([0, 2]), tf.add(tf.ones([1, 2]), 1)]).arraySync()).toEqual([[2, 2]])
    }))

  it('returns empty tensors without a computation', () =>
    on(() => {
      const count = since()
      const before = ort.stats().fallbacks
      expect(tf.add(tf.zeros([0, 2]), 1).shape).toEqual([0, 2])
      expect(tf.slice(tf.ones([3]), [1], [0]).arraySync()).toEqual([])
      expect([count().recorded, count().runs]).toEqual([0, 0])
      expect(ort.stats().fallbacks).toEqual(before)
    }))

  it('shares one value between tensors of different shapes', () =>
    on(() => {
      const x = tf.add(tensorOf(1, [2, 3]), 0)
      const flat = tf.reshape(x, [6])
      x.dispose()
      expect(tf.add(flat, tf.reshape(flat, [6])).shape).toEqual([6])
      expect(flat.dataSync()).toHaveLength(6)
    }))
})

describe('a computation that fails', () => {
  it('fails everything computed with it, with the same error at every read', () =>
    on(() => {
      const [beside, failing] = [tf.add(tf.tensor1d([1]), 1), outOfRange()]
      const thrown = (f: () => unknown): unknown => {
        try {
          return f()
        } catch (cause) {
          return cause
        }
      }
      const first = thrown(() => failing.dataSync())
      expect(first).toBeInstanceOf(Error)
      expect(String(first)).toContain('Gather')
      expect(thrown(() => failing.dataSync())).toBe(first)
      expect(thrown(() => beside.dataSync())).toBe(first)
      expect(thrown(() => tf.mul(beside, 2))).toBe(first)
      expect(thrown(() => tf.unique(beside))).toBe(first)
      tf.dispose([beside, failing])
    }))

  it('is avoided for a known index, which is rejected at the call', () =>
    on(() => {
      for (const index of [3, -1])
        expect(() => tf.gather(tf.tensor1d([1, 2, 3]), tf.tensor1d([index], 'int32'))).toThrow('not in [0, 2]')
    }))

  it('occurs for an index beyond its row of a batch', () =>
    on(() => {
      const rows = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])
      const at = (first: number) => tf.neg(tf.tensor2d([-first, 0], [2, 1], 'int32'))
      expect([...tf.gather(rows, at(2), 1, 1).dataSync()]).toEqual([3, 4])
      for (const index of [3, 5, -1]) expect(() => tf.gather(rows, at(index), 1, 1).dataSync()).toThrow('Gather')
    }))

  it('occurs for a negative index, which ONNX would count from the end', () =>
    on(() => {
      expect(() => outOfRange(-1).dataSync()).toThrow('Gather')
    }))

  it('does not affect earlier results or later recordings', () =>
    on(() => {
      const before = tf.add(tf.tensor1d([1]), 1)
      before.dataSync()
      const failing = outOfRange()
      expect(() => failing.dataSync()).toThrow('Gather')
      expect([...tf.mul(before, 3).dataSync()]).toEqual([6])
      failing.dispose()
    }))
})

type Weights = Readonly<Record<'w' | 'gamma' | 'beta' | 'd', tf.Tensor>>
type State = Readonly<{ p: Weights; m: Weights; v: Weights }>

const names = ['w', 'gamma', 'beta', 'd'] as const

const weightsOf = (of: (name: (typeof names)[number]) => tf.Tensor): Weights =>
  ({ w: of('w'), gamma: of('gamma'), beta: of('beta'), d: of('d') }) satisfies Weights

const initial = (): State => {
  const p = {
    w: tensorOf(1, [3, 3, 2, 4], 0.3),
    gamma: tf.ones([4]),
    beta: tf.zeros([4]),
    d: tensorOf(2, [4 * 9, 3], 0.2)
  }
  return { p, m: weightsOf((n) => tf.zeros(p[n].shape)), v: weightsOf((n) => tf.zeros(p[n].shape)) }
}

const lossOf = (p: Weights, k: number): tf.Scalar => {
  const x = tensorOf(100 + k, [8, 6, 6, 2]) as tf.Tensor4D
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3)
  const h = batchNormTrain(
    tf.conv2d(x, p.w as tf.Tensor4D, 1, 'same'),
    p.gamma as tf.Tensor1D,
    p.beta as tf.Tensor1D,
    1e-5
  ).y
  const pooled = tf.maxPool(tf.relu(h) as tf.Tensor4D, 2, 2, 'valid')
  const logits = tf.matMul(tf.reshape(pooled, [8, 36]), p.d)
  return tf.losses.softmaxCrossEntropy(labels, logits)
}

const step = ({ p, m, v }: State, k: number, lr: number): { readonly loss: number; readonly state: State } => {
  const { loss, state } = tf.tidy(() => {
    const f = (...xs: Array<tf.Tensor>) =>
      lossOf(
        weightsOf((n) => xs[names.indexOf(n)]!),
        k
      )
    const { value, grads } = tf.valueAndGrads(f)(names.map((n) => p[n]))
    const told = { lr, mom: 0.9, decay: 1 - lr * 0.01, wd: 0, t: k + 1 }
    const next = names.map((n, i) => {
      const [p1, m1, v1] = right(optimiserStep(adamW({ eps: 1e-5 }), p[n], grads[i]!, [m[n], v[n]], told))
      return { p: p1!, m: m1!, v: v1! }
    })
    const pick = (key: 'p' | 'm' | 'v') => weightsOf((n) => next[names.indexOf(n)]![key])
    return { loss: value, state: { p: pick('p'), m: pick('m'), v: pick('v') } }
  })
  tf.dispose([Object.values(p), Object.values(m), Object.values(v)])
  const value = loss.dataSync()[0]!
  loss.dispose()
  return { loss: value, state }
}

const train = (engine: Engine, steps: number): { readonly losses: Host; readonly state: ReadonlyArray<Float32Array> } =>
  engine.use(() => {
    const losses: Array<number> = []
    let state = initial()
    for (let k = 0; k < steps; k++) {
      const next = step(state, k, 0.01 / (k + 1))
      losses.push(next.loss)
      state = next.state
    }
    const tensors = [state.p, state.m, state.v].flatMap((w) => Object.values(w))
    const values = tensors.map((t) => (t.dataSync() as Float32Array).slice())
    tf.dispose(tensors)
    return { losses: { shape: [steps], dtype: 'float32', data: losses }, state: values }
  })

describe('training', () => {
  it('has the same losses as the cpu backend', () => {
    expectClose([train(ort, 8).losses], [train(cpu, 8).losses], 'training')
  })

  it('is the same bit for bit when it is run twice', () => {
    expect(train(ort, 6)).toEqual(train(ort, 6))
  })

  it('compiles a repeated step once, whatever the learning rate, and keeps memory flat', () =>
    on(() => {
      let state = initial()
      // the first step starts from tensors that are still to be filled: another graph
      for (let k = 0; k < 2; k++) state = step(state, k, 0.1).state
      const count = since()
      const [tensors, buffers, sessions] = [tf.memory().numTensors, tf.memory().numDataBuffers, ort.stats().sessions]
      for (let k = 2; k < 8; k++) state = step(state, k, 0.1 / k).state
      expect(count()).toMatchObject({ compiles: 0, hits: 6, runs: 6 })
      expect([tf.memory().numTensors, tf.memory().numDataBuffers, ort.stats().sessions]).toEqual([
        tensors,
        buffers,
        sessions
      ])
      tf.dispose([state.p, state.m, state.v].flatMap((w) => Object.values(w)))
    }))

  it('compiles again for another batch size, and evicts graphs beyond the limit', () =>
    on(() => {
      const most = 16
      const count = since()
      for (let n = 1; n <= most + 4; n++) tf.tidy(() => tf.add(tf.zeros([n, 71]), tf.ones([n, 71])).dataSync())
      expect(count().compiles).toBe(most + 4)
      expect(ort.stats().sessions).toBe(most)
      ort.dispose()
      expect(ort.stats().sessions).toBe(0)
      expect([...tf.add(tf.tensor1d([1]), 1).dataSync()]).toEqual([2])
    }))
})
