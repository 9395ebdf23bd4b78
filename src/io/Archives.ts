/**
 * `Archives`: unpacking as a capability. Archives are untrusted: they may only create ordinary files and folders below
 * the target folder, within limits.
 *
 * @since 0.1.0
 */
import type { ReadEntry } from 'tar'
import { constTrue, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { badArchive, codeOf, fromSystem, messageOf, unsafeArchive, type IoError } from './IoError.js'

/**
 * Limits of an archive's contents.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface ArchiveLimits {
  readonly entries: number
  readonly bytes: number
}

/**
 * Two million entries, 32 GiB.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * assert.strictEqual(Io.defaultLimits.bytes, 32 * 2 ** 30)
 *
 * @category capabilities
 * @since 0.1.0
 */
export const defaultLimits: ArchiveLimits = { entries: 2_000_000, bytes: 32 * 2 ** 30 }

/**
 * Unpacks everything in `archive`, or the names that `keep` accepts, to `into`, an existing empty folder. Errors:
 * `BadArchive` (damaged, truncated, not an archive), `UnsafeArchive` (an entry outside of the folder, a link, a device,
 * too much data), or those of the file system.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Archives {
  readonly extract: (
    archive: string,
    into: string,
    limits: ArchiveLimits,
    keep?: (name: string) => boolean
  ) => TE.TaskEither<IoError, void>
}

/**
 * Requires an unpacker.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasArchives {
  readonly archives: Archives
}

const harmless = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'GNUDumpDir'])

/** What is wrong with an entry's name, or undefined. */
const escape = (name: string): string | undefined => {
  if (name === '' || name.includes('\0')) return 'an empty name or one with a zero byte'
  if (/^[a-zA-Z]:/.test(name) || name.includes('\\')) return 'a drive letter or a backslash'
  if (name.startsWith('/')) return 'an absolute path'
  if (name.split('/').includes('..')) return 'a path that leaves the folder (..)'
  return undefined
}

const asIoError =
  (archive: string) =>
  (cause: unknown): IoError => {
    const code = codeOf(cause)
    return code.startsWith('E') && !code.startsWith('ERR')
      ? fromSystem(archive)(cause)
      : badArchive(archive, 'a whole .tgz', messageOf(cause), 'remove the file and fetch it again')
  }

/** What is wrong with an entry, given the previous ones, or undefined. */
const vet = (archive: string, limits: ArchiveLimits) => {
  let entries = 0
  let bytes = 0
  return (entry: ReadEntry): IoError | undefined => {
    entries += 1
    bytes += entry.size
    const refused = (found: string): IoError =>
      unsafeArchive(
        `${archive}: ${entry.path}`,
        'ordinary files and folders below the target',
        found,
        'do not trust this archive; download it from its original source'
      )
    const escaping = escape(entry.path)
    if (escaping !== undefined) return refused(escaping)
    if (!harmless.has(entry.type)) return refused(`an entry of kind ${entry.type}`)
    if (entries > limits.entries) return refused(`more than ${limits.entries} entries`)
    if (bytes > limits.bytes) return refused(`more than ${limits.bytes} bytes`)
    return undefined
  }
}

/**
 * Unpacks `.tar` and `.tgz` with the `tar` package. The whole archive is read and checked before anything is written.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * const missing = await Io.tarArchives.extract('no-such.tgz', '.', Io.defaultLimits)()
 * assert.strictEqual(missing._tag === 'Left' && missing.left._tag, 'NotFound')
 *
 * @category capabilities
 * @since 0.1.0
 */
export const tarArchives: Archives = {
  extract: (archive, into, limits, keep = constTrue) => {
    const vetting = async (): Promise<IoError | undefined> => {
      const tar = await import('tar')
      const check = vet(archive, limits)
      let refusal: IoError | undefined
      let entries = 0
      await tar.list({
        file: archive,
        strict: true,
        onReadEntry: (entry) => {
          entries += 1
          refusal ??= check(entry)
        }
      })
      if (entries === 0) throw new Error('nothing in it')
      return refusal
    }
    const unpacking = async (): Promise<IoError | undefined> => {
      const tar = await import('tar')
      // the file may have been replaced since it was checked
      const check = vet(archive, limits)
      let refusal: IoError | undefined
      await tar.extract({
        file: archive,
        cwd: into,
        strict: true,
        preserveOwner: false,
        noMtime: true,
        filter: (name, entry) => (refusal ??= check(entry as ReadEntry)) === undefined && keep(name)
      })
      return refusal
    }
    const step = (run: () => Promise<IoError | undefined>): TE.TaskEither<IoError, void> =>
      pipe(
        TE.tryCatch(run, asIoError(archive)),
        TE.chain((refusal) => (refusal === undefined ? TE.right(undefined) : TE.left(refusal)))
      )
    return pipe(
      step(vetting),
      TE.chain(() => step(unpacking))
    )
  }
}
