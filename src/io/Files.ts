/**
 * `Files`: the file system as a capability.
 *
 * @since 0.1.0
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Listing } from '../data/index.js'
import type { IoError } from './IoError.js'

/**
 * What a path leads to.
 *
 * @since 0.1.0
 */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other'
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * What graft does with files. No function rejects.
 *
 * @category model
 * @since 0.1.0
 */
export interface Files {
  readonly read: (path: string) => TaskEither<IoError, Uint8Array>
  readonly readText: (path: string) => TaskEither<IoError, string>
  /** At most the first `bytes`. */
  readonly readStart: (path: string, bytes: number) => TaskEither<IoError, Uint8Array>
  /** SHA-256, hexadecimal, of a whole file; with `ends`, of its size and its first and last so many bytes. */
  readonly hash: (path: string, ends?: number) => TaskEither<IoError, string>
  /** Whole or not at all: written beside, synced to the disk, renamed into place; missing folders are made. */
  readonly write: (path: string, content: Uint8Array | string) => TaskEither<IoError, void>
  /** Straight into place: for files in a folder that nobody knows of yet. */
  readonly put: (path: string, content: Uint8Array | string) => TaskEither<IoError, void>
  /** Adds the chunks at position `from`, dropping what was beyond it; answers the bytes that are there in the end. */
  readonly append: (path: string, from: number, chunks: AsyncIterable<Uint8Array>) => TaskEither<IoError, number>
  /** All files and folders below, following links except those back up, leaving out hidden ones. */
  readonly walk: (path: string) => TaskEither<IoError, Listing>
  /** Names in a folder, hidden ones too. */
  readonly list: (path: string) => TaskEither<IoError, ReadonlyArray<string>>
  readonly stat: (path: string) => TaskEither<IoError, FileStat>
  readonly exists: (path: string) => TaskEither<IoError, boolean>
  readonly makeDir: (path: string) => TaskEither<IoError, void>
  /** A new, empty folder beside `path`, to be filled and then renamed to it; those of killed runs are removed. */
  readonly makeDirBeside: (path: string) => TaskEither<IoError, string>
  readonly rename: (from: string, to: string) => TaskEither<IoError, void>
  /** A symbolic link at `at`, relative, to a file; a copy where the system allows no links; one that is there stays. */
  readonly link: (file: string, at: string) => TaskEither<IoError, void>
  /** Where a path leads, links followed. */
  readonly realPath: (path: string) => TaskEither<IoError, string>
  /** A file, or a folder with all that is in it, and what killed runs left beside it; nothing there is fine. */
  readonly remove: (path: string) => TaskEither<IoError, void>
}

/**
 * Wants a file system.
 *
 * @category model
 * @since 0.1.0
 */
export interface HasFiles {
  readonly files: Files
}
