/**
 * `SourceKind`: everything there is to say of one kind of source without touching a file: where its files lie, how they
 * are arranged and labelled, what can be wrong with its description.
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
 * Where the files of a source lie, before anything is looked up.
 *
 * @category model
 * @since 0.1.0
 */
export type Place =
  | { readonly _tag: 'Folder'; readonly path: string }
  /** Digits to draw, kept in the cache or below a path. */
  | {
      readonly _tag: 'Drawn'
      readonly train: number
      readonly valid: number
      readonly seed: Seed
      readonly path: O.Option<string>
    }
  /** An archive to fetch and unpack. */
  | { readonly _tag: 'Fetched'; readonly url: string }

/**
 * Labelled files, and how they get their targets once it is known which can be read.
 *
 * @category model
 * @since 0.1.0
 */
export interface Arranged extends Arrangement {
  readonly settle: (isReadable: (file: string) => boolean) => E.Either<DataError, Settled>
}

/**
 * How a source is read: the files below its root that have to be read first, and what their contents and names say.
 *
 * @category model
 * @since 0.1.0
 */
export interface DataLayout {
  readonly reads: ReadonlyArray<string>
  readonly arrange: (
    root: string,
    contents: ReadonlyArray<Uint8Array>
  ) => (listing: Listing) => E.Either<DataError, Arranged>
}

/**
 * One kind of source.
 *
 * @category model
 * @since 0.1.0
 */
export interface SourceKind<S> {
  /** What it is called in an error. */
  readonly what: string
  readonly place: (source: S) => Place
  readonly layout: (source: S) => DataLayout
  /** What is wrong with its description. */
  readonly mistakes: (source: S) => ReadonlyArray<DataError>
  /** The source with its path, if it has one, mapped. */
  readonly mapPath: (f: (path: string) => string) => (source: S) => S
  /** The same images, which are in this folder by now. */
  readonly movedTo: (path: string) => (source: S) => Source
  /** Another holdout; null where the source has its own. */
  readonly withHoldout: ((holdout: Holdout) => (source: S) => S) | null
  /** What an image is labelled with. */
  readonly labels: 'values' | 'masks' | 'pictures'
}
