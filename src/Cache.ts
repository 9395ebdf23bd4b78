/**
 * `Cache`: where downloads and generated data sets are stored.
 *
 * @since 0.1.0
 */
import { homedir } from 'node:os'
import * as path from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'

/**
 * Folders. `home` is written to (`data/` for data sets and their archives, `weights/` for weights). `assets` are
 * read-only folders with the same layout, searched before anything is downloaded.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Cache {
  readonly home: string
  readonly assets: ReadonlyArray<string>
}

/**
 * Requires a cache.
 *
 * @category environment
 * @since 0.1.0
 */
export interface HasCache {
  readonly cache: Cache
}

/**
 * The cache given by environment variables: `GRAFT_HOME`, else `graft` in `XDG_CACHE_HOME`, else `.cache/graft` in the
 * home folder; `GRAFT_ASSETS` names read-only folders.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * assert.deepStrictEqual(Io.cacheFrom({ GRAFT_HOME: 'kept' }, 'me'), { home: 'kept', assets: [] })
 *
 * @category capabilities
 * @since 0.1.0
 */
export const cacheFrom = (variables: Readonly<Record<string, string | undefined>>, userHome: string): Cache => {
  const set = (name: string): string | undefined => variables[name] || undefined
  const xdg = set('XDG_CACHE_HOME') ?? path.join(userHome, '.cache')
  return {
    home: set('GRAFT_HOME') ?? path.join(xdg, 'graft'),
    assets: (set('GRAFT_ASSETS') ?? '').split(path.delimiter).filter((folder) => folder !== '')
  }
}

/** The user's home folder; the working directory for a user without one, as in some containers. */
export const userHome = (): string =>
  pipe(
    E.tryCatch(homedir, E.toError),
    E.getOrElse(() => '.')
  )

/** The cache given by this process's environment variables. */
export const nodeCache = (): Cache => cacheFrom(process.env, userHome())
