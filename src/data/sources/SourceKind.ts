/**
 * `SourceKind`: the record of one kind of source, without access to files: where its files are, how they are arranged
 * and labelled, and the mistakes its description may contain.
 */
import type * as E from 'fp-ts/lib/Either.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { Seed } from '../../Seed.js'
import type { Arrangement } from '../folders/Arrangement.js'
import type { DataError } from '../DataError.js'
import type { AnnotationReader, Annotations } from '../masks/annotations.js'
import type { Holdout } from '../holdouts/Holdout.js'
import type { ImagePlace, PlaceOf } from '../images/ImagePlace.js'
import type { Listing } from '../folders/Listing.js'
import type { Settled } from '../settle.js'
import type { Source } from './Source.js'

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
  /** Where images and masks are that are not files of their own; default: each is the file of its name. */
  readonly placeOf?: PlaceOf
  /** The classes of masks that are drawn from annotations. */
  readonly codes?: ReadonlyArray<string>
  readonly settle: (isReadable: (file: string) => boolean) => E.Either<DataError, Settled>
}

/**
 * A file that holds many images.
 *
 * @since 0.1.0
 */
export interface Shard {
  /** Relative to the root. */
  readonly file: string
  /** `rows`: a Parquet file that holds no images, but says something of images that are files. */
  readonly format: 'parquet' | 'tar' | 'npz' | 'idx' | 'rows'
  /** The column of images in a Parquet file; undefined: the one that holds bytes. */
  readonly imageCol: string | undefined
}

/**
 * The images of a file that holds many: their names within it, what it says of each, and where they are.
 *
 * @since 0.1.0
 */
export interface ImageIndex {
  readonly length: number
  /** Made when it is asked for: a file may hold a million. */
  readonly at: (i: number) => {
    readonly name: string
    readonly columns: Readonly<Record<string, unknown>>
  }
  readonly placeOf: (name: string) => ImagePlace
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
  /** The files whose images are listed first, without reading them. */
  readonly shards?: (listing: Listing) => ReadonlyArray<Shard>
  /** Files of annotations, in JSON, and what takes over their elements; `at` is the file's name in errors. */
  readonly annotations?: {
    readonly files: (listing: Listing) => ReadonlyArray<string>
    readonly reader: (at: string) => AnnotationReader
  }
  readonly arrange: (
    root: string,
    contents: ReadonlyArray<Uint8Array>,
    indexes?: ReadonlyArray<ImageIndex>,
    annotations?: ReadonlyArray<Annotations>
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
  /** A source without what loading an image does not need: functions, and lists of all images. Default: unchanged. */
  readonly forLoading?: (source: S) => Source
  /** The kind of labels. */
  readonly labels: (source: S) => 'values' | 'masks' | 'pictures'
}
