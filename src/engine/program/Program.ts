/**
 * `Program`: what an engine executes of a plan: a training step and an evaluation over named parameters. Tensors live
 * only inside; what goes in and comes out are typed arrays in torch's layout.
 *
 * @since 0.1.0
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { drawInit, type Fan, type Init, type Shape, sizeOf } from '../../model/index.js'
import type { Plan, PlanParameter } from '../../plan/index.js'
import type { Hyper, Loss, Optimiser } from '../../recipe/index.js'
import { generator, type Seed, splitSeed } from '../../Seed.js'
import type { Engine } from '../Engine.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import { type Arrays, type BatchStatistics, forward, type Mode } from './forward.js'
import { engineShape, toEngine, toTorch } from './layout.js'
import { lossPerSample, meanLoss } from './losses.js'
import { hyperTensor, isDecoupled, optimiserStep, type ParameterHyper, stateNames } from './optimise.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** Path → values in torch's layout: a network's parameters and buffers. */
export type StateDict = ReadonlyMap<string, Float32Array>

/** The optimiser's arrays, `<parameter path>.<name>`, and how many steps it has made. */
export interface OptimiserState {
  readonly arrays: StateDict
  readonly t: number
}

/** A fresh optimiser. @since 0.1.0 */
export const freshOptimiser: OptimiserState = { arrays: new Map(), t: 0 }

/** One batch as an engine takes it. */
export interface EngineBatch {
  /** `[n, height, width, channels]`, normalised. */
  readonly x: Float32Array
  /** Class indices, or numbers. */
  readonly y: Int32Array | Float32Array
  readonly n: number
}

/** How steps are made. */
export interface StepOptions {
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly trueWd: boolean
  readonly bnWd: boolean
  /** Largest 2-norm of all gradients together; null: no clipping. */
  readonly clip: number | null
  readonly seed: Seed
}

/** What one step is told. */
export interface StepInput extends Hyper {
  readonly mom: number
  readonly wd: number
  /** Names the step for its dropout masks: the number of training steps made before it. */
  readonly step: number
}

/** Raw outputs and losses of one batch. */
export interface Evaluation {
  /** `[n, outputs]`, row by row, before any activation. */
  readonly outputs: Float32Array
  /** One per sample. */
  readonly losses: Float32Array
  /** The batch's mean, as the loss takes it. */
  readonly loss: number
}

export interface Program {
  readonly plan: Plan
  /** One training step; its loss before the update. */
  readonly step: (batch: EngineBatch, input: StepInput) => E.Either<EngineError, number>
  readonly evaluate: (batch: EngineBatch) => E.Either<EngineError, Evaluation>
  /** Raw outputs, `[n, outputs]`, of `[n, height, width, channels]`. */
  readonly predict: (x: Float32Array, n: number) => E.Either<EngineError, Float32Array>
  /** Parameters and buffers as they are now. */
  readonly state: () => E.Either<EngineError, StateDict>
  readonly optimiserState: () => E.Either<EngineError, OptimiserState>
  /** Frees its tensors; the program is of no use after it. */
  readonly dispose: () => void
}

// -------------------------------------------------------------------------------------
// start
// -------------------------------------------------------------------------------------

interface Named {
  readonly path: string
  readonly shape: Shape
  readonly init: Init
  readonly fan: Fan
}

const arraysOf = (plan: Plan): ReadonlyArray<Named> => [...plan.parameters, ...plan.buffers]

/**
 * A network's numbers before training: each drawn as its layer says, from the seed and its path.
 *
 * @since 0.1.0
 */
export const initialState = (plan: Plan, seed: Seed): StateDict =>
  new Map(
    arraysOf(plan).map(({ path, shape, init, fan }) => [
      path,
      drawInit(init, fan, generator(splitSeed(seed, 'init', path)), sizeOf(shape))
    ])
  )

/** The multiplier of a dropout layer at a step: a function of seed, step and path alone. */
const dropoutMask = (seed: Seed, step: number, path: string, p: number, size: number): Float32Array => {
  const random = generator(splitSeed(seed, 'dropout', step, path))
  const keep = p >= 1 ? 0 : 1 / (1 - p)
  return Float32Array.from({ length: size }, () => (random.uniform() < p ? 0 : keep))
}

// -------------------------------------------------------------------------------------
// one step
// -------------------------------------------------------------------------------------

/** The tensors of a program, by path. */
interface Tensors {
  readonly values: Map<string, tf.Tensor>
  readonly optimiser: Map<string, ReadonlyArray<tf.Tensor>>
}

const put = <K>(map: Map<K, tf.Tensor>, key: K, value: tf.Tensor): void => {
  map.get(key)?.dispose()
  map.set(key, tf.keep(value))
}

const inputTensor = (plan: Plan, { x, n }: Pick<EngineBatch, 'x' | 'n'>): tf.Tensor => {
  const [c, h, w] = plan.input as readonly [number, number, number]
  return tf.tensor4d(x, [n, h, w, c])
}

