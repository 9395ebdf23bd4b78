/**
 * `untarData`: a data set from a `.tgz` at a URL, unpacked once to the cache (fastai's `untar_data`, except that paths
 * in archives are not trusted, and an archive with a wrong checksum is never used).
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { checksums, type Checksum } from '../../data/index.js'
import { defaultLimits, type ArchiveLimits, type HasArchives } from '../Archives.js'
import type { HasCache } from '../../Cache.js'
import type { HasClock } from '../Clock.js'
import { defaultStubbornness, downloadTo, fileNameOf, type Stubbornness } from './download.js'
import type { HasFiles } from '../Files.js'
import type { HasHttp } from './Http.js'
import { archiveMismatch, type IoError } from '../IoError.js'
import type { HasProgress } from '../Progress.js'

/**
 * The capabilities for downloading a data set.
 *
 * @category data
 * @since 0.1.0
 */
export type UntarEnv = HasFiles & HasHttp & HasArchives & HasCache & HasClock & HasProgress

/**
 * `dest`: folder of the data set (default `data/<name>` in the cache). `checksum`: the expected one (default: known for
 * the archives of `URLs`). `download`: whether the network may be used (true). `force`: download and unpack again
 * (false). `limits`: limits of the contents. `stubbornness`: retries after a failure (5), first pause and timeout, in
 * milliseconds.
 *
 * @category data
 * @since 0.1.0
 */
export interface UntarOptions {
  readonly dest?: string
  readonly checksum?: Checksum
  readonly download?: boolean
  readonly force?: boolean
  readonly limits?: ArchiveLimits
  readonly stubbornness?: Stubbornness
}

const MiB = 2 ** 20

const suffix = /\.(tgz|tar\.gz|tar)$/

/** The archive's URL and file name, and the data set's name: the last segment of the URL. */
const namesOf = (url: string) => {
  const safe = fileNameOf(url, 'data')
  return suffix.test(safe)
    ? { from: url, file: safe, name: safe.replace(suffix, '') }
    : { from: `${url}.tgz`, file: `${safe}.tgz`, name: safe }
}

const checked =
  (archive: string, checksum: Checksum | undefined) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, void> => {
    if (checksum === undefined) return TE.right(undefined)
    const mismatch = (expected: string, found: string) =>
      TE.left(archiveMismatch(archive, expected, found, 'remove it, or allow downloads: { download: true }'))
    return pipe(
      files.stat(archive),
      TE.chain(({ bytes }) =>
        bytes === checksum.bytes ? files.readStart(archive, MiB) : mismatch(`${checksum.bytes} bytes`, `${bytes} bytes`)
      ),
      TE.chain((start) => {
        const md5 = createHash('md5').update(start).digest('hex')
        return md5 === checksum.md5OfFirstMiB
          ? TE.right(undefined)
          : mismatch(`MD5 ${checksum.md5OfFirstMiB} of the first MiB`, md5)
      })
    )
  }

/** Downloads to a temporary file, checks it and renames it, so that a file with the archive's name is complete. */
const fetched =
  (url: string, archive: string, { checksum, stubbornness }: UntarOptions) =>
  (env: UntarEnv): TE.TaskEither<IoError, string> => {
    const part = `${archive}.part`
    return pipe(
      env.files.makeDir(path.dirname(archive)),
      TE.chain(() => downloadTo(url, part, stubbornness ?? defaultStubbornness)(env)),
      TE.chain(() => checked(part, checksum)(env)),
      // a complete file with a wrong checksum must not be resumed
      TE.orElse((error) =>
        pipe(
          error._tag === 'ArchiveMismatch' ? env.files.remove(part) : TE.right(undefined),
          TE.chain(() => TE.left<IoError, void>(error))
        )
      ),
      TE.chain(() => env.files.rename(part, archive)),
      TE.map(() => archive)
    )
  }

