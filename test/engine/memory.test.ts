import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { right } from '../io/workplace.js'
import { rssGrowth } from '../learn/tolerances.js'
import { ort, tensorOf } from './engines.js'
import { batch, compiled, told } from './program/networks.js'

const long = process.env['GRAFT_LONG'] !== undefined
const steps = long ? 10_000 : 300
const samples = 100
const hour = 3_600_000

// What is dead and not yet collected comes and goes by tens of MiB: what is measured is what is kept.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Sample {
  readonly resident: number
  readonly tensors: number
  readonly buffers: number
  readonly bytes: number
  readonly sessions: number
}

const sample = (): Sample => {
  if (long) collect()
  const { numTensors, numDataBuffers, numBytes } = tf.memory()
  return {
    resident: process.memoryUsage.rss(),
    tensors: numTensors,
    buffers: numDataBuffers,
    bytes: numBytes,
    sessions: ort.stats().sessions
  }
}

const sampled = (step: (k: number) => unknown): ReadonlyArray<Sample> =>
  Array.from({ length: steps }, (_, k) => {
    step(k)
    return k % (steps / samples) === 0 ? [sample()] : []
  }).flat()

/** After the first steps, which make the optimiser's state and compile, nothing is added; and no resident memory. */
const expectFlat = (all: ReadonlyArray<Sample>): void => {
  const after = all.slice(samples / 5)
  for (const what of ['tensors', 'buffers', 'bytes', 'sessions'] as const)
    expect(new Set(after.map((s) => s[what])).size, what).toBe(1)
  const least = (part: ReadonlyArray<Sample>): number => Math.min(...part.map((s) => s.resident))
  if (long) expect(least(after.slice(-samples / 5)) - least(after.slice(0, samples / 5))).toBeLessThan(rssGrowth)
}

describe(`memory is flat over ${steps} steps`, () => {
  it(
    'of a Program',
    () => {
      const program = right(compiled(ort))
      expectFlat(
        sampled((step) => expect(right(program.step(batch, { ...told, lrs: [0.01], step }))).toBeGreaterThanOrEqual(0))
      )
      program.dispose()
    },
    hour
  )

  it(
    "of tfjs's own optimiser",
    () =>
      ort.use(() => {
        const x = tensorOf(1, [16, 6])
        const y = tf.sum(x, 1)
        const w = tf.variable(tensorOf(2, [6, 1]))
        const b = tf.variable(tf.zeros([1]))
        const adam = tf.train.adam(0.01)
        const error = (): tf.Scalar => tf.losses.meanSquaredError(y, tf.reshape(tf.add(tf.matMul(x, w), b), [16]))
        const losses: Array<number> = []
        expectFlat(
          sampled(() => {
            const loss = adam.minimize(error, true)!
            losses.push(loss.dataSync()[0]!)
            loss.dispose()
          })
        )
        expect(losses.at(-1)).toBeLessThan(losses[0]! / 2)
        adam.dispose()
        tf.dispose([x, y, w, b])
      }),
    hour
  )
})
