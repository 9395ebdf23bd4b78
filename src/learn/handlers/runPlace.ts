import * as E from 'fp-ts/lib/Either.js'
import type { GraftError } from '../../GraftError.js'
import type { Counters, Event } from '../../recipe/index.js'
import type { Learner, LearnerNow } from '../learner/Learner.js'

/** Where a training step is in the whole run. */
export interface RunPlace {
  readonly phase: number
  readonly metricNames: ReadonlyArray<string>
  /** Epochs of earlier steps. */
  readonly epochsBefore: number
  /** Training batches of an epoch. */
  readonly batches: number
}

export type TrainBegin = Extract<Event, { readonly _tag: 'TrainBegin' }>

/** The place of a step that begins or is resumed: the learner's history has a row for each completed epoch. */
export const placeAt = (
  { phase, metricNames, batches, epoch }: TrainBegin,
  now: LearnerNow
): E.Either<GraftError, RunPlace> =>
  E.map((l: Learner) => ({ phase, metricNames, batches, epochsBefore: l.history.rows.length - epoch }))(now())

/** An epoch's number in the whole run, from 0. */
export const epochOfRun = (place: RunPlace, { epoch }: Counters): number => place.epochsBefore + epoch
