/**
 * `Watching`: what watches a training step: a state, how it changes, and what it asks for. The state is JSON, so that a
 * checkpoint carries it; nothing else is remembered, so that a resumed run decides as an unbroken one.
 */
import type { Json } from 'fp-ts/lib/Json.js'

/**
 * What a watcher may ask the loop for.
 *
 * @since 0.1.0
 */
export type Request =
  /** Ends the training step here, validation and the epoch's end included; the recipe goes on with its next step. */
  | { readonly _tag: 'EndStep' }
  /** Multiplies every later rate of the step. */
  | { readonly _tag: 'ScaleRates'; readonly factor: number }
  /** Remembers the parameters and buffers as they are, in the checkpoint too. */
  | { readonly _tag: 'Keep'; readonly name: string }
  /** Puts back what was kept; the optimiser's state stays as it is. Nothing happens where nothing was kept. */
  | { readonly _tag: 'Restore'; readonly name: string }
  /** Writes the learner to the model folder, as `Recipe.save` does. */
  | { readonly _tag: 'SaveModel'; readonly name: string }

/**
 * An epoch that has ended, as watchers see it.
 *
 * @since 0.1.0
 */
export interface EpochSeen {
  readonly epoch: number
  /** `train_loss`, `valid_loss` and the metrics by name; null: not measured. */
  readonly values: Readonly<Record<string, number | null>>
  /** The last group's learning rate in the last batch; null: the epoch trained none. */
  readonly lr: number | null
}

/**
 * The next state and what is asked for.
 *
 * @since 0.1.0
 */
export type Asked<S> = readonly [state: S, requests: ReadonlyArray<Request>]

/**
 * A watcher of one kind at work.
 *
 * @since 0.1.0
 */
export interface Watching<S extends Json = Json> {
  readonly start: S
  /** At the end of every epoch. */
  readonly onEpoch: (state: S, seen: EpochSeen) => Asked<S>
  /** When the step ends; not where a run is halted to be resumed. */
  readonly onEnd: (state: S) => ReadonlyArray<Request>
  /** The quantity it needs each epoch; null: none. */
  readonly monitor: string | null
}

/** A watcher whose state nobody else looks into: it is only ever given back to the watcher that it came from. */
export const watching = <S extends Json>(w: Watching<S>): Watching => w as unknown as Watching
