/** Compressed files, unpacked once to the cache, so that their contents can be read in parts. */
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip, createInflateRaw } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { constVoid, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasCache } from '../../Cache.js'
import { dataError, type DataError } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'

/** Bytes to read at once. */
const chunk = 2 ** 20

/** The part of a file that is compressed, how, and a name for it. */
export interface Deflated {
  readonly from: number
  readonly length: number
  readonly by: 'gzip' | 'deflate'
  readonly name: string
}

async function* chunksOf(path: string, { from, length }: Deflated, { files }: HasFiles) {
  for (let at = from; at < from + length;) {
    const bytes = await files.readRange(path, at, Math.min(chunk, from + length - at))()
    if (E.isLeft(bytes)) throw new Error(bytes.left.found)
    if (bytes.right.length === 0) return
    at += bytes.right.length
    yield bytes.right
  }
}

const damaged = (path: string, { by }: Deflated, found: string): DataError =>
  dataError.badTable(path, `${by} data`, found, 'fetch or write the file again')

const unpack =
  (path: string, of: Deflated, into: string, env: HasFiles): TE.TaskEither<DataError | IoError, void> =>
  async () => {
    const engine = of.by === 'gzip' ? createGunzip() : createInflateRaw()
    const source = Readable.from(chunksOf(path, of, env))
    source.on('error', (cause) => engine.destroy(cause))
    // The data may turn out damaged before the file to write is open; the error is kept until it is read from.
    engine.on('error', constVoid)
    const written = await env.files.append(into, 0, source.pipe(engine))()
    return E.isRight(written)
      ? E.right(undefined)
      : E.left(written.left._tag === 'IoFailure' ? damaged(path, of, written.left.found) : written.left)
  }

/** The path of the unpacked part: below the cache, in a folder for the file's path, size and time. */
export const inflated =
  (path: string, part: (bytes: number) => Deflated) =>
  (env: HasFiles & HasCache): TE.TaskEither<DataError | IoError, string> =>
    pipe(
      env.files.stat(path),
      TE.bindTo('stat'),
      TE.let('of', ({ stat }) => part(stat.bytes)),
      TE.let('folder', ({ stat, of }) => {
        const key = createHash('sha256')
          .update(JSON.stringify([path, stat.bytes, stat.modified, of]))
          .digest('hex')
        return join(env.cache.home, 'data', 'unpacked', key.slice(0, 32))
      }),
      TE.bind('there', ({ folder }) => env.files.exists(folder)),
      TE.chainFirstW(({ of, folder, there }) =>
        there
          ? TE.right(undefined)
          : pipe(
              env.files.makeDirBeside(folder),
              TE.chainW((beside) =>
                pipe(
                  unpack(path, of, join(beside, basename(of.name)), env),
                  TE.chainW(() => env.files.rename(beside, folder)),
                  TE.orElseFirstW(() => env.files.remove(beside))
                )
              )
            )
      ),
      TE.map(({ of, folder }) => join(folder, basename(of.name)))
    )
