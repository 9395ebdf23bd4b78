/** Handles the output of training in another process like the events of local training. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { freshOptimiser } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Event, Recipe, Verdict } from '../../recipe/index.js'
import type { HasEvents } from '../Env.js'
import type { Learner, LearnerNow } from '../learner/Learner.js'
import { eventIn } from './eventLine.js'

/** A learner that another process trains, and what to do with the output of that process. */
export interface Elsewhere {
  /** The learner before training. */
  readonly start: Learner
  readonly recipe: Recipe.Recipe
  /** Called with lines that are neither events nor errors. */
  readonly onText: (line: string) => void
  /** The error that a line describes, if any. */
  readonly faultOf: (line: string) => O.Option<GraftError>
  /** Called once when a handler halts training, or fails. */
  readonly stop: IO<void>
}

/** The outcome, once all events are handled. */
export interface Heard {
  readonly fault: GraftError | null
  readonly halted: boolean
}

export interface Listening {
  readonly hear: (line: string) => void
  readonly heard: Task<Heard>
}

/** The learner that handlers see: its history grows with the events; its parameters are in the other process. */
const seenIn = (start: Learner): { readonly now: LearnerNow; readonly see: (event: Event) => void } => {
  const rows = [...start.history.rows]
  const before = { ...start, state: new Map(), optimiser: freshOptimiser }
  return {
    now: () => E.right({ ...before, history: { ...start.history, rows: [...rows] } }),
    see: (event) => {
      if (event._tag === 'EpochEnd') rows.push(event.row)
    }
  }
}

/** Handles events one after another, even if handlers are slow. */
export const listening = ({ onEvent }: HasEvents, { start, recipe, onText, faultOf, stop }: Elsewhere): Listening => {
  const read = eventIn(recipe)
  const learner = seenIn(start)
  const state: { fault: GraftError | null; halted: boolean } = { fault: null, halted: false }
  let handled: Promise<void> = Promise.resolve()
  const stopOnce = (): void => {
    if (!state.halted && state.fault === null) return
    stop()
  }
  const handle = async (event: Event): Promise<void> => {
    learner.see(event)
    const answer = await onEvent(event, learner.now)()
    const verdict: E.Either<GraftError, Verdict> = typeof answer === 'string' ? E.right(answer) : answer
    if (state.halted || state.fault !== null) return
    if (E.isLeft(verdict)) state.fault = verdict.left
    else state.halted = verdict.right === 'halt'
    stopOnce()
  }
  return {
    hear: (line) => {
      const event = read(line)
      if (O.isSome(event)) {
        handled = handled.then(() => handle(event.value))
        return
      }
      const fault = faultOf(line)
      if (O.isNone(fault)) return onText(line)
      // a restart would fail in the same way
      state.fault ??= fault.value
      stopOnce()
    },
    heard: () => handled.then(() => ({ ...state }))
  }
}
