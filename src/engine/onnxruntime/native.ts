import { createRequire } from 'node:module'
import * as E from 'fp-ts/lib/Either.js'
import { engineUnavailable, type EngineError } from '../EngineError.js'
import type { Elements } from './buffers.js'

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

/** What the package's own synchronous binding offers: tfjs's `dataSync` cannot wait for a promise. */
export interface Native {
  readonly version: string
  readonly tensor: (dtype: string, data: Elements | BigInt64Array, shape: ReadonlyArray<number>) => OrtTensor
  /** `given`: the model is as people write them, for ONNX Runtime to make quick. Ours are written as they should run. */
  readonly session: (model: Uint8Array, threads: number, given?: boolean) => OrtSession
}

const PACKAGE = 'onnxruntime-node'

interface BindingModule {
  readonly initOrt: () => void
  readonly binding: { readonly InferenceSession: new () => OrtSession }
}

interface PackageModule {
  readonly Tensor: new (dtype: string, data: Elements | BigInt64Array, shape: ReadonlyArray<number>) => OrtTensor
}

const sessionOptions = (threads: number, given: boolean) => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // optimising a graph that is written as it should run costs seconds and gains nothing
  graphOptimizationLevel: given ? 'all' : 'disabled',
  enableCpuMemArena: true,
  // a step's whole memory as one block, beside the pieces of the first run, is a third more than the pieces
  enableMemPattern: given,
  // fatal only: a failure is an exception already, and is not to be printed beside it
  logSeverityLevel: 4
})

const isBinding = (module: Partial<BindingModule>): module is BindingModule =>
  typeof module.initOrt === 'function' && typeof module.binding?.InferenceSession === 'function'

const REINSTALL = `install a version of ${PACKAGE} that graft was tested with: npm install ${PACKAGE}@1.30`

/** Loads onnxruntime-node and probes its synchronous binding. */
export const loadNative = (): E.Either<EngineError, Native> => {
  const require = createRequire(import.meta.url)
  return E.tryCatch(
    () => {
      const { Tensor } = require(PACKAGE) as PackageModule
      const module = require(`${PACKAGE}/dist/binding.js`) as Partial<BindingModule>
      const { version } = require(`${PACKAGE}/package.json`) as { readonly version: string }
      if (!isBinding(module)) throw new Error(`${PACKAGE} ${version} has no synchronous binding`)
      module.initOrt()
      return {
        version,
        tensor: (dtype, data, shape) => new Tensor(dtype, data, shape),
        session: (model, threads, given = false) => {
          const session = new module.binding.InferenceSession()
          session.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions(threads, given))
          return session
        }
      } satisfies Native
    },
    (cause) => engineUnavailable('onnxruntime', `${PACKAGE} with its synchronous binding`, String(cause), REINSTALL)
  )
}
