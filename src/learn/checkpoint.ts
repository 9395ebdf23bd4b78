/**
 * Saved learners: one safetensors file with the parameters, the buffers and the optimiser's state, and in its header
 * the resolved model and how far training has come. Written whole or not at all.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { freshOptimiser, stateNames, type StateDict } from '../engine/index.js'
import {
  decodeResolvedModel,
  decodeWith,
  encodeResolvedModel,
  makeSchema,
  parseJson,
  readSafetensors,
  type ResolvedModel,
  type SchemaType,
  writeSafetensors
} from '../format/index.js'
import { type GraftError, type Mistake, mistakes } from '../GraftError.js'
import { dataFingerprint, type HasFiles } from '../io/index.js'
import { type Freeze, showShape, sizeOf } from '../model/index.js'
import type { History } from '../recipe/index.js'
import { version } from '../version.js'
import { mistakesIn } from './inFile.js'
import { type Learner, refreeze } from './Learner.js'
import { savedError, weightsError } from './LearnError.js'
import type { Within } from './phase.js'
import { resolvedOf } from './resolved.js'
import { type StateTensor, stateTensors } from './weights.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** A place in a recipe: the step, and how far that step has come (null: not begun). */
export interface Cursor {
  readonly step: number
  readonly within: Within | null
}

const progressSchema = makeSchema((g) => {
  const numbers = g.list(g.number)
  // JSON has no NaN: what could not be measured is null
  const measured = g.union(g.number, g.literal(null))
  const row = g.object({ epoch: g.whole(0), trainLoss: measured, validLoss: measured, metrics: g.list(measured) }, {})
  const within = g.object(
    { epoch: g.whole(0), batch: g.whole(0), smoothed: g.object({ average: g.number, count: g.whole(0) }, {}) },
    {}
  )
  return g.object(
    {
      t: g.whole(0),
      mom: g.number,
      steps: g.whole(0),
      epochs: g.whole(0),
      freeze: g.union(g.literal('body'), g.whole(-Infinity)),
      data: g.string,
      history: g.object({ losses: numbers, lrs: numbers, moms: numbers, rows: g.list(row) }, {})
    },
    { cursor: g.object({ step: g.whole(0) }, { within }), run: g.string }
  )
})

type SavedProgress = SchemaType<typeof progressSchema>

/** What a saved file holds. */
export interface Saved {
  readonly model: ResolvedModel
  readonly progress: SavedProgress
  readonly tensors: ReadonlyMap<string, StateTensor>
}

/** Keys of the optimiser's arrays, beside the parameters' own. */
const optimiserPrefix = 'optimiser:'

/** Where `save(name)` puts a learner. */
export const savedFile = (l: Learner, name: string): string =>
  join(l.settings.path, l.settings.modelDir, `${name}.safetensors`)

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

const nullable = (n: number): number | null => (Number.isFinite(n) ? n : null)

/** How a learner is written. */
export interface SaveOptions {
  /** Whether the optimiser's state goes along; default true. */
  readonly optimiser?: boolean
  /** The run it belongs to; default: none. */
  readonly run?: string
}

const progressOf = (l: Learner, cursor: Cursor | null, run: string | undefined): SavedProgress => ({
  t: l.optimiser.t,
  mom: l.mom,
  steps: l.steps,
  epochs: l.epochs,
  freeze: l.model.freeze._tag === 'FreezeBody' ? 'body' : l.model.freeze.n,
  data: dataFingerprint(l.data),
  history: {
    ...l.history,
    rows: l.history.rows.map((row) => ({
      epoch: row.epoch,
      trainLoss: nullable(row.trainLoss),
      validLoss: row.validLoss === null ? null : nullable(row.validLoss),
      metrics: row.metrics.map(nullable)
    }))
  },
  ...(cursor === null
    ? {}
    : { cursor: { step: cursor.step, ...(cursor.within === null ? {} : { within: cursor.within }) } }),
  ...(run === undefined ? {} : { run })
})

const tensorsOf = (l: Learner, withOptimiser: boolean): ReadonlyMap<string, StateTensor> => {
  const shapes = new Map([...l.plan.parameters, ...l.plan.buffers].map(({ path, shape }) => [path, shape]))
  const optimiser = withOptimiser
    ? l.plan.parameters.flatMap(({ path, shape }) =>
        stateNames(l.settings.opt).flatMap((name) => {
          const data = l.optimiser.arrays.get(`${path}.${name}`)
          return data === undefined ? [] : [[`${optimiserPrefix}${path}.${name}`, { shape, data }] as const]
        })
      )
    : []
  return new Map([
    ...[...shapes].map(([path, shape]) => [path, { shape, data: l.state.get(path)! }] as const),
    ...optimiser
  ])
}

const bytesOf = (
  l: Learner,
  cursor: Cursor | null,
  { optimiser = true, run }: SaveOptions
): E.Either<GraftError, Uint8Array> =>
  pipe(
    resolvedOf(l),
    E.chain(encodeResolvedModel(version)),
    E.chain((model) =>
      writeSafetensors(
        new Map([...tensorsOf(l, optimiser)].map(([key, { shape, data }]) => [key, { dtype: 'F32', shape, data }])),
        { graft: JSON.stringify({ model, progress: progressOf(l, cursor, run) }) }
      )
    ),
    E.mapLeft((errors) => mistakes('the model to save', errors))
  )

/**
 * Writes a learner to a file: parameters, buffers and, unless told otherwise, the optimiser's state.
 *
 * @since 0.1.0
 */
export const writeSaved = (
  file: string,
  l: Learner,
  cursor: Cursor | null,
  options: SaveOptions = {}
): RTE.ReaderTaskEither<HasFiles, GraftError, void> =>
  pipe(
    RTE.fromEither(bytesOf(l, cursor, options)),
    RTE.chainW((bytes) => (env: HasFiles) => env.files.write(file, bytes))
  )

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

