/**
 * One training step: loss, gradients, and what parameters, statistics and the optimiser's arrays become. It changes
 * nothing that it is given, so that a step which fails can be forgotten.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { Plan, PlanParameter } from '../../plan/index.js'
import type { Hyper, Loss, Optimiser, WeightDecay } from '../../recipe/index.js'
import { generator, type Seed, splitSeed } from '../../Seed.js'
import type { Engine, Replay } from '../Engine.js'
import type { EngineError } from '../EngineError.js'
import { type EngineBatch, inputTensor, targetTensor } from './EngineBatch.js'
import { type BatchStatistics, forward, type Mode } from './forward.js'
import { lossPerSample, meanLoss } from './losses.js'
import { powerSteps } from './normedWeights.js'
import { hyperTensor, isDecoupled, optimiserStep, type ParameterHyper } from './optimise.js'
import { scoped, type Values } from './tensors.js'

/**
 * How steps are made.
 *
 * @since 0.1.0
 */
export interface StepOptions {
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly trueWd: boolean
  readonly bnWd: boolean
  /** Largest 2-norm of all gradients together; null: no clipping. */
  readonly clip: number | null
  readonly seed: Seed
}

/**
 * What one step is told.
 *
 * @since 0.1.0
 */
export interface StepInput extends Hyper {
  readonly mom: number
  /** Weight decay of all parameters, or of each group. */
  readonly wd: WeightDecay
  /** Names the step for its dropout masks: the number of training steps made before it. */
  readonly step: number
}

/** The optimiser's tensors by the path of their parameter. */
export type OptimiserTensors = Map<string, ReadonlyArray<tf.Tensor>>

/** What a step reads. */
export interface Training {
  readonly plan: Plan
  readonly trainable: ReadonlyArray<PlanParameter>
  readonly options: StepOptions
  readonly values: Values
  readonly optimiser: OptimiserTensors
}

/** What a step gives, kept: the loss before it, and the tensors to put in the place of the old ones. */
export interface Stepped {
  readonly loss: tf.Scalar
  readonly values: ReadonlyArray<readonly [path: string, tensor: tf.Tensor]>
  readonly optimiser: ReadonlyArray<readonly [path: string, tensors: ReadonlyArray<tf.Tensor>]>
}

/** The tensors that a step would put in the place of others. */
export const nextTensors = ({ values, optimiser }: Stepped): ReadonlyArray<tf.Tensor> => [
  ...values.map(([, tensor]) => tensor),
  ...optimiser.flatMap(([, tensors]) => tensors)
]

/** The multiplier of a dropout layer at a step: a function of seed, step and path alone. */
const dropoutMask = (seed: Seed, step: number, path: string, p: number, size: number): Float32Array => {
  const random = generator(splitSeed(seed, 'dropout', step, path))
  const keep = p >= 1 ? 0 : 1 / (1 - p)
  const mask = new Float32Array(size)
  // five times faster than Float32Array.from with a function
  for (let i = 0; i < size; i++) mask[i] = random.uniform() < p ? 0 : keep
  return mask
}

/** What is new in each step, as tensors: they are the inputs of a step that is kept and run again. */
interface StepTensors {
  readonly x: tf.Tensor
  readonly y: tf.Tensor
  /** By the path of their dropout layer. */
  readonly masks: ReadonlyMap<string, tf.Tensor>
  /** By the parameters that share them, see `hyperKey`. */
  readonly hypers: ReadonlyMap<string, tf.Tensor1D>
}

const masksOf = ({ plan, options }: Training, n: number, step: number): StepTensors['masks'] =>
  new Map(
    plan.layers.flatMap(({ path, layer, output }) => {
      if (layer._tag !== 'Dropout' || layer.p === 0) return []
      const shape = output.length === 3 ? [n, output[1]!, output[2]!, output[0]!] : [n, ...output]
      const mask = tf.tensor(dropoutMask(options.seed, step, path, layer.p, sizeOf(shape)), shape)
      return [[path, mask] as const]
    })
  )

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

/**
 * r ← (1−m)·r + m·batch, the variance unbiased (torch's BatchNorm). All layers at once: their vectors are short, and an
 * operator costs more than what it does to them.
 */
const movedStatistics = ({ plan, values }: Training, all: ReadonlyArray<BatchStatistics>): Stepped['values'] => {
  if (all.length === 0) return []
  const momenta = new Map(plan.layers.map(({ path, layer }) => [path, layer._tag === 'BatchNorm' ? layer.momentum : 0]))
  const moved = (
    name: string,
    batchOf: (s: BatchStatistics) => tf.Tensor1D,
    unbias: (s: BatchStatistics) => number
  ) => {
    const paths = all.map(({ path }) => `${path}.${name}`)
    const old = paths.map((path) => values.get(path)!)
    const each = (f: (s: BatchStatistics) => number) =>
      tf.tensor1d(all.flatMap((s, i) => Array<number>(old[i]!.size).fill(f(s))))
    const kept = tf.mul(
      joined(old),
      each(({ path }) => 1 - momenta.get(path)!)
    )
    const taken = tf.mul(
      joined(all.map(batchOf)),
      each((s) => momenta.get(s.path)! * unbias(s))
    )
    return apart(tf.add(kept, taken), old).map((tensor, i) => [paths[i]!, tensor] as const)
  }
  return [
    ...moved(
      'running_mean',
      (s) => s.mean,
      () => 1
    ),
    ...moved(
      'running_var',
      (s) => s.variance,
      ({ count }) => count / (count - 1)
    )
  ]
}

