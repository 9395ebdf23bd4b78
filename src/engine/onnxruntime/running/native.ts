import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Elements } from './buffers.js'
import { type Library, loadLibrary, type Unloadable } from './library.js'

/** A tensor of onnxruntime-node. */
export interface OrtTensor {
  readonly data: Elements
}

/** Tensors by the names of a graph's inputs or outputs. */
export type OrtTensors = Readonly<Record<string, OrtTensor>>

/** A compiled graph. */
export interface OrtSession {
  readonly loadModel: (buffer: ArrayBufferLike, offset: number, length: number, options: object) => void
  readonly run: (feeds: OrtTensors, fetches: Readonly<Record<string, OrtTensor | null>>, options: object) => OrtTensors
  readonly dispose: () => void
}

/** The package's own synchronous binding, needed because tfjs's `dataSync` cannot wait for a promise. */
export interface Native {
  readonly version: string
  readonly tensor: (dtype: string, data: Elements | BigInt64Array, shape: ReadonlyArray<number>) => OrtTensor
  /** `given`: the model is in standard operators and needs ONNX Runtime's optimisation; ours are optimised already. */
  readonly session: (model: Uint8Array, threads: number, given?: boolean) => OrtSession
}

/** The package's own tensor class, which its binding reads and makes. */
export type TensorOf = new (dtype: string, data: Elements | BigInt64Array, shape: ReadonlyArray<number>) => OrtTensor

const sessionOptions = (threads: number, given: boolean) => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // optimising one of our graphs costs seconds and gains nothing
  graphOptimizationLevel: given ? 'all' : 'disabled',
  enableCpuMemArena: true,
  // memory patterns allocate a step's memory as one block beside that of the first run, a third more in total
  enableMemPattern: given,
  // fatal only: a failure is an exception already and need not be printed too
  logSeverityLevel: 4
})

const nativeOf = ({ version, Tensor, InferenceSession }: Library): Native => ({
  version,
  tensor: (dtype, data, shape) => new Tensor(dtype, data, shape),
  session: (model, threads, given = false) => {
    const session = new InferenceSession()
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions(threads, given))
    return session
  }
})

let loaded: Native | undefined

/** The native library, loaded once per thread. `home`: the cache's folder; default: the environment's. */
export const loadNative = (home?: string): E.Either<Unloadable, Native> => {
  if (loaded !== undefined) return E.right(loaded)
  return pipe(
    loadLibrary(home),
    E.map((library) => {
      loaded = nativeOf(library)
      return loaded
    })
  )
}
