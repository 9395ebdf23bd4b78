/**
 * `nodeFiles`: the file system of this machine.
 *
 * @since 0.1.0
 */
import { createHash, randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { hostname } from 'node:os'
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ordCodePoint, type Link, type Listing } from '../data/index.js'
import type { Files, FileStat } from './Files.js'
import { codeOf, fromSystem, type IoError, notAllowed } from './IoError.js'

const attempt = <A>(at: string, run: () => Promise<A>): TE.TaskEither<IoError, A> => TE.tryCatch(run, fromSystem(at))

/** Creates the parent folders first, so that a later ENOENT means that the system refused. */
const attemptToMake = <A>(at: string, run: () => Promise<A>): TE.TaskEither<IoError, A> =>
  TE.tryCatch(run, (cause) =>
    codeOf(cause) === 'ENOENT'
      ? notAllowed(at, 'a writable path', 'a folder in which nothing can be created (ENOENT)', 'name another folder')
      : fromSystem(at)(cause)
  )

// -------------------------------------------------------------------------------------------------------------------
// temporary names
// -------------------------------------------------------------------------------------------------------------------

const day = 24 * 60 * 60 * 1000

const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 8)

/**
 * A hidden name, so that it is not taken for data, with the process id, so that leftovers of a killed process can be
 * removed.
 */
const temporaryName = (target: string): string =>
  path.join(
    path.dirname(target),
    `.${path.basename(target)}.${machine()}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  )

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return codeOf(cause) === 'EPERM'
  }
}

/**
 * Removes temporary files of killed runs beside a target: their process no longer exists or, on another machine, they
 * are a day old.
 */
const sweep = async (target: string): Promise<void> => {
  const folder = path.dirname(target)
  const prefix = `.${path.basename(target)}.`
  const names = (await fs.readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith('.tmp'))
  for (const name of names) {
    const [host, pid, tail] = name.slice(prefix.length, -'.tmp'.length).split('.')
    if (host === undefined || pid === undefined || tail === undefined || !/^\d+$/.test(pid)) continue
    const at = path.join(folder, name)
    // another process may rename or remove its own file at any moment; one that is gone needs no removal
    const stat = await fs.stat(at).catch(() => undefined)
    if (stat === undefined) continue
    const stale = host === machine() ? !isAlive(Number(pid)) : Date.now() - stat.mtimeMs > day
    if (stale) await fs.rm(at, { recursive: true, force: true })
  }
}

// -------------------------------------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------------------------------------

/** Makes a rename survive a power failure. Windows has no such call for folders. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await fs.open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const isFolder = (at: string): boolean => statSync(at, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Creates a folder and its parents. Node's `recursive` option loses the reason for a failure (EROFS), and never returns
 * if the error is ENOENT although the parent exists, as in /proc.
 */
const makeFolders = async (folder: string): Promise<void> => {
  if (isFolder(folder)) return
  const whole = path.resolve(folder)
  const above = path.dirname(whole)
  if (above !== whole && !existsSync(above)) await makeFolders(above)
  try {
    await fs.mkdir(folder)
  } catch (cause) {
    // another process may have created it meanwhile
    if (!isFolder(folder)) throw cause
  }
}

const writeWhole = async (target: string, content: Uint8Array | string): Promise<void> => {
  await makeFolders(path.dirname(target))
  await sweep(target)
  const beside = temporaryName(target)
  try {
    const handle = await fs.open(beside, 'wx')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await fs.rename(beside, target)
  } catch (cause) {
    await fs.rm(beside, { force: true })
    throw cause
  }
  await syncFolder(path.dirname(target))
}

const linkTo = async (file: string, at: string): Promise<void> => {
  const folder = path.dirname(at)
  await makeFolders(folder)
  try {
    // the folders themselves may be links, so the relative path is between the real ones
    const [from, to] = await Promise.all([fs.realpath(folder), fs.realpath(file)])
    await fs.symlink(path.relative(from, to), at)
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return
    // Windows lets only some users create links
    if (codeOf(cause) !== 'EPERM') throw cause
    await fs.copyFile(file, at)
  }
}

const appendFrom = async (target: string, from: number, chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  const handle = await fs.open(target, constants.O_RDWR | constants.O_CREAT)
  let at = from
  try {
    await handle.truncate(from)
    for await (const chunk of chunks) {
      let written = 0
      while (written < chunk.length) {
        const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, at + written)
        written += bytesWritten
      }
      at += chunk.length
    }
    await handle.sync()
    return at
  } finally {
    await handle.close()
  }
}

// -------------------------------------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------------------------------------

const kindOf = (entry: { isFile: () => boolean; isDirectory: () => boolean }): FileStat['kind'] =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other'

/** The target of a link: relative to the real root, or absolute. */
const targetOf = (realRoot: string, real: string): string =>
  real.startsWith(`${realRoot}${path.sep}`)
    ? real
        .slice(realRoot.length + 1)
        .split(path.sep)
        .join('/')
    : real

const contains = (folder: string, real: string): boolean =>
  real === folder || real.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`)

