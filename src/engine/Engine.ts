import type { Tensor } from '@tensorflow/tfjs-core'
import type { IO } from 'fp-ts/lib/IO.js'
import type { OnnxModel } from '../format/bytes/onnx.js'
import type { EngineCosts } from './ConvCosts.js'
import type { EngineError } from './EngineError.js'

/**
 * The engines graft can compute with: our own backend over ONNX Runtime (the default), the reference written in
 * JavaScript, and TensorFlow's library where `@tensorflow/tfjs-node` or `@tensorflow/tfjs-node-gpu` is installed.
 *
 * @category model
 * @since 0.1.0
 */
export type EngineName = 'onnxruntime' | 'cpu' | 'tensorflow' | 'tensorflow-gpu'

/**
 * Every engine, in the order in which they are listed.
 *
 * @example
 * import { engineNames } from 'graft-vision/node'
 *
 * assert.deepStrictEqual(engineNames, ['onnxruntime', 'cpu', 'tensorflow', 'tensorflow-gpu'])
 *
 * @category model
 * @since 0.1.0
 */
export const engineNames: ReadonlyArray<EngineName> = ['onnxruntime', 'cpu', 'tensorflow', 'tensorflow-gpu']

/**
 * What an engine counts. Only the onnxruntime engine compiles graphs; for the others everything is zero. Times are in
 * milliseconds, `fallbacks` counts by kernel the calls that the cpu kernels computed.
 *
 * @category model
 * @since 0.1.0
 */
export interface EngineStats {
  readonly compiles: number
  /** Computations whose compiled graph was still there. */
  readonly hits: number
  /** Times that a compiled graph has run. */
  readonly runs: number
  /** Compiled graphs given up to make room for others. */
  readonly evictions: number
  /** Compiled graphs alive now. */
  readonly sessions: number
  readonly compileMs: number
  readonly runMs: number
  /** Kernels recorded. */
  readonly recorded: number
  /** Calls that the cpu kernels computed, by kernel. */
  readonly fallbacks: Readonly<Record<string, number>>
  /** Time spent on finding out what to compute. */
  readonly traceMs: number
}

/**
 * A computation kept: other tensors of the same types and shapes in, new tensors out. It throws where tfjs would.
 *
 * @category model
 * @since 0.1.0
 */
export type Replay = (inputs: ReadonlyArray<Tensor>) => ReadonlyArray<Tensor>

/**
 * What a computation is to be kept by: the tensors that will be others in the next run, and its results.
 *
 * @category model
 * @since 0.1.0
 */
export interface Recorded {
  readonly inputs: ReadonlyArray<Tensor>
  readonly outputs: ReadonlyArray<Tensor>
}

/**
 * An ONNX model in an engine: one tensor in, one out, both as plain numbers. It throws where the engine fails.
 *
 * @category model
 * @since 0.1.0
 */
export interface LoadedModel {
  readonly run: (x: Float32Array, shape: ReadonlyArray<number>) => Float32Array
  readonly dispose: IO<void>
}

/**
 * How numbers come back from the library that computes: `written` into arrays of ours, or `copied` once more on the way.
 *
 * @category model
 * @since 0.1.0
 */
export type EngineFetching = 'written' | 'copied'

/**
 * An engine ready to compute.
 *
 * @category model
 * @since 0.1.0
 */
export interface Engine {
  readonly name: EngineName
  /** The name under which TensorFlow.js knows its backend. */
  readonly backend: string
  /** Null where the library chooses and does not tell: TensorFlow's. */
  readonly threads: number | null
  /** Package by package, what computes. */
  readonly versions: Readonly<Record<string, string>>
  /** Of onnxruntime, found out when it starts; null where the engine's package does not leave it open. */
  readonly fetching: EngineFetching | null
  /** Of onnxruntime, by what it chooses the forms of convolutions; null of others. */
  readonly costs: EngineCosts | null
  /** What `auto` would rather have taken, and why it could not, the most wanted first. Empty when asked for by name. */
  readonly passedOver: ReadonlyArray<EngineError>
  readonly stats: IO<EngineStats>
  /** Runs `f` with this engine as TensorFlow.js's current backend, which it stays until another is made current. */
  readonly use: <A>(f: () => A) => A
  /**
   * Begins to keep a computation, so that it can run again without its kernels being called. Called with what it made,
   * none of it read yet, the answer is the replay. All that it used beside the inputs counts as constant, and what
   * depends on constants alone is computed once. Undefined on an engine that computes at once, or when anything was
   * read on the way.
   */
  readonly capture: () => (recorded: Recorded) => Replay | undefined
  /** Loads an ONNX model of one input and one output, to be run as often as wanted. Undefined: the engine runs none. */
  readonly load: ((model: OnnxModel) => LoadedModel) | undefined
  /** Registers what `dispose` is to release besides; the answer takes it off again. */
  readonly onDispose: (release: IO<void>) => IO<void>
  /** Gives compiled graphs and their memory back. Tensors stay, and the engine can be used again. */
  readonly dispose: IO<void>
}
