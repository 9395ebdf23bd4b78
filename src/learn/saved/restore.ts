/**
 * From saved files to learners: loading parameters into a learner, and resuming from a checkpoint.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { freshOptimiser, stateNames, type StateDict } from '../../engine/index.js'
import { parseJson } from '../../format/index.js'
import type { GraftError, Mistake } from '../../GraftError.js'
import { dataFingerprint } from '../../io/index.js'
import { type Freeze, showShape, sizeOf } from '../../model/index.js'
import { type History, momentumOf } from '../../recipe/index.js'
import type { Cursor, Saved, SavedProgress } from './Saved.js'
import { settingsFingerprint } from './fingerprints.js'
import { finiteWeights } from '../loop/finite.js'
import { mistakesIn } from '../inFile.js'
import type { Learner } from '../learner/Learner.js'
import { normalisedBy } from '../learner/makeLearner.js'
import { refreeze } from '../learner/refreeze.js'
import { savedError, weightsError } from '../LearnError.js'
import type { StateTensor } from '../weights/adaptation.js'
import { accumulatedPrefix, averagePrefix, keptPrefix, modelTensorsIn, optimiserPrefix } from './trainedBy.js'
import type { Averaged } from '../loop/averaging.js'
import { nothingWatched, type Watched } from '../loop/watched.js'
import type { Within } from '../loop/Within.js'

/** Arrays of a plan from saved tensors; every mismatch is listed. */
const arraysOf = (
  file: string,
  wanted: ReadonlyArray<{ readonly path: string; readonly shape: ReadonlyArray<number> }>,
  tensors: ReadonlyMap<string, StateTensor>
): E.Either<GraftError, StateDict> => {
  const errors = wanted.flatMap(({ path, shape }): ReadonlyArray<Mistake> => {
    const found = tensors.get(path)
    return found !== undefined && showShape(found.shape) === showShape(shape) && found.data.length === sizeOf(shape)
      ? []
      : [
          weightsError(
            path,
            showShape(shape),
            found === undefined ? 'no such key' : showShape(found.shape),
            'load it into a learner of the same model'
          )
        ]
  })
  return errors.length > 0
    ? E.left(mistakesIn(file, errors as unknown as RNEA.ReadonlyNonEmptyArray<Mistake>))
    : E.right(new Map(wanted.map(({ path }) => [path, tensors.get(path)!.data])))
}

/** A plan's parameters and buffers from saved tensors, all finite. */
export const stateOf = (
  file: string,
  wanted: Parameters<typeof arraysOf>[1],
  tensors: ReadonlyMap<string, StateTensor>
): E.Either<GraftError, StateDict> => E.chain(finiteWeights(file))(arraysOf(file, wanted, tensors))

type SavedWithin = NonNullable<NonNullable<SavedProgress['cursor']>['within']>

const optimiserOf = (saved: Saved): Learner['optimiser'] => ({
  t: saved.progress.t,
  arrays: new Map(
    [...saved.tensors].flatMap(([key, { data }]) =>
      key.startsWith(optimiserPrefix) ? [[key.slice(optimiserPrefix.length), data] as const] : []
    )
  )
})

