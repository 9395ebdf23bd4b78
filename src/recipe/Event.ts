/**
 * `Event`: what a run reports, as data. Handlers live in the environment and answer whether to go on; the recorder, the
 * table, the progress bar and a user's own callback are all handlers of these.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import type { Step } from './Recipe.js'

/**
 * Counters from 0 as the reference keeps them: they stand still in validation.
 *
 * @since 0.1.0
 */
export interface Counters {
  readonly epoch: number
  /** Epochs of this fit. */
  readonly epochs: number
  /** Within the epoch. */
  readonly batch: number
  /** Within the fit. */
  readonly iteration: number
}

/**
 * One line of the table: an epoch.
 *
 * @since 0.1.0
 */
export interface Row {
  readonly epoch: number
  /** The smoothed loss at the epoch's end: a debiased exponential average, not a mean. */
  readonly trainLoss: number
  /** Null when there is no validation. */
  readonly validLoss: number | null
  /** In the learner's order. */
  readonly metrics: ReadonlyArray<number>
}

export type Event =
  | { readonly _tag: 'StepBegin'; readonly index: number; readonly step: Step }
  | { readonly _tag: 'StepEnd'; readonly index: number; readonly step: Step }
  | ({
      readonly _tag: 'TrainBegin'
      readonly batches: number
      readonly validBatches: number
      readonly metricNames: ReadonlyArray<string>
      /** Which of the recipe's training steps begins, from 0. */
      readonly phase: number
      readonly phases: number
      /** Epochs of the training steps after this one. */
      readonly epochsAfter: number
    } & Counters)
  | ({ readonly _tag: 'EpochBegin' } & Counters)
  | ({ readonly _tag: 'BatchBegin'; readonly train: boolean } & Counters)
  | ({
      readonly _tag: 'BatchEnd'
      readonly train: boolean
      readonly loss: number
      /** Of training batches since the fit began. */
      readonly smoothedLoss: number
      /** Each group's rate, in training. */
      readonly lrs: ReadonlyArray<number>
      readonly mom: number
    } & Counters)
  | ({ readonly _tag: 'EpochEnd'; readonly row: Row; readonly seconds: number } & Counters)
  | ({ readonly _tag: 'TrainEnd'; readonly halted: boolean } & Counters)
  | { readonly _tag: 'Saved'; readonly file: string; readonly kind: 'checkpoint' | 'model' }
  | { readonly _tag: 'Loaded'; readonly file: string }
  | { readonly _tag: 'Warning'; readonly message: string }

/**
 * What a handler wants: go on, end what the epoch is at (training, then validation follows; or validation), or end the
 * run at this batch. Answers to `Saved`, `Loaded` and `Warning`, which only inform, count for nothing; at `StepBegin`
 * and `StepEnd` there is no epoch to end.
 *
 * @since 0.1.0
 */
export type Verdict = 'continue' | 'haltEpoch' | 'halt'

/**
 * What is done about an event, as an effect that answers whether to go on.
 *
 * @since 0.1.0
 */
export type Handler = (event: Event) => IO<Verdict>

const strength: Readonly<Record<Verdict, number>> = { continue: 0, haltEpoch: 1, halt: 2 }

/**
 * The strongest of several verdicts: `halt`, then `haltEpoch`; `continue` where there are none.
 *
 * @example
 * import { strongestVerdict } from 'graft-vision'
 *
 * assert.strictEqual(strongestVerdict(['continue', 'halt', 'haltEpoch']), 'halt')
 *
 * @since 0.1.0
 */
export const strongestVerdict = (all: ReadonlyArray<Verdict>): Verdict =>
  all.reduce((strongest, next) => (strength[next] > strength[strongest] ? next : strongest), 'continue')

/**
 * Several handlers as one: each sees every event, in order; the strongest verdict counts.
 *
 * @example
 * import { handlers } from 'graft-vision'
 *
 * const all = handlers([() => () => 'haltEpoch', () => () => 'continue'])
 * assert.strictEqual(all({ _tag: 'Warning', message: 'x' })(), 'haltEpoch')
 *
 * @since 0.1.0
 */
export const handlers =
  (all: ReadonlyArray<Handler>): Handler =>
  (event) =>
  () =>
    strongestVerdict(all.map((handler) => handler(event)()))

/**
 * Folds an event: one function for each case.
 *
 * @example
 * import { foldEvent } from 'graft-vision'
 *
 * const quiet = () => ''
 * const said = foldEvent({
 *   StepBegin: quiet, StepEnd: quiet, TrainBegin: quiet, EpochBegin: quiet, BatchBegin: quiet, BatchEnd: quiet,
 *   EpochEnd: ({ row }) => `loss ${row.trainLoss}`, TrainEnd: quiet, Saved: ({ file }) => file, Loaded: quiet,
 *   Warning: ({ message }) => message
 * })
 * assert.strictEqual(said({ _tag: 'Warning', message: 'small' }), 'small')
 *
 * @since 0.1.0
 */
export const foldEvent = /*#__PURE__*/ foldUnion<Event>()

/** Equality of events. @since 0.1.0 */
export const eqEvent: Eq<Event> = eqValue()
/** Shows an event as a record literal. @since 0.1.0 */
export const showEvent: Show<Event> = { show: showValue }

/** Equality of lines of the table. @since 0.1.0 */
export const eqRow: Eq<Row> = eqValue()
/** Shows a line of the table as a record literal. @since 0.1.0 */
export const showRow: Show<Row> = { show: showValue }

/** Equality of verdicts. @since 0.1.0 */
export const eqVerdict: Eq<Verdict> = eqValue()
/** A verdict as the string that a handler answers. @since 0.1.0 */
export const showVerdict: Show<Verdict> = { show: showValue }
