/**
 * Hugging Face's cache as its libraries store it: `models--owner--name` with `blobs` named by their hash, `refs` from a
 * branch to a commit, and `snapshots/<commit>` with links to blobs.
 */
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Stubbornness } from '../network/download.js'
import { type FetchEnv, fetchVerified } from './fetchVerified.js'
import type { HasFiles } from '../Files.js'
import { type HubFile, hubFile } from './hubFile.js'
import type { IoError } from '../IoError.js'
import { orNone, verified, type Wanted, type WeightsFile } from './verified.js'

/** A file of a model repository. */
export interface HubPath {
  readonly repo: string
  readonly path: string
}

/** A repository's folder in the cache. */
export const storageOf = (hubCache: string, repo: string): string =>
  path.join(hubCache, `models--${repo.replaceAll('/', '--')}`)

const sha256Name = /^[0-9a-f]{64}$/

const reference = (storage: string): string => path.join(storage, 'refs', 'main')
const snapshot = (storage: string, commit: string, file: string): string =>
  path.join(storage, 'snapshots', commit, file)

/** Commits in the cache, the one of the main branch first. */
const commitsIn =
  (storage: string) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, ReadonlyArray<string>> =>
    pipe(
      TE.Do,
      TE.bind('main', () => orNone(files.readText(reference(storage)))),
      TE.bind('all', () => orNone(files.list(path.join(storage, 'snapshots')))),
      TE.map(({ main, all }) => {
        const first = main?.trim() ?? ''
        const commits = all ?? []
        return [...commits.filter((commit) => commit === first), ...commits.filter((commit) => commit !== first)]
      })
    )

/**
 * The expected hash of a snapshot's file: the name of the blob that it links to. A regular file (on systems without
 * links) and a blob named by git's own hash are not verified.
 */
const wantedAt =
  (file: string) =>
  ({ files }: HasFiles): TE.TaskEither<IoError, Wanted> =>
    pipe(
      orNone(files.realPath(file)),
      TE.map((real) => {
        const blob = real !== null && path.basename(path.dirname(real)) === 'blobs' ? path.basename(real) : ''
        return sha256Name.test(blob) ? blob : null
      })
    )

/** A repository's file in the cache, verified; null if there is none. */
export const inHubCache =
  (hubCache: string, { repo, path: file }: HubPath) =>
  (env: HasFiles): TE.TaskEither<IoError, WeightsFile | null> => {
    const storage = storageOf(hubCache, repo)
    const firstOf = ([commit, ...others]: ReadonlyArray<string>): TE.TaskEither<IoError, WeightsFile | null> => {
      if (commit === undefined) return TE.right(null)
      const at = snapshot(storage, commit, file)
      return pipe(
        wantedAt(at)(env),
        TE.chain((wanted) => orNone(verified(at, wanted)(env))),
        TE.chain((found) => (found === null ? firstOf(others) : TE.right(found)))
      )
    }
    return pipe(commitsIn(storage)(env), TE.chain(firstOf))
  }

const wantedOf = ({ blob }: HubFile): Wanted => (sha256Name.test(blob) ? blob : null)

/** Downloads a repository's file from the hub to the cache. */
export const intoHubCache =
  (
    { hubCache, endpoint }: { readonly hubCache: string; readonly endpoint: string },
    { repo, path: file }: HubPath,
    how: Stubbornness
  ): RTE.ReaderTaskEither<FetchEnv, IoError, WeightsFile> =>
  (env) => {
    const storage = storageOf(hubCache, repo)
    const content = (at: HubFile): TE.TaskEither<IoError, WeightsFile> => {
      const target = path.join(storage, 'blobs', at.blob)
      const wanted = wantedOf(at)
      const fetch = fetchVerified(at.url, { target, part: `${target}.incomplete`, wanted }, how)(env)
      return pipe(
        orNone(verified(target, wanted)(env)),
        TE.chain((found) => (found === null ? fetch : TE.right(found))),
        TE.orElse((error) => (error._tag === 'WeightsMismatch' ? fetch : TE.left(error)))
      )
    }
    return pipe(
      TE.Do,
      TE.bind('at', () => hubFile(endpoint, repo, file)),
      TE.bind('found', ({ at }) => content(at)),
      TE.bind('file', ({ at, found }) => {
        const pointer = snapshot(storage, at.commit, file)
        return pipe(
          env.files.link(found.file, pointer),
          TE.chain(() => env.files.write(reference(storage), at.commit)),
          TE.map(() => pointer)
        )
      }),
      TE.map(({ found, file: pointer }) => ({ file: pointer, bytes: found.bytes }))
    )
  }
