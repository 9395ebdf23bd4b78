/**
 * Saved learners: a safetensors file with parameters, buffers and optimiser state; its header contains the resolved
 * model and the position in training. Written atomically.
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { stateNames } from '../../engine/index.js'
import {
  decodeResolvedModel,
  decodeWith,
  encodeResolvedModel,
  makeSchema,
  parseJson,
  readSafetensors,
  readStateDicts,
  type Safetensors,
  type ResolvedModel,
  type SchemaType,
  writeSafetensors
} from '../../format/index.js'
import { type GraftError, type Mistake, mistakes } from '../../GraftError.js'
import { dataFingerprint, type HasFiles } from '../../io/index.js'
import { type Optimiser, Recipe } from '../../recipe/index.js'
import { showValue } from '../../Value.js'
import { version } from '../../version.js'
import { type StateTensor, stateTensors } from '../weights/adaptation.js'
import { checksum } from './checksum.js'
import { mistakesIn } from '../inFile.js'
import type { Learner } from '../learner/Learner.js'
import { savedError } from '../LearnError.js'
import type { Within } from '../loop/Within.js'
import { resolvedOf } from '../learner/resolved.js'
import { savedModel } from './savedModel.js'
import { keptPrefix, optimiserPrefix } from './trainedBy.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * A position in a recipe: the step, and the position within it (null: not begun).
 *
 * @category saving
 * @since 0.1.0
 */
