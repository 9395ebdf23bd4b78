/**
 * `OptimiserStep`: an optimiser's update of one parameter over tensors. Each is a kernel, in tfjs operations on every
 * backend and, if it has a graph of its own, in ONNX operators on `onnxruntime`. Names and options are in its record in
 * `src/recipe/optimisers`.
 */
import type * as tf from '@tensorflow/tfjs-core'
import type { NamedOptimiser, optimiserRecords } from '../../recipe/index.js'
import type { Graph, Ref } from '../onnxruntime/graph/Graph.js'

/**
 * Hyperparameters of one parameter at one step.
 *
 * @category programs
 * @since 0.1.0
 */
export interface ParameterHyper {
  readonly lr: number
  /** Momentum, or β1. */
  readonly mom: number
  /** The factor of the parameter before the step: 1 − lr·wd for decoupled weight decay, otherwise 1. */
  readonly decay: number
  /** Weight decay that the step applies itself, to the gradient or in its update; 0: none. */
  readonly wd: number
  /** Steps since the optimiser was created, from 1. */
  readonly t: number
}

export type OptimiserTag = NamedOptimiser['_tag']

export type OfTag<T extends OptimiserTag> = Extract<NamedOptimiser, { readonly _tag: T }>

/** The names of an optimiser's state. */
export type StateOf<T extends OptimiserTag> = (typeof optimiserRecords)[T]['state'][number]

/** The inputs of a step, as tfjs tensors or as references into a graph. */
export interface StepInputs<T, S extends string, H extends string> {
  /** The parameter, already decayed if decay is decoupled. */
  readonly p: T
  /** The gradient, including weight decay unless the optimiser's mode is `update`. */
  readonly g: T
  readonly state: Readonly<Record<S, T>>
  /** A hyperparameter by name, as a scalar. */
  readonly h: (name: Always | H) => T
}

/** Hyperparameters that every step receives. */
export const always = ['lr', 'decay', 'wd'] as const

export type Always = (typeof always)[number]

/** Settings that change the operations of a step, and so are attributes of its kernel. */
export type StepAttributes<A> = A & {
  /** Whether `wd` is above 0; otherwise its operations are omitted. */
  readonly decays: boolean
}

/** The addresses of a parameter, its gradient and its state in the memory of a WebAssembly module. */
export interface Addresses<S extends string> {
  readonly p: number
  readonly g: number
  readonly state: Readonly<Record<S, number>>
  /** How many numbers each has, a multiple of 8; those that are not needed are 0. */
  readonly count: number
}

/** A step in WebAssembly, which changes the parameter and its state in place. */
export interface InPlaceStep<S extends string, H extends string> {
  /** Exports `memory`, whose first page is its own, and `step`. */
  readonly module: string
  /** The arguments of `step`. Hyperparameters are rounded to float32. */
  readonly arguments: (at: Addresses<S>, h: (name: Always | H) => number) => ReadonlyArray<number>
}

/** The new parameter, then the new state in its order. */
type Stepped<T> = ReadonlyArray<T>

/** The step of one or several optimisers, with its own hyperparameters `H` and attributes `A`. */
export interface OptimiserStep<T extends OptimiserTag, H extends string, A = object> {
  readonly kernelName: `Graft${string}Step`
  /** Additional hyperparameters, by the name under which the step reads them. They may change at every step. */
  readonly hyper: { readonly [K in H]: (o: OfTag<T>, h: ParameterHyper) => number }
  readonly attributes: (o: OfTag<T>) => A
  readonly composed: (inputs: StepInputs<tf.Tensor, StateOf<T>, H>, attributes: StepAttributes<A>) => Stepped<tf.Tensor>
  /** In ONNX operators; absent: the composed operations are recorded one by one. */
  readonly fused?: (g: Graph, inputs: StepInputs<Ref, StateOf<T>, H>, attributes: StepAttributes<A>) => Stepped<Ref>
  /** With the bits of the step in ONNX operators; absent: there is none. */
  readonly inPlace?: InPlaceStep<StateOf<T>, H>
}
