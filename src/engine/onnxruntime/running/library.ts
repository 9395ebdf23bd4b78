/**
 * Where the native library comes from: an onnxruntime-node package of the tested version that Node finds, otherwise the
 * one installed in graft's cache.
 */
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as path from 'node:path'
import { isMainThread } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { nodeCache } from '../../../Cache.js'
import {
  BINDING,
  folderInCache,
  INSTALL,
  isTested,
  isWhole,
  MANIFEST,
  onnxruntimeRelease
} from '../../../OnnxruntimeRelease.js'
import { engineUnavailable, type EngineError } from '../../EngineError.js'
import type { OrtSession, TensorOf } from './native.js'

/** The synchronous interface of the initialised package. */
export interface Library {
  readonly version: string
  readonly Tensor: TensorOf
  readonly InferenceSession: new () => OrtSession
}

/** Why there is no library. `Absent`: installing it in the cache would help. */
export interface Unloadable {
  readonly _tag: 'Absent' | 'Broken'
  readonly error: EngineError
}

interface Binding {
  readonly InferenceSession: new () => OrtSession
  readonly initOrtOnce: (logLevel: number, tensor: TensorOf, isMainThread: boolean) => void
}

interface BindingModule {
  readonly initOrt: () => void
  readonly binding: Pick<Binding, 'InferenceSession'>
}

const { name, version: wanted } = onnxruntimeRelease

const require = createRequire(import.meta.url)

const isBinding = (module: Partial<BindingModule>): module is BindingModule =>
  typeof module.initOrt === 'function' && typeof module.binding?.InferenceSession === 'function'

const messageOf = (cause: unknown): string => {
  if (cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND') return `${name} is not installed`
  return (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]!
}

/** The package, initialised by its own code, because a program may use it besides graft. */
const fromPackage = (): E.Either<string, Library> =>
  E.tryCatch(() => {
    const { version } = require(`${name}/package.json`) as { readonly version: string }
    if (!isTested(version))
      throw new Error(`${name} ${version} is installed, but graft is not tested with this version`)
    const { Tensor } = require(name) as { readonly Tensor: TensorOf }
    const module = require(`${name}/dist/binding.js`) as Partial<BindingModule>
    if (!isBinding(module)) throw new Error(`${name} ${version} has no synchronous binding`)
    module.initOrt()
    return { version, Tensor, InferenceSession: module.binding.InferenceSession }
  }, messageOf)

const sizeIn =
  (folder: string) =>
  (file: string): number | undefined =>
    statSync(path.join(folder, file), { throwIfNoEntry: false })?.size

/** Null: there is no complete library. */
const fromFolder = (folder: string): E.Either<string, Library> | null => {
  const manifest = E.tryCatch(() => readFileSync(path.join(folder, MANIFEST), 'utf8'), messageOf)
  if (E.isLeft(manifest) || !isWhole(manifest.right, sizeIn(folder))) return null
  return E.tryCatch(() => {
    const { Tensor } = require('onnxruntime-common') as { readonly Tensor: TensorOf }
    const { InferenceSession, initOrtOnce } = require(path.join(folder, BINDING)) as Binding
    // 2: warnings, the package's own default
    initOrtOnce(2, Tensor, isMainThread)
    return { version: wanted, Tensor, InferenceSession }
  }, messageOf)
}

const absent = (found: string): Unloadable => ({
  _tag: 'Absent',
  error: engineUnavailable('onnxruntime', `the library of ${name} ${wanted}`, found, INSTALL)
})

const broken = (found: string): Unloadable => ({
  _tag: 'Broken',
  error: engineUnavailable(
    'onnxruntime',
    `a system that can load ${name} ${wanted}`,
    found,
    'use a supported system (Linux with glibc 2.28 or later, macOS on arm64, Windows), or --engine cpu'
  )
})

/** Folders that may contain it: the cache's home, then its read-only folders. */
const folders = (home: string | undefined): ReadonlyArray<string> => {
  const cache = nodeCache()
  return [home ?? cache.home, ...cache.assets].map((at) => folderInCache(at, process.platform, process.arch))
}

/** Loads the library. `home`: the cache's folder; default: the one given by the environment. */
export const loadLibrary = (home?: string): E.Either<Unloadable, Library> => {
  const packaged = fromPackage()
  if (E.isRight(packaged)) return packaged
  const cached = pipe(folders(home), RA.filterMap(flow(fromFolder, O.fromNullable)))
  const loaded = cached.find(E.isRight)
  if (loaded !== undefined) return loaded
  const failed = cached.find(E.isLeft)
  return E.left(failed === undefined ? absent(packaged.left) : broken(failed.left))
}
