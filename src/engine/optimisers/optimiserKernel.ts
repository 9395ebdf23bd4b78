/**
 * An optimiser's step as a kernel. Its hyperparameters are one small tensor, an input of the captured step, so that a
 * new learning rate needs no new graph. Their positions in it are defined here.
 */
import * as tf from '@tensorflow/tfjs-core'
import { optimiserRecords, type WeightDecayMode } from '../../recipe/index.js'
import type { Attributes, Composed, Named } from '../fusedKernel.js'
import { arithmetic } from '../onnxruntime/graph/arithmetic.js'
import { type Graph, int, type Ref } from '../onnxruntime/graph/Graph.js'
import {
  always,
  type Addresses,
  type Always,
  type OfTag,
  type OptimiserStep,
  type OptimiserTag,
  type ParameterHyper,
  type StateOf,
  type StepAttributes
} from './OptimiserStep.js'

/** Inputs `p`, `g`, `h` and the state by name; outputs the parameter and the state. */
export interface OptimiserKernel<O> {
  readonly kernelName: string
  readonly state: ReadonlyArray<string>
  /** The tensor `h`. */
  readonly hyperTensor: (o: O, h: ParameterHyper) => tf.Tensor1D
  readonly attributes: (o: O, h: ParameterHyper) => Attributes
  readonly composed: Composed
  readonly fused?: (g: Graph, inputs: Readonly<Record<string, Ref>>, attributes: Attributes) => ReadonlyArray<Ref>
  readonly inPlace?: {
    readonly module: string
    /** The arguments of the module's `step`. */
    readonly arguments: (at: Addresses<string>, o: O, h: ParameterHyper) => ReadonlyArray<number>
  }
}

/** The products for decoupled decay and for L2 decay in the gradient. */
interface Products<T> {
  readonly mul: (a: T, b: T) => T
  readonly add: (a: T, b: T) => T
}

const decayed = <T>(
  { mul, add }: Products<T>,
  mode: WeightDecayMode,
  { p, g }: Readonly<Record<'p' | 'g', T>>,
  h: (name: Always) => T,
  decays: boolean
): Readonly<Record<'p' | 'g', T>> => {
  if (mode === 'update') return { p, g }
  const p1 = mul(p, h('decay'))
  return { p: p1, g: decays ? add(g, mul(p1, h('wd'))) : g }
}

const stateIn = <T, S extends string>(names: ReadonlyArray<S>, inputs: Readonly<Record<string, T>>): Record<S, T> =>
  Object.fromEntries(names.map((name) => [name, inputs[name]!])) as Record<S, T>

export const optimiserKernel = <T extends OptimiserTag, H extends string, A>(
  tag: T,
  step: OptimiserStep<NoInfer<T>, H, A>
): OptimiserKernel<OfTag<T>> => {
  const { weightDecay: mode } = optimiserRecords[tag]
  const state: ReadonlyArray<StateOf<T>> = optimiserRecords[tag].state
  const own = Object.keys(step.hyper) as Array<H>
  const layout: ReadonlyArray<Always | H> = [...always, ...own]
  const values = Object.values<(o: OfTag<T>, h: ParameterHyper) => number>(step.hyper)
  const { fused, inPlace } = step
  const numbersOf = (o: OfTag<T>, h: ParameterHyper) => [
    ...always.map((name) => h[name]),
    ...values.map((of) => of(o, h))
  ]

  const composed = (inputs: Named<'p' | 'g' | 'h'>, attributes: StepAttributes<A>): ReadonlyArray<tf.Tensor> => {
    const h = (name: Always | H): tf.Scalar => tf.reshape(tf.slice(inputs.h, [layout.indexOf(name)], [1]), [])
    const { p, g } = decayed<tf.Tensor>(tf, mode, inputs, h, attributes.decays)
    return step.composed({ p, g, state: stateIn(state, inputs), h }, attributes)
  }

  const graphed =
    (emit: NonNullable<typeof fused>) =>
    (g: Graph, inputs: Readonly<Record<'p' | 'g' | 'h', Ref>>, attributes: StepAttributes<A>): ReadonlyArray<Ref> => {
      const h = (name: Always | H): Ref => {
        const position = layout.indexOf(name)
        const index = g.table(`position ${position}`, [], () => Int32Array.of(position))
        return g.op('Gather', [inputs.h, index], [], { attributes: { axis: int(0) } })
      }
      const { p, g: gradient } = decayed(arithmetic(g), mode, inputs, h, attributes.decays)
      return emit(g, { p, g: gradient, state: stateIn(state, inputs), h }, attributes)
    }

  return {
    kernelName: step.kernelName,
    state,
    hyperTensor: (o, h) => tf.tensor1d(numbersOf(o, h)),
    attributes: (o, h) => ({ ...step.attributes(o), decays: h.wd !== 0 }),
    // a kernel receives the inputs and attributes of its name
    composed: composed as Composed,
    ...(fused === undefined ? {} : { fused: graphed(fused) as NonNullable<OptimiserKernel<OfTag<T>>['fused']> }),
    ...(inPlace === undefined
      ? {}
      : {
          inPlace: {
            module: inPlace.module,
            arguments: (at, o, hyper) => {
              const numbers = Float32Array.from(numbersOf(o, hyper))
              const h = (name: Always | H): number => numbers[layout.indexOf(name)]!
              return inPlace.arguments({ ...at, state: stateIn(state, at.state) }, h)
            }
          }
        })
  }
}
