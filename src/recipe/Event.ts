/**
 * `Event`: what a run reports, as data. The recorder, the table, the progress bar and a user's own callback are all
 * handlers of events: functions in the environment that return whether to continue.
 *
 * @category events
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../Value.js'
import type { Step } from './Recipe.js'

/**
 * Counters from 0, as in fastai; they do not change during validation.
 *
 * @category events
 * @since 0.1.0
 */
export interface Counters {
  readonly epoch: number
  /** Number of epochs of this fit. */
  readonly epochs: number
  /** Batch within the epoch. */
  readonly batch: number
  /** Batch within the fit. */
  readonly iteration: number
}

/**
 * One epoch of the results table.
 *
 * @category events
 * @since 0.1.0
 */
export interface Row {
  readonly epoch: number
  /** The smoothed loss at the end of the epoch: a debiased exponential average, not a mean. */
  readonly trainLoss: number
  /** Null without a validation set. */
  readonly validLoss: number | null
  /** In the order of the learner's metrics. */
  readonly metrics: ReadonlyArray<number>
}

export type Event =
  | { readonly _tag: 'StepBegin'; readonly index: number; readonly step: Step }
  | { readonly _tag: 'StepEnd'; readonly index: number; readonly step: Step }
  /**
   * Before a training step that trains on cached features, and again after each batch of images whose features were
   * computed. `haltEpoch` continues.
   */
  | {
      readonly _tag: 'CachingFeatures'
      /** The path of the last part of the network that is computed once. */
      readonly after: string
      /** Images done, of `images`; every view of an image counts. */
      readonly done: number
      readonly images: number
      /** Memory of all features and targets. */
      readonly bytes: number
    }
  | ({
      readonly _tag: 'TrainBegin'
      readonly batches: number
      readonly validBatches: number
      readonly metricNames: ReadonlyArray<string>
      /** Index of this training step among the training steps of the recipe. */
      readonly phase: number
      readonly phases: number
      /** Number of epochs of the training steps after this one. */
      readonly epochsAfter: number
    } & Counters)
  | ({ readonly _tag: 'EpochBegin' } & Counters)
  | ({ readonly _tag: 'BatchBegin'; readonly train: boolean } & Counters)
  | ({
      readonly _tag: 'BatchEnd'
      readonly train: boolean
      readonly loss: number
      /** Smoothed loss of the training batches since the fit began. */
      readonly smoothedLoss: number
      /** Learning rate of each group; in training only. */
      readonly lrs: ReadonlyArray<number>
      readonly mom: number
    } & Counters)
  | ({ readonly _tag: 'EpochEnd'; readonly row: Row; readonly seconds: number } & Counters)
  | ({ readonly _tag: 'TrainEnd'; readonly halted: boolean } & Counters)
  | { readonly _tag: 'Saved'; readonly file: string; readonly kind: 'checkpoint' | 'model' }
  | { readonly _tag: 'Loaded'; readonly file: string }
  | { readonly _tag: 'Warning'; readonly message: string }

/**
 * A handler's answer: continue; end the current part of the epoch (training, which validation then follows, or
 * validation); or end the run at this batch. The answer to `Saved`, `Loaded` and `Warning` is ignored; at `StepBegin`
 * and `StepEnd` there is no epoch to end.
 *
 * @category events
 * @since 0.1.0
 */
export type Verdict = 'continue' | 'haltEpoch' | 'halt'

/**
 * Handles an event as an effect, and returns whether to continue.
 *
 * @category events
 * @since 0.1.0
 */
export type Handler = (event: Event) => IO<Verdict>

const strength: Readonly<Record<Verdict, number>> = { continue: 0, haltEpoch: 1, halt: 2 }

/**
 * The strongest of several verdicts: `halt`, then `haltEpoch`; `continue` for none.
 *
 * @example
 * import { strongestVerdict } from './index.js'
 *
 * assert.strictEqual(strongestVerdict(['continue', 'halt', 'haltEpoch']), 'halt')
 *
 * @since 0.1.0
 */
export const strongestVerdict = (all: ReadonlyArray<Verdict>): Verdict =>
  all.reduce((strongest, next) => (strength[next] > strength[strongest] ? next : strongest), 'continue')

/**
 * Combines handlers: each sees every event, in order, and the strongest verdict is returned.
 *
 * @example
 * import { handlers } from 'graft-vision'
 *
 * const all = handlers([() => () => 'haltEpoch', () => () => 'continue'])
 * assert.strictEqual(all({ _tag: 'Warning', message: 'x' })(), 'haltEpoch')
 *
 * @category events
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
 * import { Fold } from 'graft-vision'
 *
 * const quiet = () => ''
 * const said = Fold.event({
 *   StepBegin: quiet, StepEnd: quiet, CachingFeatures: quiet, TrainBegin: quiet, EpochBegin: quiet, BatchBegin: quiet, BatchEnd: quiet,
 *   EpochEnd: ({ row }) => `loss ${row.trainLoss}`, TrainEnd: quiet, Saved: ({ file }) => file, Loaded: quiet,
 *   Warning: ({ message }) => message
 * })
 * assert.strictEqual(said({ _tag: 'Warning', message: 'small' }), 'small')
 *
 * @category folds
 * @since 0.1.0
 */
export const foldEvent = /*#__PURE__*/ foldUnion<Event>()

/**
 * Equality of events.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqEvent: Eq<Event> = eqValue()
/**
 * Shows an event as a record literal.
 *
 * @category instances
 * @since 0.1.0
 */
export const showEvent: Show<Event> = { show: showValue }

/**
 * Equality of rows.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqRow: Eq<Row> = eqValue()
/**
 * Shows a row as a record literal.
 *
 * @category instances
 * @since 0.1.0
 */
export const showRow: Show<Row> = { show: showValue }

/**
 * Equality of verdicts.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqVerdict: Eq<Verdict> = eqValue()
/**
 * Shows a verdict as its string.
 *
 * @category instances
 * @since 0.1.0
 */
export const showVerdict: Show<Verdict> = { show: showValue }
