/**
 * `writeSaved`: writes a learner to a file, atomically.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type StateDict, stateNames } from '../../engine/index.js'
import { encodeResolvedModel, writeSafetensors } from '../../format/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { dataFingerprint, type HasFiles } from '../../io/index.js'
import { version } from '../../version.js'
import type { StateTensor } from '../weights/adaptation.js'
import { checksum } from './checksum.js'
import { calibrationOf, type Learner } from '../learner/Learner.js'
import type { Within } from '../loop/Within.js'
import { resolvedOf } from '../learner/resolved.js'
import { accumulatedPrefix, averagePrefix, keptPrefix, optimiserPrefix } from './trainedBy.js'
import type { Cursor, SavedProgress } from './Saved.js'
import { settingsFingerprint } from './fingerprints.js'

type Measured = number | 'NaN' | 'Infinity' | '-Infinity'

export const measured = (n: number): Measured => (Number.isFinite(n) ? n : (String(n) as Measured))

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

const withinTo = ({ watched, average, updates, ...rest }: Within) => ({
  ...rest,
  ...(updates === rest.trained ? {} : { updates }),
  ...(average === null ? {} : { averaged: average.count }),
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
  ...(cursor === null || l.optimiser.accumulated === undefined ? {} : { accumulated: l.optimiser.accumulated.weight }),
  steps: l.steps,
  epochs: l.epochs,
  freeze: l.model.freeze._tag === 'FreezeBody' ? 'body' : l.model.freeze.n,
  data: dataFingerprint(l.data),
  contents: l.data.contents,
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
  const under = (prefix: string, state: StateDict) =>
    [...state].map(([path, data]) => [`${prefix}${path}`, { shape: shapes.get(path)!, data }] as const)
  return new Map([
    ...[...shapes].map(([path, shape]) => [path, { shape, data: l.state.get(path)! }] as const),
    ...optimiser,
    ...(cursor === null ? [] : under(accumulatedPrefix, l.optimiser.accumulated?.gradients ?? new Map())),
    ...under(averagePrefix, cursor?.within?.average?.state ?? new Map()),
    ...[...(cursor?.within?.watched.kept ?? [])].flatMap(([name, state]) =>
      [...shapes].map(([path, shape]) => [`${keptPrefix}${name}:${path}`, { shape, data: state.get(path)! }] as const)
    )
  ])
}

/** The bytes of a saved learner. */
export const savedBytes = (
  l: Learner,
  cursor: Cursor | null,
  options: SaveOptions
): E.Either<GraftError, Uint8Array> => {
  const tensors = tensorsOf(l, cursor, options.optimiser ?? true)
  return pipe(
    resolvedOf(l),
    E.map((model) => ({ ...model, ...calibrationOf(l) })),
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
    RTE.fromEither(savedBytes(l, cursor, options)),
    RTE.chainW((bytes) => (env: HasFiles) => env.files.write(file, bytes))
  )
