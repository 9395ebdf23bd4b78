/**
 * `Workers`: threads that read, decode and transform images, to keep the training thread free.
 *
 * @since 0.1.0
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type {
  DataError,
  DataItem,
  DataSpec,
  FileFacts,
  ImagePlace,
  Labelled,
  Task as DataTask
} from '../../data/index.js'
import type { Item, View } from '../opened/Data.js'
import type { Files } from '../Files.js'
import type { Images } from '../Images.js'
import type { IoError } from '../IoError.js'
import type { Verified } from '../opened/verifyPair.js'

/** The places of an image and of its mask or target. */
export interface ItemPlaces {
  readonly file: ImagePlace
  readonly label?: ImagePlace
}

/**
 * The images of one `openData`. Threads are told the contents when they first need them, and then only the `id`.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface PictureSet {
  readonly id: number
  readonly spec: DataSpec
  readonly root: string
  /** The classes of masks that are drawn from annotations. */
  readonly codes?: ReadonlyArray<string>
}

/**
 * A request to a thread: decode an image with its mask or target and cache them within the budget, or return an item.
 * `places`: where the image and its label are, if they are not files of their own.
 *
 * @category capabilities
 * @since 0.1.0
 */
export type PictureRequest =
  | { readonly _tag: 'Verify'; readonly item: Labelled; readonly places?: ItemPlaces }
  | {
      readonly _tag: 'Item'
      readonly item: DataItem
      readonly sides: readonly [height: number, width: number]
      readonly task: DataTask
      readonly view: View | undefined
      readonly places?: ItemPlaces
    }
  /** Read these files for a check. */
  | {
      readonly _tag: 'Facts'
      readonly files: ReadonlyArray<string>
      readonly places?: ReadonlyArray<ImagePlace>
    }

/**
 * The answers to requests.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface PictureAnswers {
  readonly Verify: Verified
  readonly Item: Pick<Item, 'pixels' | 'mask' | 'goal' | 'points'>
  readonly Facts: ReadonlyArray<FileFacts>
}

/**
 * Threads that load images.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Workers {
  /** Maximum number of threads, started on demand; 0: images are loaded on the calling thread. */
  readonly count: number
  /**
   * The capabilities that the threads load with. In an environment with others, images are loaded on the calling
   * thread.
   */
  readonly files: Files
  readonly images: Images
  /** Sends a request to thread number `thread`. */
  readonly ask: <R extends PictureRequest>(
    set: PictureSet,
    request: R,
    thread: number
  ) => Task<Either<DataError | IoError, PictureAnswers[R['_tag']]>>
  /** The thread with the fewest pending requests. */
  readonly idlest: () => number
  /** Removes a set of images from the threads' caches. */
  readonly forget: (id: number) => void
  /** Stops the threads; a later request starts them again. */
  readonly close: Task<void>
}

/**
 * Requires threads for images.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasWorkers {
  readonly workers: Workers
}