/** The tensors with a prefix, by the rest of their names. */
const under = ({ tensors }: Saved, prefix: string): ReadonlyMap<string, StateTensor> =>
  new Map(
    [...tensors].flatMap(([key, tensor]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : []
    )
  )

/** The tensors to predict with: those that a checkpoint's training step would end with. */
export const modelTensors = ({ progress, tensors }: Saved): Saved['tensors'] => modelTensorsIn(progress)(tensors)

/** The optimiser's state with the gradients of a group of batches that is not complete. */
const inGroup = (file: string, saved: Saved, l: Learner): E.Either<GraftError, Learner['optimiser']> => {
  const weight = saved.progress.accumulated
  if (weight === undefined) return E.right(optimiserOf(saved))
  const trained = l.plan.parameters.filter((p) => p.trainable)
  return E.map((gradients: StateDict) => ({ ...optimiserOf(saved), accumulated: { gradients, weight } }))(
    arraysOf(file, trained, under(saved, accumulatedPrefix))
  )
}

/** Whether the saved optimiser state has the arrays and shapes of the learner's optimiser. */
const fitsOptimiser = (l: Learner, saved: Saved): boolean => {
  const wanted = l.plan.parameters
    .filter((p) => p.trainable)
    .flatMap((p) => stateNames(l.settings.opt).map((name) => [`${optimiserPrefix}${p.path}.${name}`, p.shape] as const))
  return (
    wanted.length === optimiserOf(saved).arrays.size &&
    wanted.every(([key, shape]) => showShape(saved.tensors.get(key)?.shape ?? []) === showShape(shape))
  )
}

/**
 * Loads the parameters of a saved learner. Of a checkpoint within a training step, these are the parameters that the
 * step would end with: the best ones so far of `saveBest`, or else the average of `ema` or `swa`. Optimiser state is
 * restored if optimiser and trained parameters are the same; otherwise it is reset, with a warning. The freeze does not
 * change.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, readSaved, restore, withNodeEnv, writeSaved } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.bindTo('data'),
 *   RTE.bindW('one', ({ data }) => cnnLearner(data, squeezenet1_1, { pretrained: false, seed: 1 })),
 *   RTE.bindW('other', ({ data }) => cnnLearner(data, squeezenet1_1, { pretrained: false, seed: 2 })),
 *   RTE.chainFirstW(({ one }) => writeSaved('one.safetensors', one, null)),
 *   RTE.bindW('saved', () => readSaved('one.safetensors')),
 *   RTE.bindW('restored', ({ other, saved }) => RTE.fromEither(restore('one.safetensors', saved)(other)))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * const { one, restored } = result.right
 * assert.deepStrictEqual(restored.learner.state, one.state)
 *
 * @category saving
 * @since 0.1.0
 */
export const restore =
  (file: string, saved: Saved) =>
  (l: Learner): E.Either<GraftError, { readonly learner: Learner; readonly warnings: ReadonlyArray<string> }> => {
    const hasState = saved.progress.t > 0
    const same = hasState && fitsOptimiser(l, saved)
    const optimiser = same
      ? { optimiser: optimiserOf(saved), mom: saved.progress.mom }
      : { optimiser: freshOptimiser, mom: momentumOf(l.settings.opt) }
    return E.map((state: StateDict) => ({
      learner: { ...l, state, ...optimiser },
      warnings:
        hasState && !same
          ? [
              `${file}: the optimiser is reset, because the file was saved with another optimiser or with other trained parameters`
            ]
          : []
    }))(stateOf(file, [...l.plan.parameters, ...l.plan.buffers], modelTensors(saved)))
  }

/** The training history of a saved learner. */
export const historyOf = ({ progress: { history } }: Saved): History => ({
  ...history,
  rows: history.rows.map((row) => ({
    ...row,
    trainLoss: Number(row.trainLoss),
    validLoss: row.validLoss === null ? null : Number(row.validLoss),
    metrics: row.metrics.map(Number)
  }))
})

/** The state of a step's watchers, with the copies they kept. */
const watchedOf = (
  file: string,
  saved: Saved,
  l: Learner,
  { states, rateScale, ended, kept }: NonNullable<SavedWithin['watched']>
): E.Either<GraftError, Watched> =>
  pipe(
    kept,
    E.traverseArray((name) => {
      const own = under(saved, `${keptPrefix}${name}:`)
      return E.map((state: StateDict) => [name, state] as const)(
        stateOf(file, [...l.plan.parameters, ...l.plan.buffers], own)
      )
    }),
    E.bindTo('kept'),
    E.bind('states', () =>
      pipe(
        states,
        E.traverseArray(parseJson),
        E.mapLeft((errors) => mistakesIn(file, errors))
      )
    ),
    E.map((read) => ({ rateScale, ended, kept: new Map(read.kept), states: read.states }))
  )

const withinOf = (file: string, saved: Saved, l: Learner): E.Either<GraftError, Within | null> => {
  const within = saved.progress.cursor?.within
  if (within === undefined) return E.right(null)
  const { watched, averaged, updates = within.trained, ...rest } = within
  return pipe(
    watched === undefined ? E.right(nothingWatched) : watchedOf(file, saved, l, watched),
    E.bindTo('watched'),
    E.bind('average', () =>
      averaged === undefined
        ? E.right(null)
        : E.map((state: StateDict): Averaged => ({ state, count: averaged }))(
            stateOf(file, [...l.plan.parameters, ...l.plan.buffers], under(saved, averagePrefix))
          )
    ),
    E.map((read) => ({ ...rest, updates, ...read }))
  )
}

export const freezeOf = (saved: SavedProgress): Freeze =>
  saved.freeze === 'body' ? { _tag: 'FreezeBody' } : { _tag: 'FreezeTo', n: saved.freeze }

/** What differs from the data that a run began with. */
const otherData = ({ progress: { data, contents } }: Saved, l: Learner): string =>
  contents !== undefined && dataFingerprint({ ...l.data, contents }) === data
    ? 'the same files and labels, but other contents of at least one file'
    : 'other files, contents, labels, sizes or batches'

const refusals = (file: string, saved: Saved, l: Learner): ReadonlyArray<GraftError> => [
  ...(saved.progress.data === dataFingerprint(l.data)
    ? []
    : [
        savedError(
          file,
          'the data that the run began with',
          otherData(saved, l),
          'restore the data, or pass its new location; to train on other data, start a new run: graft train DATA'
        )
      ]),
  ...(saved.progress.settings === settingsFingerprint(l)
    ? []
    : [
        savedError(
          file,
          'the model, loss, optimiser, weight decay, seed and metrics that the run began with',
          'others',
          'use the same, or train again'
        )
      ])
]

/**
 * Restores a learner from a checkpoint, and returns where to continue. Includes freeze, optimiser, counters and
 * history. Data, model and settings must be those of the run.
 *
 * @example
 * import { arch, digits, nn, Recipe, withBatchSize } from 'graft-vision'
 * import { cnnLearner, openData, readSaved, resumeFrom, trainWith, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const network = nn.sequential(nn.named('conv', nn.conv2d(3, 4, 5)), nn.named('pool', nn.maxPool2d(4)))
 *
 * const program = pipe(
 *   openData(pipe(digits({ n: 8 }), withBatchSize(4))),
 *   RTE.chainW((data) => cnnLearner(data, arch({ name: 'tiny', network }))),
 *   RTE.bindTo('fresh'),
 *   RTE.chainFirstW(({ fresh }) => trainWith(Recipe.fit(1), { checkpoint: { file: 'halted.safetensors' } })(fresh)),
 *   RTE.bindW('saved', () => readSaved('halted.safetensors')),
 *   RTE.chainEitherKW(({ fresh, saved }) => resumeFrom('halted.safetensors', saved)(fresh)),
 *   RTE.map(({ learner, cursor }) => [learner.steps, cursor.within?.batch])
 * )
 * // halted after the first of two batches
 * const env = withNodeEnv({ engine: 'cpu', onEvent: ({ _tag }) => () => (_tag === 'BatchEnd' ? 'halt' : 'continue') })
 * assert.deepStrictEqual(await env(program)(), E.right([1, 1]))
 *
 * @category saving
 * @since 0.1.0
 */
export const resumeFrom =
  (file: string, saved: Saved) =>
  (l: Learner): E.Either<GraftError, { readonly learner: Learner; readonly cursor: Cursor }> => {
    const { progress } = saved
    const at = progress.cursor
    if (at === undefined)
      return E.left(
        savedError(file, 'a checkpoint of a run', 'a saved learner', 'load it with Recipe.load, or pass a checkpoint')
      )
    // weights trained by graft contain their normalisation, and are not read again when resuming
    const stats = saved.model.preprocessing.stats
    const begun = stats === null ? l : { ...l, data: normalisedBy(stats)(l.data) }
    const [refusal] = refusals(file, saved, begun)
    if (refusal !== undefined) return E.left(refusal)
    return pipe(
      refreeze(freezeOf(progress))(begun),
      E.filterOrElse(
        (thawed) => progress.t === 0 || fitsOptimiser(thawed, saved),
        (): GraftError =>
          savedError(
            file,
            "every array of the optimiser's state",
            'missing or misshapen arrays',
            'use an undamaged file'
          )
      ),
      E.bindTo('thawed'),
      E.bind('within', ({ thawed }) => withinOf(file, saved, thawed)),
      E.bind('optimiser', ({ thawed }) => inGroup(file, saved, thawed)),
      E.chain(({ thawed, within, optimiser }) =>
        E.map((state: StateDict) => ({
          cursor: { ...at, within },
          learner: {
            ...thawed,
            state,
            optimiser,
            mom: progress.mom,
            steps: progress.steps,
            epochs: progress.epochs,
            history: historyOf(saved)
          }
        }))(stateOf(file, [...thawed.plan.parameters, ...thawed.plan.buffers], saved.tensors))
      )
    )
  }
