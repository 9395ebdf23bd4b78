/** The watchers of a training step: their states, and how their requests are carried out. */
import * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import type { Program, StateDict } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  type EpochSeen,
  Recipe,
  type RecipeError,
  recipeError,
  type Request,
  type Row,
  watchingOf
} from '../../recipe/index.js'
import { eqValue, showValue } from '../../Value.js'
import type { Learner } from '../learner/Learner.js'
import { settingError } from '../LearnError.js'

/** What the watchers of a step have seen and requested; a checkpoint holds all of it. */
export interface Watched {
  /** The state of each watcher, in the order of the step's watchers. */
  readonly states: ReadonlyArray<Json>
  /** The factor of every learning rate. */
  readonly rateScale: number
  /** Whether the step ends with this epoch. */
  readonly ended: boolean
  /** Copies of parameters and buffers, by watcher and name. */
  readonly kept: ReadonlyMap<string, StateDict>
}

const watchingsOf = ({ until }: Recipe.TrainingStep) => (until ?? []).map(watchingOf)

/** The state of a step without watchers. */
export const nothingWatched: Watched = { states: [], rateScale: 1, ended: false, kept: new Map() }

/** The initial state of a step's watchers. */
export const unwatched = (step: Recipe.TrainingStep): Watched => ({
  ...nothingWatched,
  states: watchingsOf(step).map(({ start }) => start)
})

/** Whether a loss that is not finite ends the step, instead of the run. */
export const endsOnNaN = (step: Recipe.TrainingStep): boolean =>
  watchingsOf(step).some((watching) => watching.endsOnNaN === true)

/** What watchers need from the loop. */
export interface WatcherHooks {
  readonly program: Pick<Program, 'state' | 'load'>
  /** Saves the current learner in the model folder. */
  readonly save: (name: string) => Promise<E.Either<GraftError, void>>
}

const granted = async (
  { program, save }: WatcherHooks,
  watched: Watched,
  watcher: number,
  request: Request
): Promise<E.Either<GraftError, Watched>> => {
  switch (request._tag) {
    case 'EndStep':
      return E.right({ ...watched, ended: true })
    case 'ScaleRates':
      return E.right({ ...watched, rateScale: watched.rateScale * request.factor })
    case 'Keep':
      return E.map((state: StateDict) => ({
        ...watched,
        kept: new Map([...watched.kept, [keptAs(watcher, request.name), state]])
      }))(program.state())
    case 'Restore': {
      const state = watched.kept.get(keptAs(watcher, request.name))
      return state === undefined ? E.right(watched) : E.map(() => watched)(program.load(state))
    }
    case 'SaveModel':
      return E.map(() => watched)(await save(request.name))
  }
}

/** Watchers do not share copies. */
const keptAs = (watcher: number, name: string): string => `${watcher}:${name}`

const grantAll = async (
  hooks: WatcherHooks,
  watched: Watched,
  asked: ReadonlyArray<ReadonlyArray<Request>>
): Promise<E.Either<GraftError, Watched>> => {
  let now = watched
  for (const [watcher, requests] of asked.entries())
    for (const request of requests) {
      const next = await granted(hooks, now, watcher, request)
      if (E.isLeft(next)) return next
      now = next.right
    }
  return E.right(now)
}

/** An epoch's results by name. */
export const epochSeen = (metricNames: ReadonlyArray<string>, row: Row, lr: number | null): EpochSeen => ({
  epoch: row.epoch,
  values: {
    train_loss: row.trainLoss,
    valid_loss: row.validLoss,
    ...Object.fromEntries(metricNames.map((name, i) => [name, row.metrics[i] ?? null]))
  },
  lr
})

/**
 * The row of the epoch whose parameters the step ended with: the best epoch if `saveBest` restored it, otherwise the
 * last.
 *
 * @internal
 */
