/**
 * `loadLearner`: loads an exported or saved learner without its training data; `withData` gives it new data.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, imageFolder, isImageName, normalise, withResize, withSize } from '../../data/index.js'
import { freshOptimiser } from '../../engine/index.js'
import { modelOf, type ResolvedModel } from '../../format/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import type { Data, Dataset, HasFiles } from '../../io/index.js'
import type { Model } from '../../model/index.js'
import { plan, type Plan } from '../../plan/index.js'
import { customLoss, customOptimiser, type LossFunction, momentumOf, type Update } from '../../recipe/index.js'
import { readSaved } from './readSaved.js'
import { mistakesIn } from '../inFile.js'
import type { Learner, Settings } from '../learner/Learner.js'
import type { LearnerOptions } from '../learner/makeLearner.js'
import { savedError } from '../LearnError.js'
import { historyOf, restore } from './restore.js'
import { settingErrors } from '../learner/settings.js'

/**
 * Options of `loadLearner`: what files do not contain, and settings to override.
 *
 * @category saving
 * @since 0.1.0
 */
export interface LoadLearnerOptions extends Pick<
  LearnerOptions,
  'loss' | 'opt' | 'metrics' | 'callbacks' | 'path' | 'modelDir' | 'cacheFeatures'
> {
  /** Images for `getPreds({ set: 'test' })`: files, or a folder with everything below it. Default: none. */
  readonly test?: string | ReadonlyArray<string>
}

// -------------------------------------------------------------------------------------
// what a file cannot hold
// -------------------------------------------------------------------------------------

const lost = (): never => {
  // a loss or an update can report an error only by throwing; callers catch it
  // eslint-disable-next-line no-restricted-syntax
  throw new Error('a user-defined function is not in the file: pass it to loadLearner')
}
const lostLoss: LossFunction = lost
const lostUpdate: Update = { init: () => [], update: lost }

const settingsOf = ({ loss, training }: ResolvedModel, options: LoadLearnerOptions): Settings => ({
  ...training,
  loss: options.loss ?? loss.loss ?? customLoss(loss.name, loss.activation, lostLoss),
  opt: options.opt ?? training.opt ?? customOptimiser('of your own', lostUpdate),
  metrics: options.metrics ?? [],
  path: options.path ?? '.',
  modelDir: options.modelDir ?? 'models',
  callbacks: options.callbacks ?? [],
  batchViews: [],
  cacheFeatures: options.cacheFeatures ?? 'auto'
})

const settingsFor = (resolved: ResolvedModel, options: LoadLearnerOptions): E.Either<GraftError, Settings> => {
  const settings = settingsOf(resolved, options)
  const [first, ...rest] = settingErrors(settings, resolved.task)
  return first === undefined ? E.right(settings) : E.left(mistakes('the learner', [first, ...rest]))
}

/** The setting that a loaded learner needs for training and does not have. */
export const lostSetting = ({ loss, opt }: Settings): 'loss' | 'opt' | null =>
  loss._tag === 'CustomLoss' && loss.f.run === lostLoss
    ? 'loss'
    : opt._tag === 'CustomOptimiser' && opt.f.run === lostUpdate
      ? 'opt'
      : null

// -------------------------------------------------------------------------------------
// data that is not there
// -------------------------------------------------------------------------------------

const noItems: Dataset = {
  length: 0,
  items: [],
  item: () => RTE.left(dataError.tooFewItems('', 'training or validation data', 'none', 'add it: withData'))
}

const emptyData = ({ task, preprocessing }: ResolvedModel, { input }: Plan): Data => {
  const [, height, width] = input as readonly [number, number, number]
  const stats = preprocessing.stats ?? { mean: [0, 0, 0], std: [1, 1, 1] }
  return {
    spec: {
      ...pipe(imageFolder(''), withSize([height, width]), withResize(preprocessing.resize), normalise(stats)),
      ...preprocessing.decoding
    },
    root: '',
    task,
    generated: false,
    shape: [3, height, width],
    train: noItems,
    valid: noItems,
    test: [],
    stats,
    contents: '',
    warnings: [],
    skipped: []
  }
}

