/**
 * The messages between `inWorker` and its worker thread, as values that can be cloned.
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { GraftError } from '../../GraftError.js'
import type { Progress } from '../../io/index.js'
import { customWatcher, type Event, type Verdict, type Watcher } from '../../recipe/index.js'
import type { NodeEnvOptions } from '../Env.js'

/** What a worker is started with. */
export interface WorkerTask {
  /** URL of the module. */
  readonly module: string
  /** Name of the exported function. */
  readonly name: string
  readonly args: unknown
  readonly env: Omit<NodeEnvOptions, 'onEvent' | 'signal' | 'progress'>
  /** Whether events are sent, and training waits for their verdicts. */
  readonly hasHandler: boolean
  readonly hasProgress: boolean
  /** From -20 (highest) to 19; null: that of the calling thread. */
  readonly priority: number | null
  /** An `Int32Array` of one element: 1 once the signal is aborted. Shared, so that it can be read at any time. */
  readonly aborted: SharedArrayBuffer
}

export type FromWorker =
  | { readonly _tag: 'Event'; readonly call: number; readonly event: Event }
  | { readonly _tag: 'Progress'; readonly report: Progress }
  | { readonly _tag: 'Ended'; readonly result: E.Either<GraftError, unknown> }

/** The handler's answer to an event, or what it threw. */
export type ToWorker =
  | { readonly _tag: 'Verdict'; readonly call: number; readonly verdict: Verdict }
  | { readonly _tag: 'Threw'; readonly call: number; readonly found: string }

/** The location of a program in errors. */
export const programAt = ({ module, name }: Pick<WorkerTask, 'module' | 'name'>): string => `${module}#${name}`

type Step = Extract<Event, { readonly _tag: 'StepBegin' }>['step']

const withWatchers =
  (f: (w: Watcher) => unknown) =>
  (event: Event): Event => {
    if (event._tag !== 'StepBegin' && event._tag !== 'StepEnd') return event
    const { step } = event
    return 'until' in step && step.until !== undefined
      ? { ...event, step: { ...step, until: step.until.map(f) } as Step }
      : event
  }

/** Removes the functions of custom watchers, which cannot be cloned. */
export const withoutFunctions = withWatchers((w) =>
  w._tag === 'CustomWatcher' ? { ...w, watching: { _tag: 'Opaque', label: w.watching.label } } : w
)

/** Gives custom watchers functions that do nothing: their own run in the worker. */
export const withIdleFunctions = withWatchers((w) =>
  w._tag === 'CustomWatcher'
    ? customWatcher(w.watching.label, { start: null, monitor: null, onEpoch: (s) => [s, []], onEnd: () => [] })
    : w
)
