/** A file system in memory, for the laws of the runner. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Files, fromSystem, type IoError } from '../src/io/index.js'

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content.slice()

const missing = (path: string): IoError => fromSystem(path)({ code: 'ENOENT' })

/** A folder exists as soon as it contains a file. */
export const memoryFiles = (): Files => {
  const held = new Map<string, Uint8Array>()
  const below = (folder: string): ReadonlyArray<string> =>
    [...held.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1))
  const isThere = (path: string): boolean => held.has(path) || below(path).length > 0
  const reading =
    <A>(of: (bytes: Uint8Array) => A) =>
    (path: string): TE.TaskEither<IoError, A> =>
    async () => {
      const bytes = held.get(path)
      return bytes === undefined ? TE.left<IoError, A>(missing(path))() : TE.right<IoError, A>(of(bytes))()
    }
  const changing = <A>(change: () => A | Promise<A>): TE.TaskEither<IoError, A> => TE.fromTask(async () => change())
  const write: Files['write'] = (path, content) => changing(() => void held.set(path, bytesOf(content)))
  const remove = (path: string): void => {
    held.delete(path)
    for (const name of below(path)) held.delete(`${path}/${name}`)
  }
  return {
    read: reading((bytes) => bytes.slice()),
    readText: reading((bytes) => new TextDecoder().decode(bytes)),
    readStart: (path, count) => reading((bytes) => bytes.slice(0, count))(path),
    readRange: (path, from, length) => reading((bytes) => bytes.slice(from, from + length))(path),
    // the bytes themselves, which no other content has
    hash: reading((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')),
    write,
    put: write,
    append: (path, from, chunks) =>
      changing(async () => {
        const content = [...(held.get(path) ?? []).slice(0, from)]
        for await (const chunk of chunks) content.push(...chunk)
        held.set(path, Uint8Array.from(content))
        return content.length
      }),
    walk: (path) =>
      changing(() => {
        const files = [...below(path)].sort()
        const folders = files.flatMap((name) =>
          name
            .split('/')
            .slice(0, -1)
            .map((_, i, all) => all.slice(0, i + 1).join('/'))
        )
        return { files, folders: [...new Set(folders)].sort() }
      }),
    list: (path) => changing(() => [...new Set(below(path).map((name) => name.split('/')[0]!))].sort()),
    stat: (path) =>
      isThere(path)
        ? TE.right({ kind: held.has(path) ? 'file' : 'folder', bytes: held.get(path)?.length ?? 0, modified: 0 })
        : TE.left(missing(path)),
    exists: (path) => TE.fromIO(() => isThere(path)),
    makeDir: () => TE.right(undefined),
    makeDirBeside: (path) => TE.right(`${path}~`),
    rename: (from, to) =>
      changing(() => {
        const moved = [...held].filter(([path]) => path === from || path.startsWith(`${from}/`))
        remove(to)
        remove(from)
        for (const [path, bytes] of moved) held.set(`${to}${path.slice(from.length)}`, bytes)
      }),
    realPath: TE.right,
    link: (file, at) =>
      held.has(at)
        ? TE.right(undefined)
        : pipe(
            reading(bytesOf)(file),
            TE.chain((bytes) => write(at, bytes))
          ),
    remove: (path) => changing(() => remove(path))
  }
}