/** A folder is searched; files are used as given. */
const withTest =
  (test: string | ReadonlyArray<string>) =>
  (data: Data): RTE.ReaderTaskEither<HasFiles, GraftError, Data> =>
  ({ files }) =>
    typeof test === 'string'
      ? pipe(
          files.walk(test),
          TE.bimap(
            (e): GraftError => e,
            (listing) => ({ ...data, root: test, test: listing.files.filter(isImageName) })
          )
        )
      : TE.right({ ...data, test })

// -------------------------------------------------------------------------------------
// loading
// -------------------------------------------------------------------------------------

const modelIn = (path: string, resolved: ResolvedModel): E.Either<GraftError, Model> => {
  const model = modelOf(resolved)
  return model._tag === 'Model'
    ? E.right(model)
    : E.left(
        savedError(path, 'a model with a head', 'an architecture without a head', 'use its weights with withWeights')
      )
}

/**
 * Loads a learner from a folder written by `exportLearner`, from a run's folder, or from a saved file. It predicts as
 * the original and, once it has data (`withData`), can be trained further. Its data is empty except for `test`.
 * A checkpoint gives the parameters that its training step would end with (best of `saveBest`, average of `ema` or `swa`).
 * Metrics, handlers, and a user-defined loss or optimiser are not in files, and can be given as options. Optimiser
 * state is restored if it was saved.
 *
 * Errors name the file: `NotFound`; a `FormatError` for a file that is truncated or not safetensors; `SavedError` for a
 * file with only weights, or one that was changed since; `UnknownVersion` for a file of a later version of graft.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, exportLearner, loadLearner, openData, predict, predictorOf, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.bindTo('l'),
 *   RTE.chainFirstW(({ l }) => exportLearner('to-load')(l)),
 *   RTE.bindW('loaded', () => loadLearner('to-load')),
 *   RTE.bindW('before', ({ l }) => predict(blank)(predictorOf(l))),
 *   RTE.bindW('after', ({ loaded }) => predict(blank)(predictorOf(loaded)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual(result.right.after, result.right.before)
 *
 * @category saving
 * @since 0.1.0
 */
export const loadLearner = (
  path: string,
  options: LoadLearnerOptions = {}
): RTE.ReaderTaskEither<HasFiles, GraftError, Learner> =>
  pipe(
    readSaved(path),
    RTE.bindTo('saved'),
    RTE.bindW('model', ({ saved }) => RTE.fromEither(modelIn(path, saved.model))),
    RTE.bindW('plan', ({ saved: { model: resolved }, model }) => {
      const { size } = resolved.preprocessing
      const [height, width] = typeof size === 'number' ? [size, size] : size
      return pipe(
        plan({ input: [resolved.input.channels, height, width], task: resolved.task })(model),
        E.mapLeft((errors) => mistakesIn(path, errors)),
        RTE.fromEither
      )
    }),
    RTE.bindW('settings', ({ saved }) => RTE.fromEither(settingsFor(saved.model, options))),
    RTE.bindW('data', ({ saved, plan: p }) => {
      const data = emptyData(saved.model, p)
      return options.test === undefined ? RTE.right(data) : withTest(options.test)(data)
    }),
    RTE.chainEitherKW(({ saved, model, plan: p, data, settings }) => {
      const { steps, epochs } = saved.progress
      const empty: Learner = {
        _tag: 'Learner',
        data,
        model,
        plan: { ...p, warnings: [] },
        settings,
        state: new Map(),
        optimiser: freshOptimiser,
        mom: momentumOf(settings.opt),
        steps,
        epochs,
        history: historyOf(saved)
      }
      return pipe(
        restore(path, saved)(empty),
        E.map(({ learner }): Learner => {
          const { calibration } = saved.model
          return calibration === undefined ? learner : { ...learner, calibrated: { calibration, state: learner.state } }
        })
      )
    })
  )
