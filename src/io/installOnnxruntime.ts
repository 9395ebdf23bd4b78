/**
 * Puts the library of the onnxruntime engine into graft's cache: this platform's files of onnxruntime-node, from the
 * tarball that npm's registry has, checked against a pinned hash.
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
import type { HasCache } from '../Cache.js'
import {
  folderInCache,
  folderInTarball,
  isWhole,
  MANIFEST,
  onnxruntimeRelease,
  platforms
} from '../OnnxruntimeRelease.js'
import { defaultLimits, type HasArchives } from './Archives.js'
import type { FetchEnv } from './fetchVerified.js'
import type { HasFiles } from './Files.js'
import { archiveMismatch, fromSystem, type IoError, notFound } from './IoError.js'
import { npmTarball } from './npmTarball.js'
import type { Progress } from './Progress.js'

/**
 * What installing the engine's library needs.
 *
 * @category model
 * @since 0.1.0
 */
export type InstallEnv = FetchEnv & HasArchives & HasCache

/** A published package: `bytes` and `integrity` are those of its tarball. */
export interface Release {
  readonly name: string
  readonly version: string
  readonly integrity: string
  readonly bytes: number
}

const titleOf = ({ name, version }: Release): string => `${name} ${version}`

/** The C library on Linux: the release is built against glibc. The package's default export is there in a bundle too. */
const isGlibc = async (): Promise<boolean> =>
  process.platform !== 'linux' || !(await import('detect-libc')).default.isNonGlibcLinuxSync()

/** Nothing is fetched for a machine that cannot load it. */
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
                'use another registry: this one has another file under this name'
              )
            )
      )
    )

/** Every file of a folder and its size. */
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

/** Whether a folder holds the library already. */
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

/** Another process may have been quicker, and may have loaded it; what is there and is not whole has to go. */
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

/** A download that fails at once, for want of a network, is not announced. */
const announced =
  <A>(announce: IO<void>, download: TE.TaskEither<IoError, A>): TE.TaskEither<IoError, A> =>
  async () => {
    const timer = setTimeout(announce, 3000)
    const result = await download()
    clearTimeout(timer)
    return result
  }

/** This platform's files in a folder below `beside`, with their manifest. */
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
      ? { ...error, hint: `set GRAFT_HOME to a folder that has room and can be written (now: ${home})` }
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

/** What this process is installing: whoever wants the same waits for it. */
const underway = new Map<string, Promise<E.Either<IoError, string>>>()

const once =
  (target: string, install: TE.TaskEither<IoError, string>): TE.TaskEither<IoError, string> =>
  () => {
    const begun = underway.get(target) ?? install().finally(() => underway.delete(target))
    underway.set(target, begun)
    return begun
  }

/** Puts this platform's files of a release into the cache. */
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
 * Puts the library of the onnxruntime engine into the cache's `engines` folder, unless it is there: about 110 MB over
 * the network, of which this platform's files are kept (45 MB on Linux). npm fetches the tarball, with its own
 * configuration. Nothing is left half-written, whatever ends it, and several may install at once. `withNodeEnv` does so
 * by itself where the engine is wanted and the library is missing. The answer is the folder. Errors: `Unreachable`;
 * `ArchiveMismatch` when the registry's file is not the pinned one; `NotFound` where the release has no library for this
 * machine; those of writing.
 *
 * @example no-run
 * import { installOnnxruntime, nodeIo } from 'graft-vision/node'
 *
 * const installed = await installOnnxruntime(nodeIo())()
 * assert.strictEqual(installed._tag, 'Right')
 *
 * @category operations
 * @since 0.1.0
 */
export const installOnnxruntime: RTE.ReaderTaskEither<InstallEnv, IoError, string> = installRelease(onnxruntimeRelease)
