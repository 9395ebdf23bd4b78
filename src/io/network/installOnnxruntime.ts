/**
 * Installs the library of the onnxruntime engine in graft's cache: this platform's files of onnxruntime-node, from the
 * tarball in npm's registry, checked against a pinned hash.
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasCache } from '../../Cache.js'
import {
  folderInCache,
  folderInTarball,
  isWhole,
  MANIFEST,
  onnxruntimeRelease,
  platforms
} from '../../OnnxruntimeRelease.js'
import { defaultLimits, type HasArchives } from '../Archives.js'
import type { FetchEnv } from '../weights/fetchVerified.js'
import type { HasFiles } from '../Files.js'
import { archiveMismatch, fromSystem, type IoError, notFound } from '../IoError.js'
import { npmTarball } from './npmTarball.js'
import type { Progress } from '../Progress.js'

/**
 * The capabilities for installing the engine's library.
 *
 * @category environment
 * @since 0.1.0
 */
export type InstallEnv = FetchEnv & HasArchives & HasCache

/** A published package; `bytes` and `integrity` are those of its tarball. */
export interface Release {
  readonly name: string
  readonly version: string
  readonly integrity: string
  readonly bytes: number
}

const titleOf = ({ name, version }: Release): string => `${name} ${version}`

/**
 * The C library on Linux: the release is built against glibc. A bundle contains only the default export of the package.
 */
const isGlibc = async (): Promise<boolean> =>
  process.platform !== 'linux' || !(await import('detect-libc')).default.isNonGlibcLinuxSync()

/** Checks the machine first, so that nothing is downloaded in vain. */
const supported =
  (release: Release): TE.TaskEither<IoError, void> =>
  async () => {
    const here = `${process.platform}-${process.arch}`
    const found = platforms.includes(here) ? ((await isGlibc()) ? null : `${here} with musl`) : here
    return found === null
      ? E.right(undefined)
      : E.left(
          notFound(
            titleOf(release),
            `a library for ${platforms.join(', ')} (Linux with glibc)`,
            found,
            'use such a machine or image (node:22-slim, say), or another engine: --engine cpu'
          )
        )
  }

const sha512 = (file: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const hash = createHash('sha512')
    createReadStream(file)
      .on('error', reject)
      .on('data', (chunk) => hash.update(chunk))
      .on('end', () => resolve(`sha512-${hash.digest('base64')}`))
  })

const checked =
  (release: Release) =>
  (tarball: string): TE.TaskEither<IoError, void> =>
    pipe(
      TE.tryCatch(() => sha512(tarball), fromSystem(tarball)),
      TE.chain((found) =>
        found === release.integrity
          ? TE.right(undefined)
          : TE.left(
              archiveMismatch(
                titleOf(release),
                release.integrity,
                found,
                'use another registry, because this one has a different file under this name'
              )
            )
      )
    )

/** Every file of a folder with its size. */
const sizesIn =
  (folder: string) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, ReadonlyMap<string, number>> =>
    pipe(
      files.list(folder),
      TE.chain(
        TE.traverseArray((file) =>
          pipe(
            files.stat(path.join(folder, file)),
            TE.map((stat) => [file, stat.bytes] as const)
          )
        )
      ),
      TE.map((sizes) => new Map(sizes))
    )

const listed =
  (folder: string) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, void> =>
    pipe(
      sizesIn(folder)({ files }),
      TE.chain((sizes) => files.put(path.join(folder, MANIFEST), JSON.stringify(Object.fromEntries(sizes))))
    )

/** Returns whether a folder contains the library already. */
const holdsLibrary =
  (folder: string) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, boolean> =>
    pipe(
      files.readText(path.join(folder, MANIFEST)),
      TE.bindTo('manifest'),
      TE.bind('sizes', () => sizesIn(folder)({ files })),
      TE.map(({ manifest, sizes }) => isWhole(manifest, (file) => sizes.get(file))),
      TE.orElse(() => TE.right(false))
    )

/**
 * Moves files into place. Another process may have been faster and may have loaded them; an incomplete folder is
 * replaced.
 */