/** Tensors as one long vector. */
const joined = (tensors: ReadonlyArray<tf.Tensor>): tf.Tensor1D =>
  tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size])))

/** Undoes `joined`, by the shapes of `like`. */
const apart = (vector: tf.Tensor, like: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> =>
  tf
    .split(
      vector,
      like.map(({ size }) => size)
    )
    .map((part, i) => tf.reshape(part, like[i]!.shape))

/** Scales gradients so that their common norm is at most `clip` (torch's clip_grad_norm_). */
const clipped = (gradients: ReadonlyArray<tf.Tensor>, clip: number | null): ReadonlyArray<tf.Tensor> => {
  if (clip === null) return gradients
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))))
  const factor = tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)))
  return gradients.map((g) => tf.mul(g, factor))
}

const hyperOf = (p: PlanParameter, input: StepInput, options: StepOptions, t: number): ParameterHyper => {
  const lr = input.lrs[p.group]!
  const decay = typeof input.wd === 'number' ? input.wd : input.wd[p.group]!
  const wd = p.decays === 'always' || options.bnWd ? decay : 0
  const decoupled = isDecoupled(options.optimiser, options.trueWd)
  return { lr, mom: input.mom, decay: decoupled ? 1 - lr * wd : 1, l2: decoupled ? 0 : wd, t }
}

type Update = Pick<Stepped, 'values' | 'optimiser'>

/** Parameters of one group with the same decay have the same hyper-parameters. */
const hyperKey = (p: PlanParameter): string => `${p.group} ${p.decays}`

const hypersOf = (training: Training, input: StepInput, t: number): ReadonlyMap<string, ParameterHyper> =>
  new Map(training.trainable.map((p) => [hyperKey(p), hyperOf(p, input, training.options, t)]))

// Shorter parameters take their step together: an operator costs more than what it does to them.
const SHORT = 1 << 14

/** Parameters that take their step together: the short ones of a group. One's own optimiser sees each by itself. */
const together = ({ trainable, options, values }: Training): ReadonlyArray<ReadonlyArray<number>> => {
  const groups = new Map<string, Array<number>>()
  for (const [i, p] of trainable.entries()) {
    const isShort = options.optimiser._tag !== 'CustomOptimiser' && values.get(p.path)!.size <= SHORT
    const key = isShort ? hyperKey(p) : p.path
    groups.set(key, [...(groups.get(key) ?? []), i])
  }
  return [...groups.values()]
}

const updated = (
  training: Training,
  gradients: ReadonlyArray<tf.Tensor>,
  hypers: ReadonlyMap<string, ParameterHyper>,
  tensors: StepTensors['hypers']
): E.Either<EngineError, Update> => {
  const { trainable, options, values, optimiser } = training
  const parameters: Array<Update['values'][number]> = []
  const states: Array<Update['optimiser'][number]> = []
  for (const members of together(training)) {
    const some = members.map((i) => trainable[i]!)
    const key = hyperKey(some[0]!)
    const own = some.map(({ path }) => [values.get(path)!, ...optimiser.get(path)!])
    const slopes = members.map((i) => gradients[i]!)
    const one = (tensors: ReadonlyArray<tf.Tensor>) => (some.length === 1 ? tensors[0]! : joined(tensors))
    const [value, ...state] = own[0]!.map((_, k) => one(own.map((list) => list[k]!)))
    const next = optimiserStep(options.optimiser, value!, one(slopes), state, hypers.get(key)!, tensors.get(key)!)
    if (E.isLeft(next)) return next
    const parts = some.length === 1 ? next.right.map((t) => [t]) : next.right.map((t) => apart(t, slopes))
    some.forEach(({ path }, i) => {
      const [parameter, ...arrays] = parts.map((list) => list[i]!)
      parameters.push([path, parameter!])
      states.push([path, arrays])
    })
  }
  return E.right({ values: parameters, optimiser: states })
}

/** tfjs frees what the tape saved for the gradients once they are there, and never when one of them fails. */
const freeTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0) return
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? [])
  state.activeTape = []
}

/** Loss and gradients; a parameter that the loss does not depend on has zeros. */
const differentiated = (
  { plan, trainable, options, values }: Training,
  { x, y }: StepTensors,
  moved: ReadonlyMap<string, tf.Tensor>,
  mode: Mode
): { readonly loss: tf.Scalar; readonly gradients: ReadonlyArray<tf.Tensor> } => {
  const parameters = trainable.map((p) => values.get(p.path)!)
  const { value, grads } = tf.engine().gradients(
    () => {
      const outputs = forward(plan, x, (path) => moved.get(path) ?? values.get(path)!, mode)
      return meanLoss(options.loss, lossPerSample(options.loss, outputs, y), y)
    },
    parameters,
    undefined,
    true
  )
  return { loss: value, gradients: grads.map((g, i) => (g as tf.Tensor | null) ?? tf.zerosLike(parameters[i]!)) }
}

