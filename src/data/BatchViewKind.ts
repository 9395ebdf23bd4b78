import type { Seed } from '../Seed.js'
import type { Task } from './Task.js'

/**
 * What a view sees and makes: normalised images, rows of targets, and how many.
 *
 * @internal
 */
export interface BatchSamples {
  readonly x: Float32Array
  /** Class indices, or numbers. */
  readonly y: Int32Array | Float32Array
  readonly n: number
}

/**
 * Everything there is to say of one kind of view.
 *
 * @internal
 */
export interface BatchViewKind<V> {
  /** Its constructor's name. */
  readonly name: string
  readonly show: (view: V) => string
  /** The tasks whose targets it knows how to change. */
  readonly tasks: ReadonlyArray<Task['_tag']>
  /** What is wrong with its numbers; null: nothing. */
  readonly mistake: (view: V) => { readonly expected: string; readonly found: unknown } | null
  /** What training sees in place of a batch. */
  readonly seen: (view: V, seed: Seed) => <B extends BatchSamples>(batch: B) => B
}