const walkBelow = async (root: string): Promise<Listing> => {
  const files: Array<string> = []
  const folders: Array<string> = []
  const links: Array<Link> = []
  const cycles: Array<string> = []
  const realRoot = await fs.realpath(root)
  // `above`: the real paths of the folder and of those it was entered through; the folder is last
  const enter = async (relative: string, above: ReadonlyArray<string>): Promise<void> => {
    const real = above[above.length - 1]!
    for (const entry of await fs.readdir(path.join(root, relative), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`
      const at = path.join(root, name)
      const isLink = entry.isSymbolicLink()
      const target = isLink ? await fs.stat(at).catch(() => undefined) : entry
      // a broken link counts as a file, so that reading it fails by name instead of it disappearing here
      const kind = target === undefined ? 'file' : kindOf(target)
      const place = isLink && target !== undefined ? await fs.realpath(at) : path.join(real, entry.name)
      // links may lead to a parent; no folder is entered below itself
      if (kind === 'folder' && isLink && above.some((folder) => contains(place, folder))) {
        cycles.push(name)
        continue
      }
      if (isLink && target !== undefined) links.push({ path: name, to: targetOf(realRoot, place) })
      if (kind === 'file') files.push(name)
      if (kind === 'folder') {
        folders.push(name)
        await enter(name, [...above, place])
      }
    }
  }
  await enter('', [realRoot])
  const sorted = (names: Array<string>): ReadonlyArray<string> => names.sort(ordCodePoint.compare)
  return { files: sorted(files), folders: sorted(folders), links, cycles: sorted(cycles) }
}

/** Size of one read; Node's limit is 2^31 - 1. */
const largestRead = 2 ** 30

const readRange = async (target: string, from: number, bytes: number): Promise<Uint8Array> => {
  const handle = await fs.open(target, 'r')
  try {
    const buffer = new Uint8Array(bytes)
    let filled = 0
    while (filled < bytes) {
      const { bytesRead } = await handle.read(buffer, filled, Math.min(bytes - filled, largestRead), from + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    await handle.close()
  }
}

/** The same on the calling thread. */
const readRangeNow = (target: string, from: number, bytes: number): Uint8Array => {
  const handle = openSync(target, 'r')
  try {
    const buffer = new Uint8Array(bytes)
    let filled = 0
    while (filled < bytes) {
      const read = readSync(handle, buffer, filled, Math.min(bytes - filled, largestRead), from + filled)
      if (read === 0) break
      filled += read
    }
    return buffer.subarray(0, filled)
  } finally {
    closeSync(handle)
  }
}

const readStart = (target: string, bytes: number): Promise<Uint8Array> => readRange(target, 0, bytes)

/** `readFile` rejects files above 2 GiB, such as the checkpoint of a large U-Net. */
const readWhole = async (at: string): Promise<Uint8Array> => {
  const { size } = await fs.stat(at)
  return size < 2 ** 31 ? fs.readFile(at) : readStart(at, size)
}

/** Block size for hashing, in bytes. */
const block = 2 ** 20

const hashOf = async (at: string, ends: number | undefined): Promise<string> => {
  const handle = await fs.open(at, 'r')
  const hash = createHash('sha256')
  const add = async (from: number, to: number): Promise<void> => {
    const buffer = new Uint8Array(Math.max(0, Math.min(block, to - from)))
    for (let position = from; position < to;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - position), position)
      if (bytesRead === 0) return
      hash.update(buffer.subarray(0, bytesRead))
      position += bytesRead
    }
  }
  try {
    const { size } = await handle.stat()
    if (ends === undefined) await add(0, size)
    else {
      hash.update(`${size} `)
      await add(0, Math.min(size, ends))
      await add(Math.max(ends, size - ends), size)
    }
    return hash.digest('hex')
  } finally {
    await handle.close()
  }
}

const stat = (at: string): TE.TaskEither<IoError, FileStat> =>
  attempt(at, async () => {
    const found = await fs.stat(at)
    return { kind: kindOf(found), bytes: found.size, modified: found.mtimeMs }
  })

/**
 * The files of this machine.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * const missing = await Io.nodeFiles.read('no/such/file')()
 * assert.strictEqual(missing._tag === 'Left' && missing.left._tag, 'NotFound')
 *
 * @category capabilities
 * @since 0.1.0
 */
export const nodeFiles: Files = {
  read: (at) => attempt(at, () => readWhole(at)),
  readText: (at) => attempt(at, () => fs.readFile(at, 'utf8')),
  readStart: (at, bytes) => attempt(at, () => readStart(at, bytes)),
  readRange: (at, from, length) => attempt(at, () => readRange(at, from, length)),
  hash: (at, ends) => attempt(at, () => hashOf(at, ends)),
  write: (at, content) => attemptToMake(at, () => writeWhole(at, content)),
  put: (at, content) =>
    attemptToMake(at, async () => {
      await makeFolders(path.dirname(at))
      await fs.writeFile(at, content)
    }),
  append: (at, from, chunks) => attempt(at, () => appendFrom(at, from, chunks)),
  walk: (at) => attempt(at, () => walkBelow(at)),
  list: (at) => attempt(at, async () => (await fs.readdir(at)).sort(ordCodePoint.compare)),
  stat,
  exists: (at) =>
    pipe(
      stat(at),
      TE.map(() => true),
      TE.orElse((error) =>
        TE.fromEither(error._tag === 'NotFound' || error._tag === 'NotAFolder' ? E.right(false) : E.left(error))
      )
    ),
  makeDir: (at) => attemptToMake(at, () => makeFolders(at)),
  makeDirBeside: (at) =>
    attemptToMake(at, async () => {
      await makeFolders(path.dirname(at))
      await sweep(at)
      const beside = temporaryName(at)
      await fs.mkdir(beside)
      return beside
    }),
  rename: (from, to) =>
    attempt(to, async () => {
      await fs.rename(from, to)
      await syncFolder(path.dirname(to))
    }),
  link: (file, at) => attempt(at, () => linkTo(file, at)),
  realPath: (at) => attempt(at, () => fs.realpath(at)),
  remove: (at) =>
    attempt(at, async () => {
      await fs.rm(at, { recursive: true, force: true })
      if (existsSync(path.dirname(at))) await sweep(at)
    })
}

/** For a thread that may block: reading a whole file takes a fifth of the time. */
export const blockingFiles: Files = {
  ...nodeFiles,
  read: (at) =>
    attempt(at, async () => (statSync(at).size < 2 ** 31 ? readFileSync(at) : readStart(at, statSync(at).size))),
  readRange: (at, from, length) =>
    TE.fromIOEither(() => E.tryCatch(() => readRangeNow(at, from, length), fromSystem(at)))
}
