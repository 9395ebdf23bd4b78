/**
 * Events between the steps of a recipe, passed to the handlers.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Event, Verdict } from '../../recipe/index.js'
import { callbacks } from './callbacks.js'
import type { HasEvents } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { settingError } from '../LearnError.js'
import type { Hooks } from './running.js'

export const emitter =
  (env: HasEvents, l: Learner): Hooks['emit'] =>
  (event, now) =>
    pipe(
      TE.tryCatch(
        async () => callbacks([env.onEvent, ...l.settings.callbacks])(event, now)(),
        (e): GraftError =>
          settingError(`handler of ${event._tag}`, 'a handler that does not throw', String(e), 'fix the handler')
      ),
      TE.chain(TE.fromEither)
    )()

/** Between training steps the learner is available without reading tensors. */
export const emitAt = (env: HasEvents, l: Learner, event: Event): Promise<E.Either<GraftError, Verdict>> =>
  emitter(env, l)(event, () => E.right(l))

export const warning = (message: string): Event => ({ _tag: 'Warning', message })

export const emitAll = async (
  env: HasEvents,
  l: Learner,
  events: ReadonlyArray<Event>
): Promise<E.Either<GraftError, void>> => {
  for (const event of events) {
    const told = await emitAt(env, l, event)
    if (E.isLeft(told)) return told
  }
  return E.right(undefined)
}
