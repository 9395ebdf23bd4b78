/**
 * `openPredictor`: a network that stays compiled, for a server for example.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pixels } from '../../data/index.js'
import { type Engine, readyInference } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import { sizeOf } from '../../model/index.js'
import type { HasEngine } from '../Env.js'
import { settingError } from '../LearnError.js'
import { embed, embedEach, type EmbedOptions } from './embed.js'
import type { Picture } from './networkInput.js'
import { predict, predictAll, predictEach, type PredictAllOptions, type Prediction } from './predict.js'
import { predictImage } from './predictImage.js'
import { predictMask, segment, type Segmented } from './predictMask.js'
import { loadPredictor, type Predictor } from './Predictor.js'

type Env = HasEngine & HasFiles & HasImages

/**
 * A compiled network. Each method is the function of the same name, run in the environment in which the network was
 * opened; after `close` they fail with a `SettingError`.
 *
 * @category prediction
 * @since 0.1.0
 */
export interface OpenPredictor {
  readonly predictor: Predictor
  readonly predict: (picture: Picture, options?: { readonly thresh?: number }) => TE.TaskEither<GraftError, Prediction>
  readonly predictAll: (
    pictures: ReadonlyArray<Picture>,
    options?: PredictAllOptions
  ) => TE.TaskEither<GraftError, ReadonlyArray<Prediction>>
  readonly predictEach: (
    pictures: ReadonlyArray<Picture>,
    options?: PredictAllOptions
  ) => TE.TaskEither<GraftError, ReadonlyArray<E.Either<GraftError, Prediction>>>
  readonly embed: (
    pictures: ReadonlyArray<Picture>,
    options?: EmbedOptions
  ) => TE.TaskEither<GraftError, ReadonlyArray<Float32Array>>
  readonly embedEach: (
    pictures: ReadonlyArray<Picture>,
    options?: EmbedOptions
  ) => TE.TaskEither<GraftError, ReadonlyArray<E.Either<GraftError, Float32Array>>>
  readonly predictImage: (
    picture: Picture,
    options?: { readonly at?: 'picture' | 'network' }
  ) => TE.TaskEither<GraftError, Pixels>
  readonly predictMask: (picture: Picture) => TE.TaskEither<GraftError, Pixels>
  readonly segment: (picture: Picture) => TE.TaskEither<GraftError, Segmented>
  /** Frees the network after pending predictions are done. May be called twice. */
  readonly close: IO<void>
}

/** The engine with a separate cache of networks, from which other predictions do not evict them. */
const apart = (engine: Engine): { readonly engine: Engine; readonly release: IO<void> } => {
  const releases: Array<IO<void>> = []
  return {
    engine: {
      ...engine,
      onDispose: (release) => {
        const unregister = engine.onDispose(release)
        releases.push(release, unregister)
        return unregister
      }
    },
    release: () => releases.splice(0).forEach((release) => release())
  }
}

const opened = (predictor: Predictor, env: Env): E.Either<GraftError, OpenPredictor> => {
  const { engine, release } = apart(env.engine)
  let isOpen = true
  let underWay = 0
  const releaseWhenDone = (): void => {
    if (!isOpen && underWay === 0) release()
  }
  const asked =
    <A>(program: (p: Predictor) => RTE.ReaderTaskEither<Env, GraftError, A>): TE.TaskEither<GraftError, A> =>
    async () => {
      if (!isOpen) return E.left(settingError('predictor', 'an open predictor', 'one that was closed', 'open it again'))
      underWay++
      try {
        return await program(predictor)({ ...env, engine })()
      } finally {
        underWay--
        releaseWhenDone()
      }
    }
  return pipe(
    readyInference(engine)(predictor.plan, predictor.state),
    // engines may defer compilation to the first prediction
    E.chainFirst((network) => network.predict(new Float32Array(sizeOf(predictor.plan.input)), 1)),
    E.map(() => ({
      predictor,
      predict: (picture, options) => asked(predict(picture, options)),
      predictAll: (pictures, options) => asked(predictAll(pictures, options)),
      predictEach: (pictures, options) => asked(predictEach(pictures, options)),
      embed: (pictures, options) => asked((p) => embed(p, options)(pictures)),
      embedEach: (pictures, options) => asked((p) => embedEach(p, options)(pictures)),
      predictImage: (picture, options) => asked(predictImage(picture, options)),
      predictMask: (picture) => asked(predictMask(picture)),
      segment: (picture) => asked(segment(picture)),
      close: () => {
        isOpen = false
        releaseWhenDone()
      }
    }))
  )
}

/**
 * Loads a saved network, or takes a `Predictor`, and compiles it once; every prediction then uses the compiled network.
 * Its memory is held until `close`, or until the engine is disposed; use it with `RTE.bracket`.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, openPredictor, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.chainW((l) =>
 *     RTE.bracket(
 *       openPredictor(predictorOf(l)), // or the path of a run, an export or a model file
 *       (open) => RTE.fromTaskEither(TE.sequenceSeqArray([open.predict(blank), open.predict(blank)])),
 *       (open) => RTE.fromIO(open.close)
 *     )
 *   )
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual(result.right[0], result.right[1])
 *
 * @category prediction
 * @since 0.1.0
 */
export const openPredictor = (from: string | Predictor): RTE.ReaderTaskEither<Env, GraftError, OpenPredictor> =>
  pipe(
    typeof from === 'string' ? loadPredictor(from) : RTE.right(from),
    RTE.chainW((predictor) => (env: Env) => TE.fromEither(opened(predictor, env)))
  )
