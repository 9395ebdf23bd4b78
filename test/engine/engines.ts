import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { acquireEngine, type Engine, type EngineName } from '../../src/engine/index.js'
import { tolerance, type Tolerance } from './tolerance.js'

export const engineOf = async (name: EngineName): Promise<Engine> => {
  const engine = await acquireEngine(name)()
  if (E.isLeft(engine)) throw new Error(`${engine.left.found}: ${engine.left.hint}`)
  return engine.right
}

export const ort = await engineOf('onnxruntime')
export const cpu = await engineOf('cpu')

/** A tensor on the host: what travels from one engine to another. */
export interface Host {
  readonly shape: ReadonlyArray<number>
  readonly dtype: string
  readonly data: ReadonlyArray<number>
}

export const hostOf = (t: tf.Tensor): Host => ({
  shape: t.shape,
  dtype: t.dtype,
  data: [...t.dataSync<'float32' | 'int32' | 'bool'>()]
})

export type Program = () => tf.Tensor | ReadonlyArray<tf.Tensor>

/** What a program gives on an engine, read after everything else is disposed. */
export const resultsOn = (engine: Engine, program: Program): ReadonlyArray<Host> =>
  engine.use(() => {
    const kept = tf.tidy<Array<tf.Tensor>>(() => [program()].flat())
    const results = kept.map(hostOf)
    tf.dispose(kept)
    return results
  })

const worst = (a: Host, b: Host, by: Tolerance): number =>
  a.data.reduce((most, x, i) => {
    const y = b.data[i]!
    if (Object.is(x, y) || x === y) return most
    const { absolute, relative } = tolerance[by]
    const excess = Math.abs(x - y) / (absolute + relative * Math.abs(y) || Number.MIN_VALUE)
    return Math.max(most, Number.isNaN(excess) ? Infinity : excess)
  }, 0)

export const expectClose = (a: ReadonlyArray<Host>, b: ReadonlyArray<Host>, by: Tolerance): void => {
  expect(a.map((x) => [x.dtype, x.shape])).toEqual(b.map((x) => [x.dtype, x.shape]))
  a.forEach((x, i) => expect(worst(x, b[i]!, by), `result ${i}, in units of the tolerance`).toBeLessThanOrEqual(1))
}

/** The same of arrays that are no tensors. */
export const expectNear = (a: ArrayLike<number>, b: ArrayLike<number>, by: Tolerance): void => {
  const host = (x: ArrayLike<number>): Host => ({ shape: [x.length], dtype: 'float32', data: Array.from(x) })
  expectClose([host(a)], [host(b)], by)
}

/** The program gives the same on the onnxruntime engine as on the reference. */
export const expectAgreement = (program: Program, by: Tolerance = 'operation'): void =>
  expectClose(resultsOn(ort, program), resultsOn(cpu, program), by)

/** And no kernel of it was computed by the cpu kernels. */
export const expectMapped = (program: Program, by: Tolerance = 'operation'): void => {
  const before = ort.stats().fallbacks
  expectAgreement(program, by)
  expect(ort.stats().fallbacks).toEqual(before)
}

export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((a, b) => a * b, 1)

/** Numbers from a small generator of its own (Numerical Recipes' constants), the same on every engine. */
export const numbers = (seed: number, count: number): Float32Array => {
  let state = seed >>> 0
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

export const tensorOf = (seed: number, shape: ReadonlyArray<number>, scale = 1, offset = 0): tf.Tensor =>
  tf.tensor(
    numbers(seed, sizeOf(shape)).map((x) => x * scale + offset),
    [...shape]
  )

export const intsOf = (seed: number, shape: ReadonlyArray<number>, below: number): tf.Tensor =>
  tf.tensor(
    Int32Array.from(numbers(seed, sizeOf(shape)), (x) => Math.floor(((x + 1) / 2) * below)),
    [...shape],
    'int32'
  )

export const boolsOf = (seed: number, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.tensor(
    Uint8Array.from(numbers(seed, sizeOf(shape)), (x) => (x > 0 ? 1 : 0)),
    [...shape],
    'bool'
  )
