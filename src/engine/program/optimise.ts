/** Optimisers as tfjs operations: the state of a parameter, and one step. */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { PlanParameter } from '../../plan/index.js'
import { type Optimiser, optimiserRecords } from '../../recipe/index.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import { fusedKernels } from '../fusedKernel.js'
import { kernelOf, optimiserKernels, type ParameterHyper } from '../optimisers/index.js'
import { customArrays, customInit, customStep } from './customOptimiser.js'
import type { StateDict } from './StateDict.js'

/**
 * The names of an optimiser's arrays per parameter, as in torch; `state.0`, `state.1`, ... for a user-defined one.
 *
 * @example
 * import { adamW, sgd } from 'graft-vision'
 * import { Engine } from 'graft-vision/node'
 *
 * assert.deepStrictEqual([sgd(), adamW()].map(Engine.stateNames), [['momentum_buffer'], ['exp_avg', 'exp_avg_sq']])
 *
 * @category state
 * @since 0.1.0
 */
export const stateNames = (o: Optimiser): ReadonlyArray<string> =>
  o._tag === 'CustomOptimiser'
    ? Array.from({ length: customArrays(o) }, (_, i) => `state.${i}`)
    : optimiserRecords[o._tag].state

/** The hyperparameters of a step as one small tensor, shared by parameters with the same values. */
export const hyperTensor = (o: Optimiser, h: ParameterHyper): tf.Tensor1D =>
  o._tag === 'CustomOptimiser' ? tf.tensor1d([h.lr]) : kernelOf(o).hyperTensor(o, h)

const ofSize = (path: string, array: Float32Array, size: number): E.Either<EngineError, Float32Array> =>
  array.length === size
    ? E.right(array)
    : E.left(
        engineFailure(path, `${size} values`, String(array.length), "pass an optimiser's state made for this plan")
      )

/**
 * The arrays that training starts from, for each parameter: the given ones, otherwise the optimiser's initial ones;
 * null is zeros.
 */
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

const runKernel = fusedKernels(
  Object.fromEntries(optimiserKernels.map(({ kernelName, composed }) => [kernelName, composed]))
)

/** `optimiserStep` with the tensor that `hyperTensor` made from `h`. */
export const stepWith = (
  o: Optimiser,
  p: tf.Tensor,
  g: tf.Tensor,
  state: ReadonlyArray<tf.Tensor>,
  h: ParameterHyper,
  hyper: tf.Tensor1D
): E.Either<EngineError, ReadonlyArray<tf.Tensor>> => {
  if (o._tag === 'CustomOptimiser') return customStep(o, p, g, state, h)
  const { kernelName, state: names, attributes } = kernelOf(o)
  const arrays = Object.fromEntries(names.map((name, i) => [name, state[i]!]))
  return E.right(runKernel(kernelName, { p, g, ...arrays, h: hyper }, attributes(o, h)))
}

/**
 * One step of an optimiser on one parameter, given its gradient and its arrays in the order of `stateNames`, all of one
 * shape. Returns the new parameter, then the new arrays; nothing is changed in place. An `EngineFailure` names a
 * user-defined optimiser that throws or returns arrays of other sizes.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { sgd } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const engine = await acquireEngine('cpu')()
 * if (E.isLeft(engine)) throw new Error(engine.left.found)
 * const h = { lr: 0.25, mom: 0, decay: 1, wd: 0, t: 1 }
 * const next = engine.right.use(() => {
 *   const [p, g, buffer] = [tf.tensor1d([1]), tf.tensor1d([2]), tf.tensor1d([0])]
 *   const all = Engine.optimiserStep(sgd(), p, g, [buffer], h)
 *   return pipe(all, E.map((tensors) => tensors.map((t) => t.dataSync()[0])))
 * })
 * assert.deepStrictEqual(next, E.right([0.5, 2]))
 *
 * @category tensors
 * @since 0.1.0
 */
export const optimiserStep = (
  o: Optimiser,
  p: tf.Tensor,
  g: tf.Tensor,
  state: ReadonlyArray<tf.Tensor>,
  h: ParameterHyper
): E.Either<EngineError, ReadonlyArray<tf.Tensor>> => {
  const hyper = hyperTensor(o, h)
  const next = stepWith(o, p, g, state, h, hyper)
  hyper.dispose()
  return next
}
