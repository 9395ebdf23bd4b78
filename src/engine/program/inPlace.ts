/**
 * Parameters, gradients and optimiser state in the memory of a WebAssembly module, whose step changes them in place. It
 * reads and writes each number once; as a graph, every operator of a step would, and the results would need memory of
 * their own.
 */
import * as tf from '@tensorflow/tfjs-core'
import { PAGE, webAssemblyInstances, type WebAssemblyMemory } from '../../webAssembly.js'
import type { Optimiser } from '../../recipe/index.js'
import type { Engine } from '../Engine.js'
import { type Addresses, kernelOf, type ParameterHyper } from '../optimisers/index.js'
import { type Bucket, keyOf, lengthOf, shapeOf } from './buckets.js'

/** A trained bucket's arrays. */
export interface ResidentArrays {
  readonly parameter: Float32Array
  readonly slope: Float32Array
  readonly state: ReadonlyArray<Float32Array>
}

export interface InPlace {
  /** By the key of the bucket. */
  readonly arrays: ReadonlyMap<string, ResidentArrays>
  /** One step with the gradients in `slope`. */
  readonly step: (key: string, h: ParameterHyper) => void
}

interface Exports {
  readonly memory: WebAssemblyMemory
  readonly step: (...numbers: ReadonlyArray<number>) => void
}

/** Addresses have 32 bits. */
const MOST = 2 ** 32

/** Numbers of a cache line. */
const LINE = 16

const rounded = (count: number): number => Math.ceil(count / LINE) * LINE

const FLOAT = Float32Array.BYTES_PER_ELEMENT

const bytesOf = (buckets: ReadonlyArray<Bucket>, arrays: number): number =>
  buckets.reduce((sum, bucket) => sum + arrays * FLOAT * rounded(lengthOf(bucket)), PAGE)

const modules = new Map<string, () => Exports | undefined>()

/** A new instance of a module with a memory of so many bytes. */
const instanceOf = (module: string, bytes: number): Exports | undefined => {
  const make = modules.get(module) ?? webAssemblyInstances<Exports>(module)
  modules.set(module, make)
  const made = make()
  if (made !== undefined) made.memory.grow(Math.ceil((bytes - made.memory.buffer.byteLength) / PAGE))
  return made
}

/**
 * Zeros for the trained buckets. Undefined if the engine, the optimiser or the processor does not support it, or if the
 * arrays are too large for a memory.
 */
export const inPlaceFor = (
  engine: Engine,
  optimiser: Optimiser,
  buckets: ReadonlyArray<Bucket>
): InPlace | undefined => {
  if (!engine.sharesArrays || optimiser._tag === 'CustomOptimiser' || buckets.length === 0) return undefined
  const { inPlace, state: names } = kernelOf(optimiser)
  const bytes = bytesOf(buckets, 2 + names.length)
  const instance = inPlace && bytes <= MOST ? instanceOf(inPlace.module, bytes) : undefined
  if (inPlace === undefined || instance === undefined) return undefined
  let end = PAGE
  const placed = buckets.map((bucket) => {
    const [length, count] = [lengthOf(bucket), rounded(lengthOf(bucket))]
    const take = (): number => (end += count * FLOAT) - count * FLOAT
    const at: Addresses<string> = {
      p: take(),
      g: take(),
      state: Object.fromEntries(names.map((name) => [name, take()])),
      count
    }
    const array = (address: number) => new Float32Array(instance.memory.buffer, address, length)
    const arrays = {
      parameter: array(at.p),
      slope: array(at.g),
      state: names.map((name) => array(at.state[name]!))
    }
    return { key: keyOf(bucket), at, arrays }
  })
  const addresses = new Map(placed.map(({ key, at }) => [key, at]))
  return {
    arrays: new Map(placed.map(({ key, arrays }) => [key, arrays])),
    step: (key, h) => instance.step(...inPlace.arguments(addresses.get(key)!, optimiser, h))
  }
}

/** A bucket's tensor that shares an array, and changes with it. */
export const sharing = (bucket: Bucket, array: Float32Array): tf.Tensor => tf.keep(tf.tensor(array, shapeOf(bucket)))

/** Writes a tensor's values to an array, unless they share it. */
export const writeTo = (array: Float32Array, tensor: tf.Tensor): void => {
  const values = tensor.dataSync<'float32'>()
  if (values !== array) array.set(values)
}
