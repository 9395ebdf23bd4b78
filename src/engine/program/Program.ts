/**
 * `Program`: what an engine executes of a plan: a training step and an evaluation over named parameters. Tensors live
 * only inside; what goes in and comes out are typed arrays in torch's layout.
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
import { attempt } from './attempt.js'
import type { EngineBatch } from './EngineBatch.js'
import { type Evaluation, type Inference, inferenceOn } from './Inference.js'
import { startingArrays, stateNames } from './optimise.js'
import { arraysOf, type OptimiserState, type StateDict } from './StateDict.js'
import { download, fitting, readOnce, upload, uploadAll } from './tensors.js'
import { nextTensors, type StepInput, type StepOptions, type Stepped, stepper, type Training } from './trainStep.js'

/**
 * A network in an engine, to be trained.
 *
 * @category model
 * @since 0.1.0
 */
export interface Program extends Omit<Inference, 'evaluate'> {
  /** One training step; its loss before the update. A step that fails leaves every number as it was. */
  readonly step: (batch: EngineBatch, input: StepInput) => E.Either<EngineError, number>
  /** By the loss that it trains with. */
  readonly evaluate: (batch: EngineBatch) => E.Either<EngineError, Evaluation>
  /** Parameters and buffers as they are now. */
  readonly state: () => E.Either<EngineError, StateDict>
  readonly optimiserState: () => E.Either<EngineError, OptimiserState>
}

/** torch refuses to train a batch norm on one value per channel, whose variance says nothing. */
const enoughRows = (plan: Plan, n: number): E.Either<EngineError, void> => {
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

const putInPlace = ({ values, optimiser }: Training, stepped: Stepped): void => {
  for (const [path, tensor] of stepped.values) {
    values.get(path)?.dispose()
    values.set(path, tensor)
  }
  for (const [path, tensors] of stepped.optimiser) {
    tf.dispose([...(optimiser.get(path) ?? [])])
    optimiser.set(path, tensors)
  }
}

/** Reads the loss, which computes the step on an engine that puts it off; only then do the old tensors go. */
const finish = (training: Training, stepped: Stepped): number =>
  readOnce([stepped.loss], () => {
    try {
      const loss = stepped.loss.dataSync()[0]!
      putInPlace(training, stepped)
      return loss
    } catch (cause) {
      tf.dispose([...nextTensors(stepped)])
      throw cause
    }
  })

const programOn = (engine: Engine, training: Training, start: OptimiserState): Program => {
  const { plan, trainable, options, values, optimiser } = training
  const run = attempt(engine)
  const step = stepper(engine, training)
  const { evaluate, predict, dispose } = inferenceOn(engine, plan, values, false)
  let t = start.t
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
                const loss = finish(training, stepped)
                t++
                return loss
              })
            )
          )
        ),
        E.flatten
      ),
    state: () =>
      run(
        'reading parameters',
        () => new Map(arraysOf(plan).map(({ path, shape }) => [path, download(values.get(path)!, shape)]))
      ),
    optimiserState: () =>
      run('reading optimiser state', () => ({
        arrays: new Map(
          trainable.flatMap(({ path, shape }) =>
            stateNames(options.optimiser).map(
              (name, i) => [`${path}.${name}`, download(optimiser.get(path)![i]!, shape)] as const
            )
          )
        ),
        t
      })),
    dispose: () => {
      dispose()
      tf.dispose([...optimiser.values()].flat())
      optimiser.clear()
    }
  }
}

/**
 * Loads a plan's numbers into an engine to train. `state` must have every parameter and buffer of the plan; an
 * optimiser array that is missing starts as the optimiser says, zero for all but one's own. To predict only, use
 * `compileInference`.
 *
 * @example
 * import { arch, flatten, linear, mse, named, plan, sequential, sgd } from 'graft-vision'
 * import { acquireEngine, compile, freshOptimiser, initialState } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const net = arch({ name: 'line', network: sequential(flatten, named('fc', linear(1, 1))) })
 * const [planned, engine] = [plan({ input: [1, 1, 1] })(net), await acquireEngine('cpu')()]
 * if (E.isLeft(planned) || E.isLeft(engine)) throw new Error('it needs both')
 * const start = { state: initialState(planned.right, 1), optimiser: freshOptimiser }
 * const how = { loss: mse, optimiser: sgd(), trueWd: true, bnWd: true, clip: null, seed: 1 }
 * const program = compile(engine.right)(planned.right, start, how)
 * if (E.isLeft(program)) throw new Error(program.left.hint)
 * const batch = { x: new Float32Array([1, 2]), y: new Float32Array([3, 5]), n: 2 }
 * const [first, second] = [0, 1].map((step) => program.right.step(batch, { lrs: [0.1], mom: 0, wd: 0, step }))
 * program.right.dispose()
 * assert.ok(first?._tag === 'Right' && second?._tag === 'Right' && second.right < first.right)
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
    const trainable = plan.parameters.filter((p) => p.trainable)
    return pipe(
      E.Do,
      E.apS('state', fitting(plan, start.state)),
      E.bind('arrays', () => startingArrays(options.optimiser, trainable, start.optimiser.arrays)),
      E.chain(({ state, arrays }) =>
        attempt(engine)('loading parameters', () => {
          const values = uploadAll(plan, state)
          const optimiser = new Map(
            trainable.map(({ path, shape }, i) => [path, arrays[i]!.map((array) => upload(shape, array))])
          )
          return programOn(engine, { plan, trainable, options, values, optimiser }, start.optimiser)
        })
      )
    )
  }
