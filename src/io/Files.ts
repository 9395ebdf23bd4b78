/**
 * `Files`: the file system as a capability.
 *
 * @since 0.1.0
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Listing } from '../data/index.js'
import type { IoError } from './IoError.js'

/**
 * What is at a path.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other'
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * File operations of graft. No function rejects.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Files {
  readonly read: (path: string) => TaskEither<IoError, Uint8Array>
  readonly readText: (path: string) => TaskEither<IoError, string>
  /** At most the first `bytes` bytes. */
  readonly readStart: (path: string, bytes: number) => TaskEither<IoError, Uint8Array>
  /** The bytes from position `from` on, `length` of them, or fewer where the file ends. */
  readonly readRange: (path: string, from: number, length: number) => TaskEither<IoError, Uint8Array>
  /** SHA-256, hexadecimal, of a whole file; with `ends`, of its size and that many bytes at both ends. */
  readonly hash: (path: string, ends?: number) => TaskEither<IoError, string>
  /** Writes atomically: to a temporary file, synced to disk and renamed; missing folders are created. */
  readonly write: (path: string, content: Uint8Array | string) => TaskEither<IoError, void>
  /** Writes directly: for files in a folder that no one else uses yet. */
  readonly put: (path: string, content: Uint8Array | string) => TaskEither<IoError, void>
  /** Writes chunks from position `from` on and drops what followed; returns the final size. */
  readonly append: (path: string, from: number, chunks: AsyncIterable<Uint8Array>) => TaskEither<IoError, number>
  /** All files and folders below, without hidden ones; follows links, except those to a parent folder. */
  readonly walk: (path: string) => TaskEither<IoError, Listing>
  /** The names in a folder, including hidden ones. */
  readonly list: (path: string) => TaskEither<IoError, ReadonlyArray<string>>
  readonly stat: (path: string) => TaskEither<IoError, FileStat>
  readonly exists: (path: string) => TaskEither<IoError, boolean>
  readonly makeDir: (path: string) => TaskEither<IoError, void>
  /** Creates an empty folder beside `path`, to be filled and renamed to it; removes those of killed runs. */
  readonly makeDirBeside: (path: string) => TaskEither<IoError, string>
  readonly rename: (from: string, to: string) => TaskEither<IoError, void>
  /**
   * Creates a relative symbolic link at `at` to a file, or a copy where the system does not allow links; an existing
   * one is kept.
   */
  readonly link: (file: string, at: string) => TaskEither<IoError, void>
  /** Resolves the links in a path. */
  readonly realPath: (path: string) => TaskEither<IoError, string>
  /** Removes a file or a folder with its contents, and what killed runs left beside it; succeeds if there is none. */
  readonly remove: (path: string) => TaskEither<IoError, void>
}

/**
 * Requires a file system.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasFiles {
  readonly files: Files
}