export interface Cursor {
  readonly step: number
  readonly within: Within | null
  /** Hash of the recipe. */
  readonly recipe: string
  /** Which measured costs the engine chose the forms of convolutions by; absent: the built-in ones. */
  readonly costs?: string
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A hash of a recipe (SHA-256, hexadecimal). */
export const recipeFingerprint = (recipe: Recipe.Recipe): string => hashOf(Recipe.showRecipe.show(recipe))

/** Adam and AdamW as checkpoints have known them from the first: one kind, told apart by a flag. */
const asHashed = (opt: Optimiser): unknown =>
  opt._tag === 'Adam' || opt._tag === 'AdamW'
    ? { _tag: 'Adam', betas: opt.betas, eps: opt.eps, decoupled: opt._tag === 'AdamW' }
    : opt

/** A hash of what determines training besides data and recipe: the settings, and the model without its freeze. */
export const settingsFingerprint = ({ model, settings }: Learner): string => {
  const { loss, opt, wd, bnWd, trueWd, clip, seed, metrics, batchViews } = settings
  const names = metrics.map((m) => m.name)
  return hashOf(
    showValue([
      { ...model, freeze: null },
      // left out when there are no views, so that older checkpoints stay valid
      {
        loss,
        opt: asHashed(opt),
        wd,
        bnWd,
        trueWd,
        clip,
        seed,
        names,
        ...(batchViews.length === 0 ? {} : { batchViews })
      }
    ])
  )
}

const progressSchema = makeSchema((g) => {
  const numbers = g.list(g.number)
  // JSON has no NaN
  const measured = g.union(g.number, g.literal('NaN', 'Infinity', '-Infinity'))
  const row = g.object(
    {
      epoch: g.whole(0),
      trainLoss: measured,
      validLoss: g.union(measured, g.literal(null)),
      metrics: g.list(measured)
    },
    {}
  )
  const within = g.object(
    {
      epoch: g.whole(0),
      batch: g.whole(0),
      trained: g.whole(0),
      smoothed: g.object({ average: g.number, count: g.whole(0) }, {})
    },
    // absent for a step without watchers
    {
      watched: g.object(
        {
          // JSON within JSON: a watcher's state may be anything
          states: g.list(g.string),
          rateScale: g.number,
          ended: g.boolean,
          kept: g.list(g.string)
        },
        {}
      )
    }
  )
  return g.object(
    {
      t: g.whole(0),
      mom: g.number,
      steps: g.whole(0),
      epochs: g.whole(0),
      freeze: g.union(g.literal('body'), g.whole(-Infinity)),
      data: g.string,
      settings: g.string,
      history: g.object({ losses: numbers, lrs: numbers, moms: numbers, rows: g.list(row) }, {})
    },
    { cursor: g.object({ step: g.whole(0), recipe: g.string }, { within, costs: g.string }), run: g.string }
  )
})

export type SavedProgress = SchemaType<typeof progressSchema>

/**
 * The content of a saved file.
 *
 * @category saving
 * @since 0.1.0
 */
export interface Saved {
  readonly model: ResolvedModel
  readonly progress: SavedProgress
  readonly tensors: ReadonlyMap<string, StateTensor>
}

/**
 * The file of `Recipe.save(name)`: `<path>/<modelDir>/<name>.safetensors`, with the learner's settings.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, savedFile, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { join } from 'node:path'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, path: 'runs' })),
 *   RTE.map((l) => savedFile(l, 'stage-1'))
 * )
 * const file = join('runs', 'models', 'stage-1.safetensors')
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(file))
 *
 * @category saving
 * @since 0.1.0
 */
export const savedFile = (l: Learner, name: string): string =>
  join(l.settings.path, l.settings.modelDir, `${name}.safetensors`)

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

type Measured = number | 'NaN' | 'Infinity' | '-Infinity'

const measured = (n: number): Measured => (Number.isFinite(n) ? n : (String(n) as Measured))

/**
 * Options of `writeSaved`.
 *
 * @category saving
 * @since 0.1.0
 */
export interface SaveOptions {
  /** Whether to include the optimiser's state; default true. */
  readonly optimiser?: boolean
  /** Id of the run it belongs to; default: none. */
  readonly run?: string
}

const withinTo = ({ watched, ...rest }: Within) => ({
  ...rest,
  ...(watched.states.length === 0
    ? {}
    : {
        watched: {
          states: watched.states.map((state) => JSON.stringify(state)),
          rateScale: watched.rateScale,
          ended: watched.ended,
          kept: [...watched.kept.keys()]
        }
      })
})

const progressOf = (l: Learner, cursor: Cursor | null, { optimiser, run }: SaveOptions): SavedProgress => ({
  t: optimiser === false ? 0 : l.optimiser.t,
  mom: l.mom,
  steps: l.steps,
  epochs: l.epochs,
  freeze: l.model.freeze._tag === 'FreezeBody' ? 'body' : l.model.freeze.n,
  data: dataFingerprint(l.data),
  settings: settingsFingerprint(l),
  history: {
    ...l.history,
    rows: l.history.rows.map((row) => ({
      epoch: row.epoch,
      trainLoss: measured(row.trainLoss),
      validLoss: row.validLoss === null ? null : measured(row.validLoss),
      metrics: row.metrics.map(measured)
    }))
  },
  ...(cursor === null
    ? {}
    : {
        cursor: {
          step: cursor.step,
          recipe: cursor.recipe,
          ...(cursor.costs === undefined ? {} : { costs: cursor.costs }),
          ...(cursor.within === null ? {} : { within: withinTo(cursor.within) })
        }
      }),
  ...(run === undefined ? {} : { run })
})

const tensorsOf = (l: Learner, cursor: Cursor | null, withOptimiser: boolean): ReadonlyMap<string, StateTensor> => {
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
    ...optimiser,
    ...[...(cursor?.within?.watched.kept ?? [])].flatMap(([name, state]) =>
      [...shapes].map(([path, shape]) => [`${keptPrefix}${name}:${path}`, { shape, data: state.get(path)! }] as const)
    )
  ])
}

const bytesOf = (l: Learner, cursor: Cursor | null, options: SaveOptions): E.Either<GraftError, Uint8Array> => {
  const tensors = tensorsOf(l, cursor, options.optimiser ?? true)
  return pipe(
    resolvedOf(l),
    E.chain(encodeResolvedModel(version)),
    E.chain((model) => {
      const said = { model, progress: progressOf(l, cursor, options) }
      return writeSafetensors(
        new Map([...tensors].map(([key, { shape, data }]) => [key, { dtype: 'F32', shape, data }])),
        { graft: JSON.stringify({ ...said, sha256: checksum(said, tensors) }) }
      )
    }),
    E.mapLeft((errors) => mistakes('the model to save', errors))
  )
}

