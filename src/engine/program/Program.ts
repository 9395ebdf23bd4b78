/**
 * `Program`: a plan in an engine for training: a training step and an evaluation over named parameters. Tensors are
 * internal; inputs and results are typed arrays in torch's layout.
 *
 * @since 0.1.0
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import type { Engine } from '../Engine.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import { accumulatedOf, accumulator, sumsOf, updater } from './accumulation.js'
import { attempt } from './attempt.js'
import { arraysIn, type Bucket, downloadBucket, fillBucket, keyOf, uploadBucket } from './buckets.js'
import type { EngineBatch } from './EngineBatch.js'
import { type Evaluation, type Inference, inferenceOn } from './Inference.js'
import { inPlaceFor, sharing, writeTo } from './inPlace.js'
import { startingArrays, stateNames } from './optimise.js'
import { arraysOf, type OptimiserState, type StateDict } from './StateDict.js'
import { hypersOf } from './stepTensors.js'
import { fitting, readOnce } from './tensors.js'
import { allBuckets, hyperKey, trainingBuckets } from './trainingBuckets.js'
import { nextTensors, type StepInput, type StepOptions, type Stepped, type Training } from './Training.js'
import { stepper } from './trainStep.js'

/**
 * A network in an engine, for training.
 *
 * @category programs
 * @since 0.1.0
 */
export interface Program extends Omit<Inference, 'evaluate'> {
  /** Runs one training step and returns the loss before the update. A failed step leaves everything unchanged. */
  readonly step: (batch: EngineBatch, input: StepInput) => E.Either<EngineError, number>
  /**
   * Adds a batch's gradients to those accumulated since the last update, and returns its loss. Only running statistics
   * change. With `ifFinite`, a loss that is not finite leaves everything unchanged.
   */
  readonly accumulate: (
    batch: EngineBatch,
    input: Pick<StepInput, 'step' | 'ifFinite'>
  ) => E.Either<EngineError, number>
  /**
   * One step of the optimiser with the mean of the accumulated gradients, as of one batch of all their samples; nothing
   * if there are none.
   */
  readonly update: (input: Omit<StepInput, 'step' | 'ifFinite'>) => E.Either<EngineError, void>
  /** Evaluates with the loss of training. */
  readonly evaluate: (batch: EngineBatch) => E.Either<EngineError, Evaluation>
  /** The current parameters and buffers. */
  readonly state: () => E.Either<EngineError, StateDict>
  readonly optimiserState: () => E.Either<EngineError, OptimiserState>
  /** Replaces trained parameters, and buffers; the optimiser's state is unchanged. */
  readonly load: (state: StateDict) => E.Either<EngineError, void>
}

/**
 * Checks that a batch of `n` gives every batch norm in training mode more than one value per channel. torch rejects a
 * single value, whose variance is meaningless.
 *
 * @example
 * import { classification, cut, head, plan, resnet18, withHead } from 'graft-vision'
 * import { enoughRows } from '../index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cut, withHead(head()))
 * const one = pipe(model, plan({ input: [3, 64, 64], task: classification(['a', 'b']) }), E.map((p) => enoughRows(p, 1)))
 * assert.ok(E.isRight(one) && E.isLeft(one.right) && one.right.left.path === 'head.2')
 *
 * @since 0.1.0
 */
export const enoughRows = (plan: Plan, n: number): E.Either<EngineError, void> => {
  const alone = plan.layers.find(
    ({ layer, batchNorm, output }) =>
      layer._tag === 'BatchNorm' && batchNorm === 'batch' && n * (sizeOf(output) / layer.features) === 1
  )
  return alone === undefined
    ? E.right(undefined)
    : E.left(
        engineFailure(
          alone.path,
          'more than one value per channel when training',
          `a batch of ${n}`,
          'use larger batches, drop the last one, or batchNormUnderFreeze("inference")'
        )
      )
}

type Hypers = ReturnType<typeof hypersOf>

/** Keeps new tensors in place of the old ones, or writes them to the arrays that those share. */
const putInPlace = ({ values, optimiser, inPlace }: Training, stepped: Pick<Stepped, 'values' | 'optimiser'>): void => {
  for (const [key, tensor] of stepped.values) {
    const arrays = inPlace?.arrays.get(key)
    if (arrays !== undefined) {
      readOnce([tensor], () => writeTo(arrays.parameter, tensor))
      continue
    }
    values.get(key)?.dispose()
    values.set(key, tensor)
  }
  for (const [key, tensors] of stepped.optimiser) {
    const arrays = inPlace?.arrays.get(key)
    if (arrays !== undefined) {
      readOnce(tensors, () => tensors.forEach((tensor, i) => writeTo(arrays.state[i]!, tensor)))
      continue
    }
    tf.dispose([...(optimiser.get(key) ?? [])])
    optimiser.set(key, tensors)
  }
}

