/**
 * `Watching`: a watcher's state, how it changes, and its requests. The state is JSON, is part of the checkpoint, and is
 * all that a watcher remembers, so a resumed run makes the same decisions as an uninterrupted one.
 */
import type { Json } from 'fp-ts/lib/Json.js'

/**
 * A request of a watcher to the training loop.
 *
 * @category events
 * @since 0.1.0
 */
export type Request =
  /** Ends the training step after this epoch, with validation; the recipe continues with its next step. */
  | { readonly _tag: 'EndStep' }
  /** Multiplies all later learning rates of the step. */
  | { readonly _tag: 'ScaleRates'; readonly factor: number }
  /** Keeps a copy of parameters and buffers, also in the checkpoint. */
  | { readonly _tag: 'Keep'; readonly name: string }
  /** Restores the copy that was kept, if there is one; the optimiser's state is unchanged. */
  | { readonly _tag: 'Restore'; readonly name: string }
  /** Saves the learner in the model folder, as `Recipe.save` does. */
  | { readonly _tag: 'SaveModel'; readonly name: string }

/**
 * The results of an epoch, as watchers see them.
 *
 * @category events
 * @since 0.1.0
 */
export interface EpochSeen {
  readonly epoch: number
  /** `train_loss`, `valid_loss` and the metrics by name; null: not measured. */
  readonly values: Readonly<Record<string, number | null>>
  /** Learning rate of the last group in the last batch; null: no batch was trained. */
  readonly lr: number | null
}

/**
 * The next state, and the requests.
 *
 * @category events
 * @since 0.1.0
 */
export type Asked<S> = readonly [state: S, requests: ReadonlyArray<Request>]

/**
 * The functions and the initial state of a watcher.
 *
 * @category events
 * @since 0.1.0
 */
export interface Watching<S extends Json = Json> {
  readonly start: S
  /** Called at the end of every epoch. */
  readonly onEpoch: (state: S, seen: EpochSeen) => Asked<S>
  /** Called when the step ends, but not when the run is halted to be resumed. */
  readonly onEnd: (state: S) => ReadonlyArray<Request>
  /** The quantity to measure in each epoch; null: none. */
  readonly monitor: string | null
  /** Whether a loss that is NaN or infinite ends the step, instead of the run with `Diverged`. Default false. */
  readonly endsOnNaN?: boolean
}

/** Hides the type of a watcher's state, which is only ever passed back to the same watcher. */
export const watching = <S extends Json>(w: Watching<S>): Watching => w as unknown as Watching