const targetTensor = (batch: EngineBatch): tf.Tensor => {
  const shape = batch.y.length === batch.n ? [batch.n] : [batch.n, batch.y.length / batch.n]
  return tf.tensor(batch.y, shape, batch.y instanceof Int32Array ? 'int32' : 'float32')
}

/** r ← (1−m)·r + m·batch, the variance unbiased (torch's BatchNorm). */
const moveStatistics = (plan: Plan, tensors: Tensors, all: ReadonlyArray<BatchStatistics>): void => {
  const momenta = new Map(plan.layers.map(({ path, layer }) => [path, layer._tag === 'BatchNorm' ? layer.momentum : 0]))
  for (const { path, mean, variance, count } of all) {
    const m = momenta.get(path)!
    const move = (name: string, batch: tf.Tensor): void => {
      const key = `${path}.${name}`
      put(tensors.values, key, tf.add(tf.mul(tensors.values.get(key)!, 1 - m), tf.mul(batch, m)))
    }
    move('running_mean', mean)
    move('running_var', tf.mul(variance, count / (count - 1)))
  }
}

/** Scales gradients so that their common norm is at most `clip` (torch's clip_grad_norm_). */
const clipped = (gradients: ReadonlyArray<tf.Tensor>, clip: number | null): ReadonlyArray<tf.Tensor> => {
  if (clip === null) return gradients
  const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))))
  const factor = tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6)))
  return gradients.map((g) => tf.mul(g, factor))
}

const hyperOf = (p: PlanParameter, input: StepInput, options: StepOptions, t: number): ParameterHyper => {
  const lr = input.lrs[p.group]!
  const wd = p.decays === 'always' || options.bnWd ? input.wd : 0
  const decoupled = isDecoupled(options.optimiser, options.trueWd)
  return { lr, mom: input.mom, decay: decoupled ? 1 - lr * wd : 1, l2: decoupled ? 0 : wd, t }
}

const update = (
  tensors: Tensors,
  trainable: ReadonlyArray<PlanParameter>,
  gradients: ReadonlyArray<tf.Tensor>,
  input: StepInput,
  options: StepOptions,
  t: number
): void => {
  const hypers = new Map<string, { readonly h: ParameterHyper; readonly tensor: tf.Tensor1D }>()
  trainable.forEach((p, i) => {
    const key = `${p.group} ${p.decays}`
    if (!hypers.has(key)) {
      const h = hyperOf(p, input, options, t)
      hypers.set(key, { h, tensor: hyperTensor(options.optimiser, h) })
    }
    const { h, tensor } = hypers.get(key)!
    const state = tensors.optimiser.get(p.path)!
    const [value, ...next] = optimiserStep(
      options.optimiser,
      tensors.values.get(p.path)!,
      gradients[i]!,
      state,
      h,
      tensor
    )
    put(tensors.values, p.path, value!)
    state.forEach((old) => old.dispose())
    tensors.optimiser.set(
      p.path,
      next.map((array) => tf.keep(array))
    )
  })
}

const trainingMode = (options: StepOptions, step: number, all: Array<BatchStatistics>): Mode => ({
  _tag: 'Training',
  dropout: (path, p, shape) => tf.tensor(dropoutMask(options.seed, step, path, p, sizeOf(shape)), [...shape]),
  statistics: (s) => {
    // kept beyond the tape's scope; freed once the running statistics have moved
    tf.keep(s.mean)
    tf.keep(s.variance)
    all.push(s)
  }
})

const trainStep = (
  plan: Plan,
  tensors: Tensors,
  trainable: ReadonlyArray<PlanParameter>,
  options: StepOptions,
  batch: EngineBatch,
  input: StepInput,
  t: number
): tf.Scalar => {
  const statistics: Array<BatchStatistics> = []
  const loss = tf.tidy(() => {
    const [x, y] = [inputTensor(plan, batch), targetTensor(batch)]
    const parameters = trainable.map((p) => tensors.values.get(p.path)!)
    const arrays: Arrays = (path) => tensors.values.get(path)!
    const { value, grads } = tf.engine().gradients(
      () => {
        const outputs = forward(plan, x, arrays, trainingMode(options, input.step, statistics))
        return meanLoss(options.loss, lossPerSample(options.loss, outputs, y), y)
      },
      parameters,
      undefined,
      true
    )
    const gradients = grads.map((g, i) => (g as tf.Tensor | null) ?? tf.zerosLike(parameters[i]!))
    update(tensors, trainable, clipped(gradients, options.clip), input, options, t)
    moveStatistics(plan, tensors, statistics)
    return value
  })
  statistics.forEach(({ mean, variance }) => {
    mean.dispose()
    variance.dispose()
  })
  return loss
}

// -------------------------------------------------------------------------------------
// program
// -------------------------------------------------------------------------------------

const upload = (shape: Shape, values: Float32Array): tf.Tensor =>
  tf.keep(tf.tensor(toEngine(values, shape), engineShape(shape), 'float32'))

/** A copy: a backend may hand out the array it holds. */
const read = (tensor: tf.Tensor): Float32Array => Float32Array.from(tensor.dataSync<'float32'>())

