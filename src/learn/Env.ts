/**
 * The environment of a run: small capabilities that combine with `chainW`. Each function of this room requires only
 * those it uses.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { acquireEngine, type ConvCosts, type Engine, type EngineName, engineFailure } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import {
  type Cache,
  type DataEnv,
  type HasProcesses,
  type HasProgress,
  type HasWeights,
  installOnnxruntime,
  nodeIo,
  type WeightsPlaces
} from '../io/index.js'
import { haltOn, type Handler } from '../recipe/index.js'
import { callbacks } from './loop/callbacks.js'
import type { Callback, LearnerNow } from './learner/Learner.js'
import { wrongEnvOptions } from './envOptions.js'
import { settingError } from './LearnError.js'

/**
 * Requires an engine.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasEngine {
  readonly engine: Engine
}

/**
 * Requires a handler of events, which may halt the run.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasEvents {
  readonly onEvent: Callback
}

/**
 * All capabilities that programs of graft may require.
 *
 * @category environment
 * @since 0.1.0
 */
export type GraftEnv = DataEnv & HasWeights & HasProcesses & HasEngine & HasEvents

/**
 * Options of `withNodeEnv`.
 *
 * @category environment
 * @since 0.1.0
 */
export interface NodeEnvOptions {
  /** Default: `auto` of `acquireEngine`, which is onnxruntime where available. */
  readonly engine?: EngineName
  /** Threads of the engine; default: the physical cores. */
  readonly threads?: number
  /**
   * The costs by which the onnxruntime engine chooses convolution algorithms; default: those measured on this machine,
   * otherwise the built-in ones.
   */
  readonly costs?: 'built-in' | ConvCosts
  /** Threads that load images; default: `defaultWorkers`. 0: the calling thread. */
  readonly workers?: number
  /**
   * Handles events, and first of all the warning that `auto` fell back to a slower engine. Default: only warnings, by
   * Node's `process.emitWarning`.
   */
  readonly onEvent?: Callback
  /** When aborted, training halts at the end of its batch, as with `haltOn`. */
  readonly signal?: Pick<AbortSignal, 'aborted'>
  /** Where archives and generated data are stored; default: by environment variables. */
  readonly cache?: Cache
  /** Where published weights are stored and downloaded from; default: by environment variables. */
  readonly places?: WeightsPlaces
  /** Called with the progress of downloads and extraction; default: ignored. */
  readonly progress?: HasProgress['progress']
}

/** Without a handler, warnings are still shown, as Node shows its own. */
const nobody: Handler = (event) => () => {
  if (event._tag === 'Warning') process.emitWarning(event.message, 'GraftWarning')
  return 'continue'
}

/** The warning for an engine that `auto` fell back to, given before anything else. */
const fallbackWarnings = ({ name, passedOver }: Engine): ReadonlyArray<string> =>
  passedOver.slice(0, 1).map(({ path, found, hint }) => {
    const slow = name === 'cpu' ? ', hundreds of times slower' : ''
    return `${path} cannot be used (${found.split('\n', 1)[0]!}): ${name} computes instead${slow}. To fix it: ${hint}`
  })

/** Costs that were measured on this machine and cannot be used. */
const costWarnings = ({ costs }: Engine): ReadonlyArray<string> =>
  costs?._tag !== 'BuiltIn' || costs.ignored === null
    ? []
    : [`the measured costs are not used: ${costs.ignored}; measure again (graft engines --tune) or remove the file`]

/** Until something is trained, there is no learner. */
const noLearner: LearnerNow = () =>
  E.left(settingError('learner', 'a training in progress', 'none yet', 'read the learner during training events only'))

/** A user's program may reject, and its engine must be released nevertheless. */
const settled =
  <Err, A>(program: TE.TaskEither<Err, A>): TE.TaskEither<Err | GraftError, A> =>
  () =>
    Promise.resolve()
      .then(program)
      .catch((e: unknown) =>
        E.left(settingError('program', 'a program that does not reject', String(e), 'return errors as values'))
      )

/**
 * Runs a program on this machine: acquires engine, files and images, and always releases the engine. If the library of
 * the onnxruntime engine is missing, it is installed first (`installOnnxruntime`). Options of another type, such as the
 * name of an engine that does not exist, are errors.
 *
 * @example
 * import { type GraftEnv, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = RTE.asks((env: GraftEnv) => env.engine.name)
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right('cpu'))
 *
 * @category environment
 * @since 0.1.0
 */
export const withNodeEnv =
  (options: NodeEnvOptions = {}) =>
  <Err, A>(program: ReaderTaskEither<GraftEnv, Err, A>): TE.TaskEither<Err | GraftError, A> => {
    const wrong = wrongEnvOptions(options)
    if (wrong !== null) return TE.left(wrong)
    const io = nodeIo(options)
    const heard = options.onEvent ?? nobody
    const onEvent: Callback = options.signal === undefined ? heard : callbacks([heard, haltOn(options.signal)])
    return TE.bracketW(
      acquireEngine(options.engine ?? 'auto', {
        ...(options.threads === undefined ? {} : { threads: options.threads }),
        ...(options.costs === undefined ? {} : { costs: options.costs }),
        home: io.cache.home,
        install: installOnnxruntime(io)
      }),
      (engine) =>
        settled(async () => {
          for (const message of [...fallbackWarnings(engine), ...costWarnings(engine)])
            await onEvent({ _tag: 'Warning', message }, noLearner)()
          return program({ ...io, engine, onEvent })()
        }),
      (engine) =>
        pipe(
          TE.tryCatch(
            async () => {
              await io.workers.close()
              await Promise.resolve(engine.dispose())
            },
            (e) => engineFailure(engine.name, 'an engine that can be released', String(e), 'report this')
          )
        )
    )
  }