const traced = (
  training: Training,
  tensors: StepTensors,
  hypers: ReadonlyMap<string, ParameterHyper>
): E.Either<EngineError, Stepped> => {
  const statistics: Array<BatchStatistics> = []
  const step = (): E.Either<EngineError, Stepped> => {
    const powers = powerSteps(training.plan, (path) => training.values.get(path)!)
    const mode = trainingMode(tensors.masks, statistics)
    const { loss, gradients } = differentiated(training, tensors, new Map(powers), mode)
    return pipe(
      updated(training, clipped(gradients, training.options.clip), hypers, tensors.hypers),
      E.map(({ values, optimiser }) => ({
        loss,
        values: [...values, ...movedStatistics(training, statistics), ...powers],
        optimiser
      }))
    )
  }
  try {
    return scoped(step, (result) => (E.isLeft(result) ? [] : outputsOf(result.right)))
  } catch (cause) {
    freeTape()
    throw cause
  } finally {
    tf.dispose(statistics.flatMap(({ mean, variance }) => [mean, variance]))
  }
}

const outputsOf = (stepped: Stepped): ReadonlyArray<tf.Tensor> => [stepped.loss, ...nextTensors(stepped)]

/** Other tensors in the places of those of a step. */
const inThePlaceOf = (like: Stepped, [loss, ...rest]: ReadonlyArray<tf.Tensor>): Stepped => {
  const next = rest[Symbol.iterator]()
  const take = (): tf.Tensor => next.next().value as tf.Tensor
  return {
    loss: loss as tf.Scalar,
    values: like.values.map(([path]) => [path, take()] as const),
    optimiser: like.optimiser.map(([path, tensors]) => [path, tensors.map(take)] as const)
  }
}

interface Kept {
  readonly replay: Replay
  readonly like: Stepped
}

/** A user's own functions may do something else in every step. */
const isOfOnesOwn = ({ loss, optimiser }: StepOptions): boolean =>
  loss._tag === 'CustomLoss' || optimiser._tag === 'CustomOptimiser'

/**
 * Makes steps: the first of each structure is traced through tfjs and kept where the engine can, and further ones run
 * it again. `t` counts the optimiser's steps, the one to be made included.
 */
export const stepper = (engine: Engine, training: Training) => {
  const { plan, options, values, optimiser, trainable } = training
  const kept = new Map<string, Kept | undefined>()
  const learns = new Set(trainable.map(({ path }) => path))
  const frozen = plan.parameters.filter(({ path }) => !learns.has(path)).map(({ path }) => path)

  const inputsOf = ({ x, y, masks, hypers }: StepTensors): ReadonlyArray<tf.Tensor> => [
    ...[...values].flatMap(([path, tensor]) => (frozen.includes(path) ? [] : [tensor])),
    ...[...optimiser.values()].flat(),
    x,
    y,
    ...masks.values(),
    ...hypers.values()
  ]

  const keep = (capture: ReturnType<Engine['capture']>, tensors: StepTensors, stepped: Stepped): Kept | undefined => {
    if (isOfOnesOwn(options)) return undefined
    const replay = capture({ inputs: inputsOf(tensors), outputs: outputsOf(stepped) })
    return replay && { replay, like: stepped }
  }

  const made = (
    structure: string,
    tensors: StepTensors,
    hypers: ReadonlyMap<string, ParameterHyper>
  ): E.Either<EngineError, Stepped> => {
    const known = kept.get(structure)
    const again = ({ replay, like }: Kept): Stepped => inThePlaceOf(like, replay(inputsOf(tensors)))
    if (known !== undefined) return E.right(again(known))
    const capture = engine.capture()
    return pipe(
      traced(training, tensors, hypers),
      E.map((stepped) => {
        const now = kept.has(structure) ? undefined : keep(capture, tensors, stepped)
        kept.set(structure, now)
        if (now === undefined) return stepped
        tf.dispose([...outputsOf(stepped)])
        return again(now)
      })
    )
  }

  return (batch: EngineBatch, input: StepInput, t: number): E.Either<EngineError, Stepped> => {
    const hypers = hypersOf(training, input, t)
    const tensors: StepTensors = {
      x: inputTensor(plan, batch),
      y: targetTensor(batch),
      masks: masksOf(training, batch.n, input.step),
      hypers: new Map([...hypers].map(([key, h]) => [key, hyperTensor(options.optimiser, h)]))
    }
    const decays = [...hypers.values()].map(({ l2 }) => l2 !== 0)
    const structure = JSON.stringify([tensors.x.shape, tensors.y.shape, tensors.y.dtype, decays])
    try {
      return made(structure, tensors, hypers)
    } finally {
      tf.dispose([tensors.x, tensors.y, ...tensors.masks.values(), ...tensors.hypers.values()])
    }
  }
}
