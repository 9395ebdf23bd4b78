// What a plan says of the memory of a step, against what the cpu engine holds while it is made.
import * as tf from '@tensorflow/tfjs-core'
import { flow } from 'fp-ts/lib/function.js'
import { describe, expect, it, vi } from 'vitest'
import { segmentation } from '../../src/data/index.js'
import { compile, freshOptimiser, initialState } from '../../src/engine/index.js'
import {
  arch,
  batchNorm,
  batchNormUnderFreeze,
  conv2d,
  freezeBody,
  named,
  numbered,
  relu,
  sequential,
  uncut,
  unet,
  withHead
} from '../../src/model/index.js'
import { plan, type Plan, trainingBytes } from '../../src/plan/index.js'
import { right } from '../io/workplace.js'
import { predictedBytes } from '../learn/tolerances.js'
import { cpu } from './engines.js'
import { plainly, told } from './program/networks.js'

const unit = (from: number, to: number) =>
  numbered(conv2d(from, to, 3, { stride: 2, padding: 1, bias: false }), batchNorm(to), relu)

const encoder = uncut(
  arch({ name: 'three', network: sequential(named('a', unit(3, 4)), named('b', unit(4, 8)), named('c', unit(8, 16))) })
)

interface Buffers {
  readonly set: (id: object, value: { readonly values?: { readonly length: number } }) => void
  readonly delete: (id: object) => boolean
}

/** The most bytes that the engine's arrays have at once, each counted once. */
const mostBytes = (f: () => void): number => {
  const { data } = tf.backend() as unknown as { readonly data: Buffers }
  const sizes = new Map<object, number>()
  let [now, most] = [0, 0]
  const resize = (id: object, bytes: number): void => {
    now += bytes - (sizes.get(id) ?? 0)
    sizes.set(id, bytes)
    most = Math.max(most, now)
  }
  const [set, remove] = [data.set.bind(data), data.delete.bind(data)]
  const spies = [
    vi.spyOn(data, 'set').mockImplementation((id, value) => {
      resize(id, 4 * (value.values?.length ?? 0))
      set(id, value)
    }),
    vi.spyOn(data, 'delete').mockImplementation((id) => {
      resize(id, 0)
      return remove(id)
    })
  ]
  f()
  spies.forEach((spy) => spy.mockRestore())
  return most
}

/** The most that `tf.memory().numBytes` says, beyond what was there before. */
const mostCounted = (f: () => void): number => {
  const engine = tf.engine()
  const before = tf.memory().numBytes
  let most = 0
  const track = engine.trackTensor.bind(engine)
  const spy = vi.spyOn(engine, 'trackTensor').mockImplementation((...args) => {
    track(...args)
    most = Math.max(most, tf.memory().numBytes - before)
  })
  f()
  spy.mockRestore()
  return most
}

const stepOf = (p: Plan, batch: number, side: number) => (): void => {
  const start = { state: initialState(p, 1), optimiser: freshOptimiser }
  const program = right(compile(cpu)(p, start, plainly))
  const pixels = batch * side * side
  const images = { x: new Float32Array(pixels * 3), y: new Int32Array(pixels), n: batch }
  right(program.step(images, { ...told, lrs: Array<number>(p.groups).fill(0.1) }))
  program.dispose()
}

const off = (found: number, said: number): number => Math.abs(found - said) / said

describe(`the peak of a U-Net's step is within ${100 * predictedBytes} % of what its plan says`, () => {
  it.each([
    ['as it is', withHead(unet()), 4, 16],
    ['as it is', withHead(unet()), 2, 24],
    ['with batch norms', withHead(unet({ normType: 'batch' })), 4, 16],
    ['frozen, norms too', flow(withHead(unet()), freezeBody, batchNormUnderFreeze('inference')), 4, 16]
  ] as const)('%s, %#', (_, change, batch, side) => {
    const p = right(plan({ input: [3, side, side], task: segmentation(['a', 'b', 'c']) })(change(encoder)))
    const { peak, counted } = trainingBytes(batch)(p)
    const step = stepOf(p, batch, side)
    expect(
      off(
        cpu.use(() => mostBytes(step)),
        peak
      )
    ).toBeLessThan(predictedBytes)
    expect(
      off(
        cpu.use(() => mostCounted(step)),
        counted
      )
    ).toBeLessThan(predictedBytes)
  })
})
