/**
 * `OptimiserStep`: an optimiser's update of one parameter over tensors. Each is a kernel, in tfjs's operations on every
 * backend and, where it has a graph of its own, in ONNX operators on `onnxruntime`. What an optimiser is called and may
 * be told is its record in `src/recipe/optimisers`.
 */
import type * as tf from '@tensorflow/tfjs-core'
import type { NamedOptimiser, optimiserRecords } from '../../recipe/index.js'
import type { Graph, Ref } from '../onnxruntime/graph/Graph.js'

/**
 * Hyper-parameters of one parameter at one step.
 *
 * @since 0.1.0
 */
export interface ParameterHyper {
  readonly lr: number
  /** Momentum, or β1. */
  readonly mom: number
  /** What the parameter is multiplied by before the step: 1 − lr·wd where weight decay is decoupled, else 1. */
  readonly decay: number
  /** Weight decay that the step applies itself, in the gradient or in its update; 0: none. */
  readonly wd: number
  /** Steps since the optimiser was made, from 1. */
  readonly t: number
}

export type OptimiserTag = NamedOptimiser['_tag']

export type OfTag<T extends OptimiserTag> = Extract<NamedOptimiser, { readonly _tag: T }>

/** The names of an optimiser's state. */
export type StateOf<T extends OptimiserTag> = (typeof optimiserRecords)[T]['state'][number]

/** What a step reads, as tensors of tfjs or as references into a graph. */
export interface StepInputs<T, S extends string, H extends string> {
  /** The parameter, decayed where decay is decoupled. */
  readonly p: T
  /** The gradient; weight decay is in it unless the optimiser's mode is `update`. */
  readonly g: T
  readonly state: Readonly<Record<S, T>>
  /** A hyper-parameter by name, as a scalar. */
  readonly h: (name: Always | H) => T
}

/** Hyper-parameters that every step is given. */
export const always = ['lr', 'decay', 'wd'] as const

export type Always = (typeof always)[number]

/** What changes the operations of a step, and so is an attribute of its kernel. */
export type StepAttributes<A> = A & {
  /** Whether `wd` is above 0: the work is saved where it is not. */
  readonly decays: boolean
}

/** The new parameter, then the new state in its order. */
type Stepped<T> = ReadonlyArray<T>

/** The step of an optimiser (or of several) with hyper-parameters `H` and attributes `A` of its own. */
export interface OptimiserStep<T extends OptimiserTag, H extends string, A = object> {
  readonly kernelName: `Graft${string}Step`
  /** Further hyper-parameters, by the name under which the step reads them. They may change at every step. */
  readonly hyper: { readonly [K in H]: (o: OfTag<T>, h: ParameterHyper) => number }
  readonly attributes: (o: OfTag<T>) => A
  readonly composed: (inputs: StepInputs<tf.Tensor, StateOf<T>, H>, attributes: StepAttributes<A>) => Stepped<tf.Tensor>
  /** In ONNX operators; absent: the composed operations are recorded one by one. */
  readonly fused?: (g: Graph, inputs: StepInputs<Ref, StateOf<T>, H>, attributes: StepAttributes<A>) => Stepped<Ref>
}
