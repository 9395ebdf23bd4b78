/**
 * `Workers`: threads that read, decode and transform pictures, so that the thread that trains does not.
 *
 * @since 0.1.0
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { DataError, DataItem, DataSpec, Labelled, Task as DataTask } from '../data/index.js'
import type { Item, View } from './Data.js'
import type { Files } from './Files.js'
import type { Images } from './Images.js'
import type { IoError } from './IoError.js'
import type { Verified } from './verifyPair.js'

/**
 * The pictures of one `openData`. `id` tells them apart; threads are told the rest when they first need it.
 *
 * @since 0.1.0
 */
export interface PictureSet {
  readonly id: number
  readonly spec: DataSpec
  readonly root: string
}

/**
 * What a thread is asked: to decode an image with its mask or target and remember
 * them as far as the budget goes, or for an item.
 *
 * @since 0.1.0
 */
export type PictureRequest =
  | { readonly _tag: 'Verify'; readonly item: Labelled }
  | {
      readonly _tag: 'Item'
      readonly item: DataItem
      readonly sides: readonly [height: number, width: number]
      readonly task: DataTask
      readonly view: View | undefined
    }

/**
 * What it answers.
 *
 * @since 0.1.0
 */
export interface PictureAnswers {
  readonly Verify: Verified
  readonly Item: Pick<Item, 'pixels' | 'mask' | 'goal'>
}

/**
 * Threads that load pictures.
 *
 * @category model
 * @since 0.1.0
 */
export interface Workers {
  /** Threads at most, started when they are needed; 0: pictures are loaded on the calling thread. */
  readonly count: number
  /** The capabilities that the threads load with. An environment with others loads on the calling thread. */
  readonly files: Files
  readonly images: Images
  /** Asks thread number `thread`. */
  readonly ask: <R extends PictureRequest>(
    set: PictureSet,
    request: R,
    thread: number
  ) => Task<Either<DataError | IoError, PictureAnswers[R['_tag']]>>
  /** The thread with the fewest requests waiting. */
  readonly idlest: () => number
  /** Threads drop what they remember of a set. */
  readonly forget: (id: number) => void
  /** Ends the threads. What is asked later starts them again. */
  readonly close: Task<void>
}

/**
 * Wants threads for pictures.
 *
 * @category model
 * @since 0.1.0
 */
export interface HasWorkers {
  readonly workers: Workers
}