/** The archive in the read-only assets or in the cache, otherwise from the network. */
const located =
  (url: string, file: string, options: UntarOptions) =>
  (env: UntarEnv): TE.TaskEither<IoError, string> => {
    const own = path.join(env.cache.home, 'data', file)
    const mayFetch = options.download ?? true
    const fetch = fetched(url, own, options)(env)
    if (options.force === true && mayFetch) return fetch
    const usable = (archive: string) =>
      pipe(
        checked(archive, options.checksum)(env),
        TE.map(() => archive)
      )
    const own$ = pipe(
      env.files.exists(own),
      TE.chain((there) => (there || !mayFetch ? usable(own) : fetch)),
      TE.orElse((error) => (error._tag === 'ArchiveMismatch' && mayFetch ? fetch : TE.left(error)))
    )
    const lookIn = (folders: ReadonlyArray<string>): TE.TaskEither<IoError, string> => {
      const [first, ...others] = folders
      if (first === undefined) return own$
      const archive = path.join(first, 'data', file)
      return pipe(
        env.files.exists(archive),
        TE.chain((there) => (there ? usable(archive) : lookIn(others)))
      )
    }
    return lookIn(env.cache.assets)
  }

/** Unpacks to a temporary folder, then renames it; a single folder in the archive is the data set itself. */
const unpacked =
  (archive: string, dest: string, { limits, force }: UntarOptions) =>
  (env: UntarEnv): TE.TaskEither<IoError, string> =>
    pipe(
      env.files.makeDirBeside(dest),
      TE.chain((beside) =>
        pipe(
          TE.fromIO<void, IoError>(env.progress({ stage: 'extract', what: archive, done: 0, total: 1 })),
          TE.chain(() => env.archives.extract(archive, beside, limits ?? defaultLimits)),
          TE.chain(() => env.files.list(beside)),
          TE.chain((names) => {
            const single = path.join(beside, names[0] ?? '')
            return pipe(
              env.files.stat(single),
              TE.map(({ kind }) => (names.length === 1 && kind === 'folder' ? single : beside))
            )
          }),
          TE.chainFirst(() => (force === true ? env.files.remove(dest) : TE.right(undefined))),
          TE.chain((content) =>
            pipe(
              env.files.rename(content, dest),
              // another process was faster; its folder is equivalent
              TE.orElse((error) =>
                error._tag === 'AlreadyExists' ? TE.right<IoError, void>(undefined) : TE.left(error)
              )
            )
          ),
          TE.fold(
            (error) =>
              pipe(
                env.files.remove(beside),
                TE.chain(() => TE.left(error))
              ),
            () => env.files.remove(beside)
          ),
          TE.chainIOK(() => env.progress({ stage: 'extract', what: archive, done: 1, total: 1 })),
          TE.map(() => dest)
        )
      )
    )

/**
 * The folder of a data set: an existing one, or one unpacked from the archive, which is read from the cache or
 * downloaded (with resuming and retries) and checked. `.tgz` is appended to a URL without it.
 *
 * @example
 * import { URLs } from 'graft-vision'
 * import { nodeIo, untarData } from 'graft-vision/node'
 *
 * // An empty cache and no network allowed: the error says what is missing.
 * const env = nodeIo({ cache: { home: 'an-empty-cache', assets: [] } })
 * const none = await untarData(URLs.MNIST_TINY, { download: false, checksum: { bytes: 1, md5OfFirstMiB: '' } })(env)()
 * assert.strictEqual(none._tag === 'Left' && none.left._tag, 'NotFound')
 *
 * @category data
 * @since 0.1.0
 */
export const untarData = (url: string, options: UntarOptions = {}): ReaderTaskEither<UntarEnv, IoError, string> => {
  const { from, file, name } = namesOf(url)
  const checksum = options.checksum ?? checksums[url]
  const full: UntarOptions = checksum === undefined ? options : { ...options, checksum }
  return (env) => {
    const dest = options.dest ?? path.join(env.cache.home, 'data', name)
    return pipe(
      env.files.exists(dest),
      TE.chain((there) =>
        there && options.force !== true
          ? TE.right(dest)
          : pipe(
              located(from, file, full)(env),
              TE.chain((archive) => unpacked(archive, dest, options)(env))
            )
      )
    )
  }
}
