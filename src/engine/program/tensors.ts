/** Tensors that outlive a scope, and their conversion from and to arrays. */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { type Shape, sizeOf } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import { engineShape, toEngine, toTorch } from './layout.js'
import { arraysOf, type StateDict } from './StateDict.js'

/** A network's tensors by path, in the engine's layout. */
export type Values = Map<string, tf.Tensor>

/** Null: zeros. */
export const upload = (shape: Shape, values: Float32Array | null): tf.Tensor =>
  tf.keep(
    values === null ? tf.zeros(engineShape(shape)) : tf.tensor(toEngine(values, shape), engineShape(shape), 'float32')
  )

/** A copy, because a backend may return the array it holds. */
export const read = (tensor: tf.Tensor): Float32Array => Float32Array.from(tensor.dataSync<'float32'>())

export const download = (tensor: tf.Tensor, shape: Shape): Float32Array => toTorch(read(tensor), shape)

/** Reads tensors, and frees them whether or not reading succeeds. */
export const readOnce = <A>(tensors: ReadonlyArray<tf.Tensor>, f: () => A): A => {
  try {
    return f()
  } finally {
    tf.dispose([...tensors])
  }
}

/** Frees what `f` creates, except the tensors that are in its result. */
export const scoped = <A>(f: () => A, tensorsIn: (a: A) => ReadonlyArray<tf.Tensor>): A => {
  tf.engine().startScope()
  try {
    const a = f()
    tensorsIn(a).forEach((tensor) => tf.keep(tensor))
    return a
  } finally {
    tf.engine().endScope()
  }
}

/** The state, if it has every array of the plan in its size. */
export const fitting = (plan: Plan, state: StateDict): E.Either<EngineError, StateDict> => {
  const wrong = arraysOf(plan).find(({ path, shape }) => state.get(path)?.length !== sizeOf(shape))
  return wrong === undefined
    ? E.right(state)
    : E.left(
        engineFailure(
          wrong.path,
          `${sizeOf(wrong.shape)} values`,
          String(state.get(wrong.path)?.length ?? 'none'),
          'pass a state dict made for this plan'
        )
      )
}

export const uploadAll = (plan: Plan, state: StateDict): Values =>
  new Map(arraysOf(plan).map(({ path, shape }) => [path, upload(shape, state.get(path)!)]))
