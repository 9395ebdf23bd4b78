import type { Seed } from '../../Seed.js'
import type { Stats } from '../Stats.js'
import type { Task } from '../Task.js'

/**
 * The input and output of a view: normalised images, rows of targets, and their number.
 *
 * @internal
 */
export interface BatchSamples {
  readonly x: Float32Array
  /** Class indices or numbers. */
  readonly y: Int32Array | Float32Array
  readonly n: number
}

/**
 * What all batches of some data have in common.
 *
 * @internal
 */
export interface BatchSetting {
  /** The sides of the images. */
  readonly sides: readonly [height: number, width: number]
  readonly task: Task
  /** What images are normalised with, one value per channel. */
  readonly stats: Stats
}

/**
 * The record of one kind of view.
 *
 * @internal
 */
export interface BatchViewKind<V> {
  /** The constructor's name. */
  readonly name: string
  readonly show: (view: V) => string
  /** The tasks whose targets the view can change. */
  readonly tasks: ReadonlyArray<Task['_tag']>
  /** Whether it mixes images, and so their targets. */
  readonly mixes: boolean
  /** The mistake in the view's parameters; null: none. */
  readonly mistake: (view: V) => { readonly expected: string; readonly found: unknown } | null
  /** Returns the batch to train on instead. */
  readonly seen: (view: V, seed: Seed, of: BatchSetting) => <B extends BatchSamples>(batch: B) => B
}
