import type { Tensor } from '@tensorflow/tfjs-core'
import type { IO } from 'fp-ts/lib/IO.js'
import type { OnnxModel } from '../format/bytes/onnx.js'
import type { EngineCosts } from './ConvCosts.js'
import type { EngineError } from './EngineError.js'

/**
 * The engines of graft: our own backend over ONNX Runtime (the default), TensorFlow.js's reference backend in
 * JavaScript, and TensorFlow's native library if `@tensorflow/tfjs-node` or `@tensorflow/tfjs-node-gpu` is installed.
 *
 * @category environment
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
 * @category environment
 * @since 0.1.0
 */
export const engineNames: ReadonlyArray<EngineName> = ['onnxruntime', 'cpu', 'tensorflow', 'tensorflow-gpu']

/**
 * Counters of an engine. Only the onnxruntime engine compiles graphs; for the others all are zero. Times are in
 * milliseconds; `fallbacks` counts, by kernel, the calls computed by the cpu kernels.
 *
 * @category engines
 * @since 0.1.0
 */
export interface EngineStats {
  readonly compiles: number
  /** Cache hits: computations whose compiled graph was in the cache. */
  readonly hits: number
  /** Runs of compiled graphs. */
  readonly runs: number
  /** Compiled graphs evicted from the cache. */
  readonly evictions: number
  /** Compiled graphs in the cache. */
  readonly sessions: number
  readonly compileMs: number
  readonly runMs: number
  /** Number of recorded kernel calls. */
  readonly recorded: number
  /** Calls that the cpu kernels computed, by kernel. */
  readonly fallbacks: Readonly<Record<string, number>>
  /** Time spent on tracing. */
  readonly traceMs: number
}

/**
 * A captured computation: takes tensors of the same types and shapes, and returns new tensors. Throws where tfjs would.
 * `into` has, for some of the results, an array that it is written to; the tensor then shares this array.
 *
 * @category engines
 * @since 0.1.0
 */
export type Replay = (
  inputs: ReadonlyArray<Tensor>,
  into?: ReadonlyArray<Float32Array | undefined>
) => ReadonlyArray<Tensor>

/**
 * A computation to capture: the tensors that differ between runs, and its results.
 *
 * @category engines
 * @since 0.1.0
 */
export interface Recorded {
  readonly inputs: ReadonlyArray<Tensor>
  readonly outputs: ReadonlyArray<Tensor>
}

/**
 * An ONNX model in an engine: one input and one output, both as plain arrays. Throws when the engine fails.
 *
 * @category engines
 * @since 0.1.0
 */
export interface LoadedModel {
  readonly run: (x: Float32Array, shape: ReadonlyArray<number>) => Float32Array
  readonly dispose: IO<void>
}

/**
 * How the native library returns results: `written` into arrays that graft provides, or `copied`.
 *
 * @category engines
 * @since 0.1.0
 */
export type EngineFetching = 'written' | 'copied'

/**
 * An engine that is ready to compute.
 *
 * @category engines
 * @since 0.1.0
 */
export interface Engine {
  readonly name: EngineName
  /** The name of its backend in TensorFlow.js. */
  readonly backend: string
  /** Number of threads; null if the library chooses it and does not report it, as TensorFlow's does. */
  readonly threads: number | null
  /** Versions of the packages it uses. */
  readonly versions: Readonly<Record<string, string>>
  /** How onnxruntime returns results, determined when it starts; null for other engines. */
  readonly fetching: EngineFetching | null
  /**
   * Whether a tensor shares the `Float32Array` that it is made from, so that changing the array changes the tensor, and
   * replays write to given arrays.
   */
  readonly sharesArrays: boolean
  /** The costs by which onnxruntime chooses convolution algorithms; null for other engines. */
  readonly costs: EngineCosts | null
  /**
   * Engines that `auto` preferred, with the reason why each is unavailable, in order of preference. Empty for an engine
   * asked for by name.
   */
  readonly passedOver: ReadonlyArray<EngineError>
  readonly stats: IO<EngineStats>
  /** Runs `f` with this engine as TensorFlow.js's current backend; it remains current until another one is used. */
  readonly use: <A>(f: () => A) => A
  /**
   * Starts capturing a computation, so that it can be repeated without calling its kernels. Call the result with the
   * computation's tensors, before any of them is read, to get the replay. Everything it used besides the inputs is
   * constant, and what depends only on constants is computed once. Undefined on an engine that computes immediately, or
   * if anything was read during capture.
   */
  readonly capture: () => (recorded: Recorded) => Replay | undefined
  /** Loads an ONNX model with one input and one output. Undefined: the engine cannot run ONNX models. */
  readonly load: ((model: OnnxModel) => LoadedModel) | undefined
  /** Registers something to release in `dispose`; the result unregisters it. */
  readonly onDispose: (release: IO<void>) => IO<void>
  /** Releases compiled graphs and their memory. Tensors are kept, and the engine can still be used. */
  readonly dispose: IO<void>
}