export const rowOfModel = (
  step: Recipe.TrainingStep,
  metricNames: ReadonlyArray<string>,
  rows: ReadonlyArray<Row>
): Row | undefined => {
  const best = (step.until ?? []).findLast((w) => w._tag === 'SaveBest' && w.every === 'improvement')
  if (best === undefined) return rows.at(-1)
  const { start, onEpoch } = watchingOf(best)
  return rows.reduce<{ readonly state: Json; readonly row: Row | undefined }>(
    ({ state, row }, next) => {
      const [after, requests] = onEpoch(state, epochSeen(metricNames, next, null))
      return { state: after, row: requests.some(({ _tag }) => _tag === 'Keep') ? next : row }
    },
    { state: start, row: undefined }
  ).row
}

/** A user-defined watcher may throw. */
const answer = <A>(watcher: number, f: () => A): E.Either<GraftError, A> =>
  E.tryCatch(f, (e) =>
    settingError(`until[${watcher}]`, 'a watcher that does not throw', String(e), 'correct the watcher')
  )

/** Whether JSON preserves the state: no NaN, infinity or undefined. */
const isJson = (state: Json): boolean => {
  const text = JSON.stringify(state) as string | undefined
  return text !== undefined && eqValue<unknown>().equals(JSON.parse(text), state)
}

const notJson = (path: string, state: unknown): GraftError =>
  settingError(
    path,
    'a state that JSON can represent',
    showValue(state),
    'use null in place of NaN, infinity and undefined'
  )

/** After an epoch: shows it to every watcher and carries out their requests. */
export const afterEpoch = async (
  hooks: WatcherHooks,
  step: Recipe.TrainingStep,
  watched: Watched,
  seen: EpochSeen
): Promise<E.Either<GraftError, Watched>> => {
  const asked = E.sequenceArray(
    watchingsOf(step).map((watching, i) => answer(i, () => watching.onEpoch(watched.states[i]!, seen)))
  )
  if (E.isLeft(asked)) return asked
  const states = asked.right.map(([state]) => state)
  const unwritable = states.findIndex((state) => !isJson(state))
  if (unwritable !== -1) return E.left(notJson(`until[${unwritable}]`, states[unwritable]))
  return grantAll(
    hooks,
    { ...watched, states },
    asked.right.map(([, requests]) => requests)
  )
}

/** At the end of a step that was not halted. */
export const afterStep = async (
  hooks: WatcherHooks,
  step: Recipe.TrainingStep,
  watched: Watched
): Promise<E.Either<GraftError, Watched>> => {
  const asked = E.sequenceArray(
    watchingsOf(step).map((watching, i) => answer(i, () => watching.onEnd(watched.states[i]!)))
  )
  return E.isLeft(asked) ? asked : grantAll(hooks, watched, asked.right)
}

/** The parameters and buffers that a step's watchers would restore if it ended here; null: none. */
export const restoredIn = (
  step: Recipe.TrainingStep,
  { states, kept }: Watched
): E.Either<GraftError, StateDict | null> =>
  E.map((asked: ReadonlyArray<ReadonlyArray<Request>>) =>
    asked
      .flatMap((requests, watcher) =>
        requests.flatMap((r) => (r._tag === 'Restore' ? [kept.get(keptAs(watcher, r.name)) ?? null] : []))
      )
      .reduce((earlier, later) => later ?? earlier, null)
  )(E.sequenceArray(watchingsOf(step).map((watching, i) => answer(i, () => watching.onEnd(states[i]!)))))

/** Watchers of a recipe that monitor something the learner does not measure. */
export const unmeasured = (recipe: Recipe.Recipe, { data, settings }: Learner): ReadonlyArray<RecipeError> => {
  const measured = [
    'train_loss',
    ...(data.valid.length === 0 ? [] : ['valid_loss', ...settings.metrics.map(({ name }) => name)])
  ]
  return recipe.flatMap((step, i) =>
    Recipe.trains(step)
      ? watchingsOf(step).flatMap(({ monitor }, j) =>
          monitor === null || measured.includes(monitor)
            ? []
            : [
                recipeError(
                  `recipe[${i}].until[${j}].monitor`,
                  `one of ${measured.join(', ')}`,
                  monitor,
                  data.valid.length === 0
                    ? 'add validation images'
                    : 'name one of them, or add that metric to the learner'
                )
              ]
        )
      : []
  )
}
