/**
 * `SourceKind`: the record of one kind of source, without access to files: where its files are, how they are arranged
 * and labelled, and the mistakes its description may contain.
 */
import type * as E from 'fp-ts/lib/Either.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { Seed } from '../../Seed.js'
import type { Arrangement } from '../Arrangement.js'
import type { DataError } from '../DataError.js'
import type { Holdout } from '../Holdout.js'
import type { Listing } from '../Listing.js'
import type { Settled } from '../settle.js'
import type { Source } from '../Source.js'

/**
 * Where the files of a source are.
 *
 * @since 0.1.0
 */
export type Place =
  | { readonly _tag: 'Folder'; readonly path: string }
  /** Digits to generate, in the cache or below a path. */
  | {
      readonly _tag: 'Drawn'
      readonly train: number
      readonly valid: number
      readonly seed: Seed
      readonly path: O.Option<string>
    }
  /** An archive to download and unpack. */
  | { readonly _tag: 'Fetched'; readonly url: string }

/**
 * Labelled files, and how to compute their targets once it is known which files can be read.
 *
 * @since 0.1.0
 */
export interface Arranged extends Arrangement {
  readonly settle: (isReadable: (file: string) => boolean) => E.Either<DataError, Settled>
}

/**
 * How a source is read: the files below its root to read whole, and how their contents and all names are arranged.
 *
 * @since 0.1.0
 */
export interface DataLayout {
  readonly reads: (listing: Listing) => ReadonlyArray<string>
  /** Whether the source names all of its files, so that the root is not listed; default false. */
  readonly unlisted?: boolean
  readonly arrange: (
    root: string,
    contents: ReadonlyArray<Uint8Array>
  ) => (listing: Listing) => E.Either<DataError, Arranged>
}

/**
 * The record of one kind of source.
 *
 * @since 0.1.0
 */
export interface SourceKind<S> {
  /** Its name in error messages. */
  readonly what: string
  readonly place: (source: S) => Place
  readonly layout: (source: S) => DataLayout
  /** The mistakes in its description. */
  readonly mistakes: (source: S) => ReadonlyArray<DataError>
  /** The source with its path, if it has one, mapped. */
  readonly mapPath: (f: (path: string) => string) => (source: S) => S
  /** The same images in another folder. */
  readonly movedTo: (path: string) => (source: S) => Source
  /** The source with another holdout; null if it does not support one. */
  readonly withHoldout: ((holdout: Holdout) => (source: S) => S) | null
  /** The source without what loading an image does not need: functions, and lists of all images. Default: unchanged. */
  readonly forLoading?: (source: S) => S
  /** The kind of labels. */
  readonly labels: 'values' | 'masks' | 'pictures'
}