const download = (tensor: tf.Tensor, shape: Shape): Float32Array => toTorch(read(tensor), shape)

const loadTensors = (plan: Plan, state: StateDict, optimiser: OptimiserState, options: StepOptions): Tensors => ({
  values: new Map(arraysOf(plan).map(({ path, shape }) => [path, upload(shape, state.get(path)!)])),
  optimiser: new Map(
    plan.parameters
      .filter((p) => p.trainable)
      .map(({ path, shape }) => [
        path,
        stateNames(options.optimiser).map((name, i) =>
          upload(shape, optimiser.arrays.get(`${path}.${name}`) ?? startOf(options.optimiser, i, sizeOf(shape)))
        )
      ])
  )
})

const startOf = (o: Optimiser, i: number, size: number): Float32Array =>
  o._tag === 'CustomOptimiser' ? o.f.run.init(size)[i]! : new Float32Array(size)

const attempt =
  (engine: Engine) =>
  <A>(what: string, f: () => A): E.Either<EngineError, A> =>
    E.tryCatch(
      () => engine.use(f),
      (e) =>
        engineFailure(
          `${engine.name}: ${what}`,
          'the operation to run',
          e instanceof Error ? e.message : String(e),
          'try another engine (--engine cpu), smaller batches or smaller images'
        )
    )

/** torch refuses to train a batch norm on one value per channel, whose variance says nothing. */
const tooFewRows = (plan: Plan, n: number): string | undefined =>
  plan.layers.find(
    ({ layer, batchNorm, output }) =>
      layer._tag === 'BatchNorm' && batchNorm === 'batch' && n * (sizeOf(output) / layer.features) === 1
  )?.path

/**
 * Loads a plan's numbers into an engine. `state` must have every parameter and buffer of the plan; a missing optimiser
 * array starts at zero.
 *
 * @since 0.1.0
 */
export const compile =
  (engine: Engine) =>
  (
    plan: Plan,
    start: { readonly state: StateDict; readonly optimiser: OptimiserState },
    options: StepOptions
  ): E.Either<EngineError, Program> => {
    const run = attempt(engine)
    const trainable = plan.parameters.filter((p) => p.trainable)
    const missing = arraysOf(plan).find(({ path, shape }) => start.state.get(path)?.length !== sizeOf(shape))
    if (missing !== undefined)
      return E.left(
        engineFailure(
          missing.path,
          `${sizeOf(missing.shape)} values`,
          String(start.state.get(missing.path)?.length ?? 'none'),
          'give a state dict made for this plan'
        )
      )
    return E.map((tensors: Tensors): Program => {
      let t = start.optimiser.t
      const arrays: Arrays = (path) => tensors.values.get(path)!
      return {
        plan,
        step: (batch, input) => {
          const alone = tooFewRows(plan, batch.n)
          if (alone !== undefined)
            return E.left(
              engineFailure(
                alone,
                'more than one value per channel when training',
                `a batch of ${batch.n}`,
                'use larger batches, drop the last one, or batchNormUnderFreeze("inference")'
              )
            )
          return run('training step', () => {
            t++
            const loss = trainStep(plan, tensors, trainable, options, batch, input, t)
            const value = loss.dataSync()[0]!
            loss.dispose()
            return value
          })
        },
        evaluate: (batch) =>
          run('evaluation', () => {
            const [outputs, losses, loss] = tf.tidy(() => {
              const y = targetTensor(batch)
              const out = forward(plan, inputTensor(plan, batch), arrays, { _tag: 'Evaluation' })
              const each = lossPerSample(options.loss, out, y)
              return [out, each, meanLoss(options.loss, each, y)] as const
            })
            const result = {
              outputs: read(outputs),
              losses: read(losses),
              loss: loss.dataSync()[0]!
            }
            tf.dispose([outputs, losses, loss])
            return result
          }),
        predict: (x, n) =>
          run('prediction', () => {
            const outputs = tf.tidy(() => forward(plan, inputTensor(plan, { x, n }), arrays, { _tag: 'Evaluation' }))
            const result = read(outputs)
            outputs.dispose()
            return result
          }),
        state: () =>
          run(
            'reading parameters',
            () => new Map(arraysOf(plan).map(({ path, shape }) => [path, download(tensors.values.get(path)!, shape)]))
          ),
        optimiserState: () =>
          run('reading optimiser state', () => ({
            arrays: new Map(
              trainable.flatMap(({ path, shape }) =>
                stateNames(options.optimiser).map(
                  (name, i) => [`${path}.${name}`, download(tensors.optimiser.get(path)![i]!, shape)] as const
                )
              )
            ),
            t
          })),
        dispose: () => {
          tf.dispose([...tensors.values.values()])
          tf.dispose([...tensors.optimiser.values()].flat())
          tensors.values.clear()
          tensors.optimiser.clear()
        }
      }
    })(run('loading parameters', () => loadTensors(plan, start.state, start.optimiser, options)))
  }
