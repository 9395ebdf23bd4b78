/**
 * The environment of a run: small capabilities that combine with `chainW`. Each function of this room asks only for
 * its own.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { constant, pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { acquireEngine, type Engine, type EngineName, engineFailure } from '../engine/index.js'
import type { GraftError } from '../GraftError.js'
import { type Cache, type DataEnv, type HasProgress, type HasWeights, nodeIo, type WeightsPlaces } from '../io/index.js'
import type { Handler } from '../recipe/index.js'
import { settingError } from './LearnError.js'

/**
 * Wants an engine.
 *
 * @since 0.1.0
 */
export interface HasEngine {
  readonly engine: Engine
}

/**
 * Wants someone who listens to events and may halt the run.
 *
 * @since 0.1.0
 */
export interface HasEvents {
  readonly onEvent: Handler
}

/**
 * Everything: what programs of graft may ask for.
 *
 * @since 0.1.0
 */
export type GraftEnv = DataEnv & HasWeights & HasEngine & HasEvents

/**
 * How `withNodeEnv` makes an environment.
 *
 * @since 0.1.0
 */
export interface NodeEnvOptions {
  /** Default: `auto` of `acquireEngine`, onnxruntime where it can be had. */
  readonly engine?: EngineName
  /** Threads of the engine; default: the physical cores. */
  readonly threads?: number
  /** Default: nobody listens. */
  readonly onEvent?: Handler
  /** Where archives and generated data are kept; default by environment variables. */
  readonly cache?: Cache
  /** Where published weights are kept and fetched from; default by environment variables. */
  readonly places?: WeightsPlaces
  /** Told about downloads and extraction; default: nobody. */
  readonly progress?: HasProgress['progress']
}

/** A program of the user's own may reject; its engine is to be released all the same. */
const settled =
  <Err, A>(program: TE.TaskEither<Err, A>): TE.TaskEither<Err | GraftError, A> =>
  () =>
    Promise.resolve()
      .then(program)
      .catch((e: unknown) =>
        E.left(settingError('program', 'a program that does not reject', String(e), 'return errors as values'))
      )

/**
 * Runs a program on this machine: acquires engine, files and pictures, and releases the engine whatever happens.
 *
 * @example
 * import { type GraftEnv, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = RTE.asks((env: GraftEnv) => env.engine.name)
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right('cpu'))
 *
 * @since 0.1.0
 */
export const withNodeEnv =
  (options: NodeEnvOptions = {}) =>
  <Err, A>(program: ReaderTaskEither<GraftEnv, Err, A>): TE.TaskEither<Err | GraftError, A> =>
    TE.bracketW(
      acquireEngine(options.engine ?? 'auto', options.threads === undefined ? {} : { threads: options.threads }),
      (engine) =>
        settled(
          program({
            ...nodeIo({
              ...(options.cache === undefined ? {} : { cache: options.cache }),
              ...(options.places === undefined ? {} : { places: options.places }),
              ...(options.progress === undefined ? {} : { progress: options.progress })
            }),
            engine,
            onEvent: options.onEvent ?? constant(constant('continue'))
          })
        ),
      (engine) =>
        pipe(
          TE.tryCatch(
            () => Promise.resolve(engine.dispose()),
            (e) => engineFailure(engine.name, 'an engine that can be released', String(e), 'report this')
          )
        )
    )
