/**
 * One training step: loss, gradients, and the new parameters, statistics and optimiser state. Its inputs are unchanged,
 * so a failed step can be discarded.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Engine } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import type { ParameterHyper } from '../optimisers/index.js'
import { type EngineBatch, inputTensor, sampleWeights, targetTensor } from './EngineBatch.js'
import { captured } from './captured.js'
import { arraysIn, keyOf } from './buckets.js'
import type { Arrays } from './Arrays.js'
import { type BatchStatistics, runNetwork, type Mode } from './forward.js'
import { lossPerSample, meanLoss } from './losses.js'
import { powerSteps } from './normedWeights.js'
import { hyperTensor } from './optimise.js'
import { scoped } from './tensors.js'
import { type StepTensors, hypersOf, masksOf } from './stepTensors.js'
import { type Training, type Stepped, nextTensors, type StepOptions, type StepInput } from './Training.js'
import { movedStatistics, updated } from './updated.js'
import { allBuckets } from './trainingBuckets.js'

const trainingMode = (masks: StepTensors['masks'], all: Array<BatchStatistics>): Mode => ({
  _tag: 'Training',
  dropout: (path) => masks.get(path)!,
  statistics: (s) => {
    // kept beyond the tape's scope; freed once the step is made or has failed
    tf.keep(s.mean)
    tf.keep(s.variance)
    all.push(s)
  }
})

/** tfjs frees what the tape saved once the gradients are computed, but not when one of them fails. */
const freeTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0) return
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? [])
  state.activeTape = []
}

interface Differentiated {
  readonly loss: tf.Scalar
  /** By the paths of their parameters. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>
  /** The buffers that the forward pass changes. */
  readonly buffers: Stepped['values']
}

/** Loss and gradients; zeros for a parameter that the loss does not depend on. */
const gradientsOf = (
  { plan, buckets, options }: Training,
  { x, y, w: [w] }: StepTensors,
  arrays: Arrays,
  mode: Mode
): Omit<Differentiated, 'buffers'> => {
  const paths = buckets.trained.flat().map(({ path }) => path)
  const parameters = paths.map(arrays)
  const { value, grads } = tf.engine().gradients(
    () => {
      const outputs = runNetwork(plan, x, arrays, mode)
      return meanLoss(options.loss, lossPerSample(options.loss, outputs, y), y, w)
    },
    parameters,
    undefined,
    true
  )
  const gradients = grads.map((g, i) => (g as tf.Tensor | null) ?? tf.zerosLike(parameters[i]!))
  return { loss: value, gradients: new Map(paths.map((path, i) => [path, gradients[i]!])) }
}

/** Differentiates the loss of a batch, and keeps the tensors of what `use` makes of it. */
export const differentiated = <A>(
  training: Training,
  tensors: StepTensors,
  use: (d: Differentiated) => E.Either<EngineError, A>,
  tensorsOf: (a: A) => ReadonlyArray<tf.Tensor>
): E.Either<EngineError, A> => {
  const statistics: Array<BatchStatistics> = []
  const step = (): E.Either<EngineError, A> => {
    const before = arraysIn(allBuckets(training.buckets), training.values)
    const powers = powerSteps(training.plan, (path) => before.get(path)!)
    const arrays = new Map([...before, ...powers])
    const mode = trainingMode(tensors.masks, statistics)
    const made = gradientsOf(training, tensors, (path) => arrays.get(path)!, mode)
    return use({ ...made, buffers: [...movedStatistics(training, statistics), ...powers] })
  }
  try {
    return scoped(step, (result) => (E.isLeft(result) ? [] : tensorsOf(result.right)))
  } catch (cause) {
    freeTape()
    throw cause
  } finally {
    tf.dispose(statistics.flatMap(({ mean, variance }) => [mean, variance]))
  }
}

const traced = (
  training: Training,
  tensors: StepTensors,
  hypers: ReadonlyMap<string, ParameterHyper>
): E.Either<EngineError, Stepped> =>
  differentiated(
    training,
    tensors,
    ({ loss, gradients, buffers }) =>
      pipe(
        updated(training, gradients, hypers, tensors.hypers),
        E.map(({ values, optimiser, slopes }) => ({ loss, values: [...values, ...buffers], optimiser, slopes }))
      ),
    outputsOf
  )

const outputsOf = (stepped: Stepped): ReadonlyArray<tf.Tensor> => [stepped.loss, ...nextTensors(stepped)]

/** Replaces the tensors of a step by others. */
const inThePlaceOf = (like: Stepped, [loss, ...rest]: ReadonlyArray<tf.Tensor>): Stepped => {
  const next = rest[Symbol.iterator]()
  const take = (): tf.Tensor => next.next().value as tf.Tensor
  return {
    loss: loss as tf.Scalar,
    values: like.values.map(([key]) => [key, take()] as const),
    optimiser: like.optimiser.map(([key, tensors]) => [key, tensors.map(take)] as const),
    slopes: like.slopes.map(([key]) => [key, take()] as const)
  }
}

/** The arrays of the gradients, which are the last of the outputs. */
const slopesInto =
  ({ inPlace }: Training) =>
  (like: Stepped): ReadonlyArray<Float32Array | undefined> => {
    const arrays = like.slopes.map(([key]) => inPlace?.arrays.get(key)!.slope)
    return [
      ...outputsOf(like)
        .slice(arrays.length)
        .map(() => undefined),
      ...arrays
    ]
  }

/** A user's own functions may do something different in every step. */
export const isOfOnesOwn = ({ loss, optimiser }: StepOptions): boolean =>
  loss._tag === 'CustomLoss' || optimiser._tag === 'CustomOptimiser'

/**
 * Makes steps: the first of each structure is traced through tfjs and captured if the engine supports it; later ones
 * replay it. `t` counts the optimiser's steps, including this one.
 */
export const stepper = (engine: Engine, training: Training) => {
  const { plan, options, buckets, values, optimiser } = training
  const made = captured<Stepped>(engine, {
    tensorsOf: outputsOf,
    inThePlaceOf,
    into: slopesInto(training),
    repeats: !isOfOnesOwn(options)
  })
  const changing = allBuckets({ ...buckets, frozen: [] }).map(keyOf)

  const inputsOf = ({ x, y, w, masks, hypers }: StepTensors): ReadonlyArray<tf.Tensor> => [
    ...changing.map((key) => values.get(key)!),
    ...[...optimiser.values()].flat(),
    x,
    y,
    ...w,
    ...masks.values(),
    ...hypers.values()
  ]

  return (batch: EngineBatch, input: StepInput, t: number): E.Either<EngineError, Stepped> => {
    const hypers = hypersOf(training, input, t)
    const tensors: StepTensors = {
      x: inputTensor(plan, batch),
      y: targetTensor(plan, batch),
      w: sampleWeights(batch),
      masks: masksOf(training, batch.n, input.step),
      hypers: new Map([...hypers].map(([key, h]) => [key, hyperTensor(options.optimiser, h)]))
    }
    const decays = [...hypers.values()].map((h) => h.wd !== 0)
    const structure = JSON.stringify([tensors.x.shape, tensors.y.shape, tensors.y.dtype, tensors.w.length, decays])
    try {
      return made(
        structure,
        () => inputsOf(tensors),
        () => traced(training, tensors, hypers)
      )
    } finally {
      tf.dispose([tensors.x, tensors.y, ...tensors.w, ...tensors.masks.values(), ...tensors.hypers.values()])
    }
  }
}