/** Steps in place; afterwards the gradients are no longer needed. */
const stepInPlace = ({ buckets, options, inPlace }: Training, { slopes }: Stepped, hypers: Hypers): void =>
  readOnce(
    slopes.map(([, tensor]) => tensor),
    () => {
      const hyperOf = new Map(
        buckets.trained.map((bucket) => [keyOf(bucket), hypers.get(hyperKey(bucket[0]!, options))])
      )
      for (const [key, tensor] of slopes) writeTo(inPlace!.arrays.get(key)!.slope, tensor)
      for (const [key] of slopes) inPlace!.step(key, hyperOf.get(key)!)
    }
  )

/** The values of a bucket by the paths of its members, with a suffix. */
const numbersOf = (bucket: Bucket, suffix: string, tensor: tf.Tensor): ReadonlyArray<readonly [string, Float32Array]> =>
  downloadBucket(bucket, tensor).map((array, i) => [`${bucket[i]!.path}${suffix}`, array])

/** Reads the loss, which computes the step on a lazy engine; only then are the old tensors freed. */
const finish = (training: Training, stepped: Stepped, ifFinite: boolean, hypers: Hypers): number =>
  readOnce([stepped.loss], () => {
    try {
      const loss = stepped.loss.dataSync()[0]!
      if (ifFinite && !Number.isFinite(loss)) tf.dispose([...nextTensors(stepped)])
      else {
        putInPlace(training, stepped)
        stepInPlace(training, stepped, hypers)
      }
      return loss
    } catch (cause) {
      tf.dispose([...nextTensors(stepped)])
      throw cause
    }
  })

const programOn = (engine: Engine, training: Training, start: OptimiserState): Program => {
  const { plan, options, buckets, values, optimiser } = training
  const run = attempt(engine)
  const step = stepper(engine, training)
  const every = allBuckets(buckets)
  const { evaluate, predict, dispose } = inferenceOn(engine, plan, values, false, () => {
    const arrays = arraysIn(every, values)
    return (path) => arrays.get(path)!
  })
  const [add, updateWith] = [accumulator(engine, training), updater(engine, training)]
  let t = start.t
  let sums = start.accumulated === undefined ? null : sumsOf(training, start.accumulated)
  return {
    plan,
    predict,
    evaluate: evaluate(options.loss),
    step: (batch, input) =>
      pipe(
        enoughRows(plan, batch.n),
        E.chain(() =>
          run('training step', () =>
            pipe(
              step(batch, input, t + 1),
              E.map((stepped) => {
                const ifFinite = input.ifFinite ?? false
                const loss = finish(training, stepped, ifFinite, hypersOf(training, input, t + 1))
                if (Number.isFinite(loss) || !ifFinite) t++
                return loss
              })
            )
          )
        ),
        E.flatten
      ),
    accumulate: (batch, input) =>
      pipe(
        enoughRows(plan, batch.n),
        E.chain(() => run('training step', () => add(batch, input.step, sums))),
        E.flatten,
        E.map(({ loss, sums: next, buffers }) => {
          if (input.ifFinite === true && !Number.isFinite(loss)) tf.dispose(buffers.map(([, tensor]) => tensor))
          else {
            putInPlace(training, { values: buffers, optimiser: [] })
            sums = next
          }
          return loss
        })
      ),
    update: (input) =>
      sums === null
        ? E.right(undefined)
        : pipe(
            run('optimiser step', () => updateWith(sums!, input, t + 1)),
            E.flatten,
            E.map((made) => {
              putInPlace(training, made)
              sums = null
              t++
            })
          ),
    state: () =>
      run('reading parameters', () => {
        const arrays = new Map(every.flatMap((bucket) => numbersOf(bucket, '', values.get(keyOf(bucket))!)))
        return new Map(arraysOf(plan).map(({ path }) => [path, arrays.get(path)!]))
      }),
    optimiserState: () =>
      run('reading optimiser state', () => {
        const names = stateNames(options.optimiser)
        const arrays = new Map(
          buckets.trained.flatMap((bucket) =>
            names.flatMap((name, i) => numbersOf(bucket, `.${name}`, optimiser.get(keyOf(bucket))![i]!))
          )
        )
        const paths = plan.parameters
          .filter((p) => p.trainable)
          .flatMap((p) => names.map((name) => `${p.path}.${name}`))
        return {
          arrays: new Map(paths.map((path) => [path, arrays.get(path)!])),
          t,
          ...(sums === null ? {} : { accumulated: accumulatedOf(training, sums) })
        }
      }),
    load: (state) =>
      run('loading parameters', () => {
        for (const bucket of allBuckets({ ...buckets, frozen: [] })) {
          const given = bucket.map(({ path }) => state.get(path)!)
          const arrays = training.inPlace?.arrays.get(keyOf(bucket))
          if (arrays !== undefined) {
            fillBucket(bucket, given, arrays.parameter)
            continue
          }
          const next = uploadBucket(bucket, given)
          values.get(keyOf(bucket))?.dispose()
          values.set(keyOf(bucket), next)
        }
      }),
    dispose: () => {
      dispose()
      tf.dispose([...optimiser.values()].flat())
      optimiser.clear()
    }
  }
}

