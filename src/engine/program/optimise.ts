/**
 * Optimisers as tfjs operations: the state of a parameter, and one step.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { PlanParameter } from '../../plan/index.js'
import type { Optimiser } from '../../recipe/index.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import { adamStep, rmspropStep, sgdStep } from '../fused.js'
import { customArrays, customInit, customStep } from './customOptimiser.js'
import type { StateDict } from './StateDict.js'

/**
 * Hyper-parameters of one parameter at one step.
 *
 * @since 0.1.0
 */
export interface ParameterHyper {
  readonly lr: number
  /** Momentum, or β1. */
  readonly mom: number
  /** Decoupled decay, 1 − lr·wd or 1. */
  readonly decay: number
  /** Decay inside the gradient, or 0. */
  readonly l2: number
  /** Steps since the optimiser was made, from 1. */
  readonly t: number
}

/**
 * The names of an optimiser's arrays per parameter, as torch calls them; `state.0`, `state.1`, ... for one's own.
 *
 * @example
 * import { adamW, sgd } from 'graft-vision'
 * import { stateNames } from 'graft-vision/node'
 *
 * assert.deepStrictEqual([sgd(), adamW()].map(stateNames), [['momentum_buffer'], ['exp_avg', 'exp_avg_sq']])
 *
 * @since 0.1.0
 */
export const stateNames = (o: Optimiser): ReadonlyArray<string> => {
  switch (o._tag) {
    case 'Adam':
      return ['exp_avg', 'exp_avg_sq']
    case 'Sgd':
      return ['momentum_buffer']
    case 'Rmsprop':
      return ['square_avg', 'momentum_buffer']
    case 'CustomOptimiser':
      return Array.from({ length: customArrays(o) }, (_, i) => `state.${i}`)
  }
}

/**
 * Whether weight decay is decoupled from the gradient: `trueWd`, and always for AdamW.
 *
 * @example
 * import { adam, adamW } from 'graft-vision'
 * import { isDecoupled } from 'graft-vision/node'
 *
 * assert.deepStrictEqual([isDecoupled(adam(), true), isDecoupled(adam(), false), isDecoupled(adamW(), false)], [true, false, true])
 *
 * @since 0.1.0
 */
export const isDecoupled = (o: Optimiser, trueWd: boolean): boolean => trueWd || (o._tag === 'Adam' && o.decoupled)

/**
 * The hyper-parameters as `optimiserStep` wants them, one small float32 tensor: in the order of `adamStep`, `sgdStep`
 * or `rmspropStep`, with Adam's bias corrections in place of `t`.
 *
 * @example
 * import { sgd } from 'graft-vision'
 * import { acquireEngine, hyperTensor } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const h = { lr: 0.5, mom: 0.75, decay: 1, l2: 0, t: 1 }
 * assert.deepStrictEqual(engine.right.use(() => [...hyperTensor(sgd(), h).dataSync()]), [0.5, 1, 0, 0.75])
 *
 * @since 0.1.0
 */
export const hyperTensor = (o: Optimiser, h: ParameterHyper): tf.Tensor1D => {
  switch (o._tag) {
    case 'Adam': {
      const beta2 = o.betas[1]
      return tf.tensor1d([h.lr, h.decay, h.l2, h.mom, beta2, o.eps, 1 - h.mom ** h.t, 1 - beta2 ** h.t])
    }
    case 'Sgd':
      return tf.tensor1d([h.lr, h.decay, h.l2, h.mom])
    case 'Rmsprop':
      return tf.tensor1d([h.lr, h.decay, h.l2, o.alpha, o.eps, h.mom])
    case 'CustomOptimiser':
      return tf.tensor1d([h.lr])
  }
}

const ofSize = (path: string, array: Float32Array, size: number): E.Either<EngineError, Float32Array> =>
  array.length === size
    ? E.right(array)
    : E.left(
        engineFailure(path, `${size} values`, String(array.length), "give an optimiser's state made for this plan")
      )

/** The arrays that training starts from, parameter by parameter: those given, else as the optimiser begins; null is zeros. */
export const startingArrays = (
  o: Optimiser,
  parameters: ReadonlyArray<PlanParameter>,
  given: StateDict
): E.Either<EngineError, ReadonlyArray<ReadonlyArray<Float32Array | null>>> => {
  const names = stateNames(o)
  const beginning = (size: number): E.Either<EngineError, ReadonlyArray<Float32Array | null>> =>
    o._tag === 'CustomOptimiser' ? customInit(o, size) : E.right(names.map(() => null))
  return E.traverseArray(({ path, shape }: PlanParameter) =>
    pipe(
      beginning(sizeOf(shape)),
      E.chain((fresh) =>
        E.sequenceArray(
          names.map((name, i) => {
            const array = given.get(`${path}.${name}`) ?? fresh[i]!
            return array === null ? E.right(null) : ofSize(`${path}.${name}`, array, sizeOf(shape))
          })
        )
      )
    )
  )(parameters)
}

/**
 * One step of an optimiser on one parameter, its gradient and its arrays in the order of `stateNames`, all of one
 * shape. Gives the new parameter, then the new arrays; nothing is changed in place. An `EngineFailure` names an
 * optimiser of one's own that throws or gives arrays of other sizes.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { sgd } from 'graft-vision'
 * import { acquireEngine, hyperTensor, optimiserStep } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const h = { lr: 0.25, mom: 0, decay: 1, l2: 0, t: 1 }
 * const next = engine.right.use(() => {
 *   const [p, g, buffer] = [tf.tensor1d([1]), tf.tensor1d([2]), tf.tensor1d([0])]
 *   const all = optimiserStep(sgd(), p, g, [buffer], h, hyperTensor(sgd(), h))
 *   return pipe(all, E.map((tensors) => tensors.map((t) => t.dataSync()[0])))
 * })
 * assert.deepStrictEqual(next, E.right([0.5, 2]))
 *
 * @since 0.1.0
 */
export const optimiserStep = (
  o: Optimiser,
  p: tf.Tensor,
  g: tf.Tensor,
  state: ReadonlyArray<tf.Tensor>,
  h: ParameterHyper,
  hyper: tf.Tensor1D
): E.Either<EngineError, ReadonlyArray<tf.Tensor>> => {
  const decay = { l2: h.l2 !== 0 }
  switch (o._tag) {
    case 'Adam': {
      const next = adamStep({ p, g, m: state[0]!, v: state[1]!, h: hyper }, decay)
      return E.right([next.p, next.m, next.v])
    }
    case 'Sgd': {
      const next = sgdStep({ p, g, buf: state[0]!, h: hyper }, { nesterov: o.nesterov, ...decay })
      return E.right([next.p, next.buf])
    }
    case 'Rmsprop': {
      const next = rmspropStep({ p, g, v: state[0]!, buf: state[1]!, h: hyper }, decay)
      return E.right([next.p, next.v, next.buf])
    }
    case 'CustomOptimiser':
      return customStep(o, p, g, state, h)
  }
}