/**
 * Writes a learner to a file atomically: parameters, buffers and, unless disabled, optimiser state. `cursor` is its
 * position in training; null when it is not at a checkpoint.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, readSaved, withNodeEnv, writeSaved } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false })),
 *   RTE.bindTo('l'),
 *   RTE.chainFirstW(({ l }) => writeSaved('written.safetensors', l, null)),
 *   RTE.bindW('saved', () => readSaved('written.safetensors'))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * const { l, saved } = result.right
 * for (const [path, values] of l.state) assert.deepStrictEqual(saved.tensors.get(path)?.data, values)
 *
 * @category saving
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

interface Parts {
  readonly model: unknown
  readonly progress: unknown
  readonly sha256?: unknown
}

const partsOf = (u: unknown): E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, Parts> =>
  typeof u === 'object' && u !== null && 'model' in u && 'progress' in u
    ? E.right(u)
    : E.left([
        savedError('__metadata__.graft', 'a model and its progress', 'something else', 'give a file that graft saved')
      ])

/** Files of format 1 have no checksum. */
const isIntact = ({ sha256, model, progress }: Parts, tensors: Saved['tensors']): boolean =>
  sha256 === undefined
    ? typeof model === 'object' && model !== null && 'format' in model && model.format === 1
    : sha256 === checksum({ model, progress }, tensors)

const weightsAlone = (file: string): GraftError =>
  savedError(
    file,
    'a file that graft saved',
    'weights alone',
    'name the architecture that they are of: --arch NAME; in a program, archPredictor'
  )

/** A file of another kind is named in the error, as when reading weights. */
const contentOf = (file: string, bytes: Uint8Array): E.Either<GraftError, Safetensors> =>
  pipe(
    readSafetensors(bytes),
    E.orElse(() =>
      pipe(
        readStateDicts(bytes),
        E.mapLeft((errors) => mistakesIn(file, errors)),
        E.chain(() => E.left(weightsAlone(file)))
      )
    )
  )

const readBytes = (file: string, bytes: Uint8Array): E.Either<GraftError, Saved> => {
  const named = <A>(e: E.Either<RNEA.ReadonlyNonEmptyArray<Mistake>, A>): E.Either<GraftError, A> =>
    E.mapLeft((errors: RNEA.ReadonlyNonEmptyArray<Mistake>) => mistakesIn(file, errors))(e)
  return pipe(
    E.Do,
    E.bind('content', () => contentOf(file, bytes)),
    E.bindW('text', ({ content }) =>
      content.metadata['graft'] === undefined ? E.left(weightsAlone(file)) : E.right(content.metadata['graft'])
    ),
    E.bindW('json', ({ text }) => named(parseJson(text))),
    E.bindW('parts', ({ json }) => named(partsOf(json))),
    E.bindW('model', ({ parts }) => named(decodeResolvedModel(parts.model))),
    E.bindW('progress', ({ parts }) => named(decodeWith(progressSchema)(parts.progress))),
    E.map((read) => ({ ...read, tensors: stateTensors(read.content.tensors) })),
    E.filterOrElseW(
      ({ parts, tensors }) => isIntact(parts, tensors),
      () =>
        savedError(file, 'the content that its checksum was made of', 'another', 'restore the file, or save it again')
    ),
    E.map(({ model, progress, tensors }) => ({ model: model.model, progress, tensors }))
  )
}

/**
 * Reads a file written by `writeSaved`, or the `model.safetensors` in the folder of a run or an export. Errors: a file
 * with only weights, a file that is not safetensors, a file that was changed since, and a run that has not ended.
 *
 * @example
 * import { nodeIo, readSaved } from 'graft-vision/node'
 *
 * const result = await readSaved('nothing.safetensors')(nodeIo())()
 * assert.strictEqual(result._tag === 'Left' && result.left._tag, 'NotFound')
 *
 * @category saving
 * @since 0.1.0
 */
export const readSaved = (path: string): RTE.ReaderTaskEither<HasFiles, GraftError, Saved> =>
  pipe(
    savedModel(path),
    RTE.bindTo('file'),
    RTE.bindW(
      'bytes',
      ({ file }) =>
        (env: HasFiles) =>
          env.files.read(file)
    ),
    RTE.chainEitherKW(({ file, bytes }) => readBytes(file, bytes))
  )