/**
 * Loads a plan's parameters into an engine for training. `state` must have every parameter and buffer of the plan;
 * missing optimiser arrays are initialised by the optimiser (zero, unless it is user-defined). For prediction only, use
 * `compileInference`.
 *
 * @example
 * import { arch, mse, nn, plan, sgd } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const net = arch({ name: 'line', network: nn.sequential(nn.flatten, nn.named('fc', nn.linear(1, 1))) })
 * const [planned, engine] = [plan({ input: [1, 1, 1] })(net), await acquireEngine('cpu')()]
 * if (E.isLeft(planned) || E.isLeft(engine)) throw new Error('it needs both')
 * const start = { state: Engine.initialState(planned.right, 1), optimiser: Engine.freshOptimiser }
 * const how = { loss: mse, optimiser: sgd(), trueWd: true, bnWd: true, clip: null, seed: 1 }
 * const program = Engine.compile(engine.right)(planned.right, start, how)
 * if (E.isLeft(program)) throw new Error(program.left.hint)
 * const batch = { x: new Float32Array([1, 2]), y: new Float32Array([3, 5]), n: 2 }
 * const [first, second] = [0, 1].map((step) => program.right.step(batch, { lrs: [0.1], mom: 0, wd: 0, step }))
 * program.right.dispose()
 * assert.ok(first?._tag === 'Right' && second?._tag === 'Right' && second.right < first.right)
 *
 * @category programs
 * @since 0.1.0
 */
export const compile =
  (engine: Engine) =>
  (
    plan: Plan,
    start: { readonly state: StateDict; readonly optimiser: OptimiserState },
    options: StepOptions
  ): E.Either<EngineError, Program> => {
    const buckets = trainingBuckets(plan, options)
    const trained = buckets.trained.flat()
    return pipe(
      E.Do,
      E.apS('state', fitting(plan, start.state)),
      E.bind('arrays', () => startingArrays(options.optimiser, trained, start.optimiser.arrays)),
      E.chain(({ state, arrays }) =>
        attempt(engine)('loading parameters', () => {
          const own = new Map(trained.map(({ path }, i) => [path, arrays[i]!]))
          const inPlace = inPlaceFor(engine, options.optimiser, buckets.trained)
          const upload = (
            bucket: Bucket,
            given: ReadonlyArray<Float32Array | null>,
            into?: Float32Array
          ): tf.Tensor => {
            if (into === undefined) return uploadBucket(bucket, given)
            fillBucket(bucket, given, into)
            return sharing(bucket, into)
          }
          const values = new Map(
            allBuckets(buckets).map((bucket) => {
              const given = bucket.map(({ path }) => state.get(path)!)
              return [keyOf(bucket), upload(bucket, given, inPlace?.arrays.get(keyOf(bucket))?.parameter)]
            })
          )
          const moments = (bucket: Bucket) =>
            stateNames(options.optimiser).map((_, k) => {
              const given = bucket.map(({ path }) => own.get(path)![k]!)
              return upload(bucket, given, inPlace?.arrays.get(keyOf(bucket))?.state[k])
            })
          const optimiser = new Map(buckets.trained.map((bucket) => [keyOf(bucket), moments(bucket)]))
          return programOn(engine, { plan, options, buckets, values, optimiser, inPlace }, start.optimiser)
        })
      )
    )
  }