const moved =
  (from: string, to: string) =>
  (env: HasFiles): TE.TaskEither<IoError, void> =>
    pipe(
      env.files.rename(from, to),
      TE.orElse((error) =>
        pipe(
          holdsLibrary(to)(env),
          TE.chain((whole) =>
            whole
              ? TE.right(undefined)
              : error._tag === 'AlreadyExists'
                ? pipe(
                    env.files.remove(to),
                    TE.chain(() => env.files.rename(from, to))
                  )
                : TE.left(error)
          )
        )
      )
    )

/** Announces the download, unless it fails at once because there is no network. */
const announced =
  <A>(announce: IO<void>, download: TE.TaskEither<IoError, A>): TE.TaskEither<IoError, A> =>
  async () => {
    const timer = setTimeout(announce, 3000)
    const result = await download()
    clearTimeout(timer)
    return result
  }

/** Extracts this platform's files to a folder below `beside`, with their manifest. */
const filled =
  (release: Release, beside: string) =>
  (env: InstallEnv): TE.TaskEither<IoError, string> => {
    const inTarball = folderInTarball(process.platform, process.arch)
    const unpacked = path.join(beside, 'unpacked')
    const folder = path.join(unpacked, inTarball)
    const tell = (stage: Progress['stage'], done: number): IO<void> =>
      env.progress({ stage, what: titleOf(release), done, total: release.bytes })
    return pipe(
      announced(tell('download', 0), npmTarball(release, beside)(env)),
      TE.chainFirstIOK(() => tell('verify', 0)),
      TE.chainFirst(checked(release)),
      TE.chainFirstIOK(() => tell('extract', 0)),
      TE.chainFirst(() => env.files.makeDir(unpacked)),
      TE.chain((tarball) =>
        env.archives.extract(tarball, unpacked, defaultLimits, (file) => file.startsWith(`${inTarball}/`))
      ),
      TE.chain(() => listed(folder)(env)),
      TE.chainFirstIOK(() => tell('extract', release.bytes)),
      TE.map(() => folder)
    )
  }

const writable =
  (home: string) =>
  (error: IoError): IoError =>
    error.path.startsWith(home)
      ? { ...error, hint: `set GRAFT_HOME to a writable folder with enough space (now: ${home})` }
      : error

const fetched =
  (release: Release, target: string) =>
  (env: InstallEnv): TE.TaskEither<IoError, void> =>
    pipe(
      supported(release),
      TE.chain(() => env.files.makeDirBeside(target)),
      TE.chain((beside) => async () => {
        const result = await pipe(
          filled(release, beside)(env),
          TE.chain((folder) => moved(folder, target)(env))
        )()
        await env.files.remove(beside)()
        return result
      })
    )

/** Installations in progress; concurrent requests for the same one wait for it. */
const underway = new Map<string, Promise<E.Either<IoError, string>>>()

const once =
  (target: string, install: TE.TaskEither<IoError, string>): TE.TaskEither<IoError, string> =>
  () => {
    const begun = underway.get(target) ?? install().finally(() => underway.delete(target))
    underway.set(target, begun)
    return begun
  }

/** Installs this platform's files of a release in the cache. */
export const installRelease =
  (release: Release): RTE.ReaderTaskEither<InstallEnv, IoError, string> =>
  (env) => {
    const target = folderInCache(env.cache.home, process.platform, process.arch)
    return once(
      target,
      pipe(
        holdsLibrary(target)(env),
        TE.chain((whole) => (whole ? TE.right(undefined) : fetched(release, target)(env))),
        TE.bimap(writable(env.cache.home), () => target)
      )
    )
  }

/**
 * Installs the library of the onnxruntime engine in the cache's `engines` folder, unless it is there. Downloads about
 * 110 MB, of which this platform's files are kept (45 MB on Linux). npm fetches the tarball, with its own
 * configuration. Installation is atomic, and several processes may install at once. `withNodeEnv` installs
 * automatically if the engine is wanted and the library is missing. Returns the folder. Errors: `Unreachable`;
 * `ArchiveMismatch` if the registry's file is not the pinned one; `NotFound` if the release has no library for this
 * machine; those of writing.
 *
 * @example no-run
 * import { installOnnxruntime, nodeIo } from 'graft-vision/node'
 *
 * const installed = await installOnnxruntime(nodeIo())()
 * assert.strictEqual(installed._tag, 'Right')
 *
 * @category environment
 * @since 0.1.0
 */
export const installOnnxruntime: RTE.ReaderTaskEither<InstallEnv, IoError, string> = installRelease(onnxruntimeRelease)