const savedSchema = (u: unknown): E.Either<GraftError, { readonly model: unknown; readonly progress: unknown }> =>
  typeof u === 'object' && u !== null && 'model' in u && 'progress' in u
    ? E.right({ model: u.model, progress: u.progress })
    : E.left(
        savedError('__metadata__.graft', 'a model and its progress', 'something else', 'give a file that graft saved')
      )

const readBytes = (file: string, bytes: Uint8Array): E.Either<GraftError, Saved> => {
  const named = <A>(e: E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, A>): E.Either<GraftError, A> =>
    E.mapLeft((errors: RNEA.ReadonlyNonEmptyArray<Mistake>) => mistakesIn(file, errors))(e)
  return pipe(
    E.Do,
    E.bind('content', () => named(readSafetensors(bytes))),
    E.bindW('text', ({ content }) =>
      content.metadata['graft'] === undefined
        ? E.left(savedError(file, 'a file that graft saved', 'weights alone', 'use them with withWeights(file)'))
        : E.right(content.metadata['graft'])
    ),
    E.bindW('json', ({ text }) => named(parseJson(text))),
    E.bindW('parts', ({ json }) => savedSchema(json)),
    E.bindW('model', ({ parts }) => named(decodeResolvedModel(parts.model))),
    E.bindW('progress', ({ parts }) => named(decodeWith(progressSchema)(parts.progress))),
    E.map(({ content, model, progress }) => ({ model: model.model, progress, tensors: stateTensors(content) }))
  )
}

/**
 * Reads a saved learner.
 *
 * @since 0.1.0
 */
export const readSaved = (file: string): RTE.ReaderTaskEither<HasFiles, GraftError, Saved> =>
  pipe(
    (env: HasFiles) => env.files.read(file),
    RTE.chainEitherKW((bytes) => readBytes(file, bytes))
  )

// -------------------------------------------------------------------------------------
// restoring
// -------------------------------------------------------------------------------------

/** A plan's parameters and buffers out of saved tensors; every misfit listed. */
export const stateOf = (
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

const optimiserOf = (saved: Saved): Learner['optimiser'] => ({
  t: saved.progress.t,
  arrays: new Map(
    [...saved.tensors].flatMap(([key, { data }]) =>
      key.startsWith(optimiserPrefix) ? [[key.slice(optimiserPrefix.length), data] as const] : []
    )
  )
})

const fitsOptimiser = (l: Learner, optimiser: Learner['optimiser']): boolean => {
  const wanted = l.plan.parameters
    .filter((p) => p.trainable)
    .flatMap((p) => stateNames(l.settings.opt).map((name) => `${p.path}.${name}`))
  return wanted.length === optimiser.arrays.size && wanted.every((key) => optimiser.arrays.has(key))
}

/**
 * A learner with the numbers of a saved one. The optimiser's state comes along if the same parameters train; otherwise
 * it starts anew, and a warning says so. Freezing does not change.
 *
 * @since 0.1.0
 */
export const restore =
  (file: string, saved: Saved) =>
  (l: Learner): E.Either<GraftError, { readonly learner: Learner; readonly warnings: ReadonlyArray<string> }> => {
    const optimiser = optimiserOf(saved)
    const same = optimiser.t === 0 || fitsOptimiser(l, optimiser)
    return E.map((state: StateDict) => ({
      learner: { ...l, state, ...(same ? { optimiser, mom: saved.progress.mom } : { optimiser: freshOptimiser }) },
      warnings: same
        ? []
        : [`${file}: the optimiser's state was not restored, as other parameters trained when it was saved`]
    }))(stateOf(file, [...l.plan.parameters, ...l.plan.buffers], saved.tensors))
  }

/** What a saved learner's training recorded. */
export const historyOf = ({ progress: { history } }: Saved): History => ({
  ...history,
  rows: history.rows.map((row) => ({
    ...row,
    trainLoss: row.trainLoss ?? NaN,
    metrics: row.metrics.map((m) => m ?? NaN)
  }))
})

const freezeOf = (saved: SavedProgress): Freeze =>
  saved.freeze === 'body' ? { _tag: 'FreezeBody' } : { _tag: 'FreezeTo', n: saved.freeze }

/**
 * A learner as it was at a checkpoint, and where to go on: freeze, optimiser, counters and history included. The data
 * must be the same.
 *
 * @since 0.1.0
 */
export const resumeFrom =
  (file: string, saved: Saved) =>
  (l: Learner): E.Either<GraftError, { readonly learner: Learner; readonly cursor: Cursor }> => {
    const { progress } = saved
    if (progress.cursor === undefined)
      return E.left(
        savedError(file, 'a checkpoint of a run', 'a saved learner', 'load it with Recipe.load, or give a checkpoint')
      )
    if (progress.data !== dataFingerprint(l.data))
      return E.left(
        savedError(
          file,
          'the data that the run began with',
          'other files, labels, sizes or batches',
          'restore the data, or train anew'
        )
      )
    const cursor: Cursor = { step: progress.cursor.step, within: progress.cursor.within ?? null }
    return pipe(
      refreeze(freezeOf(progress))(l),
      E.chain((thawed) =>
        E.map((state: StateDict) => ({
          cursor,
          learner: {
            ...thawed,
            state,
            optimiser: optimiserOf(saved),
            mom: progress.mom,
            steps: progress.steps,
            epochs: progress.epochs,
            history: historyOf(saved)
          }
        }))(stateOf(file, [...thawed.plan.parameters, ...thawed.plan.buffers], saved.tensors))
      )
    )
  }
