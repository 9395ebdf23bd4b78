import * as tf from '@tensorflow/tfjs-core'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Engine, EngineName, EngineStats } from './Engine.js'
import { engineUnavailable, type EngineError } from './EngineError.js'
import { BACKEND, probe, registerOnnxruntime } from './onnxruntime/index.js'
import { physicalCores } from './threads.js'

/**
 * What may be asked of an engine.
 *
 * @category model
 * @since 0.1.0
 */
export interface EngineOptions {
  /** Default: one for each physical core. The setting is the process's: the last one asked for holds. */
  readonly threads?: number
}

const nothingCounted: EngineStats = {
  compiles: 0,
  hits: 0,
  runs: 0,
  evictions: 0,
  sessions: 0,
  recorded: 0,
  fallbacks: {},
  traceMs: 0,
  compileMs: 0,
  runMs: 0
}

const core = { '@tensorflow/tfjs-core': tf.version_core }

const using =
  (backend: string) =>
  <A>(f: () => A): A => {
    // with the backend already made, tfjs changes over before it returns its promise
    if (tf.getBackend() !== backend) void tf.setBackend(backend)
    return f()
  }

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const loading = <A>(
  name: EngineName,
  expected: string,
  hint: string,
  load: () => Promise<A>
): TE.TaskEither<EngineError, A> =>
  TE.tryCatch(load, (cause) => engineUnavailable(name, expected, messageOf(cause), hint))

const withGradients = (name: EngineName): TE.TaskEither<EngineError, unknown> =>
  loading(
    name,
    "graft's copy of tfjs-core's gradients",
    'build graft first: npm run build',
    () => import('#tfjs-gradients')
  )

const onnxruntime = ({ threads = physicalCores() }: EngineOptions): TE.TaskEither<EngineError, Engine> =>
  pipe(
    withGradients('onnxruntime'),
    TE.chainEitherK(() => probe()),
    TE.map((version) => {
      const backend = registerOnnxruntime()
      backend.useThreads(threads)
      return {
        name: 'onnxruntime',
        backend: BACKEND,
        threads,
        versions: { 'onnxruntime-node': version, ...core },
        stats: () => backend.stats(),
        use: using(BACKEND),
        dispose: () => backend.releaseGraphs()
      }
    })
  )

const cpu: TE.TaskEither<EngineError, Engine> = pipe(
  withGradients('cpu'),
  TE.chain(() =>
    loading(
      'cpu',
      '@tensorflow/tfjs-backend-cpu',
      'npm install @tensorflow/tfjs-backend-cpu',
      () => import('@tensorflow/tfjs-backend-cpu')
    )
  ),
  TE.map(({ version_cpu }) => {
    // its first use prints a banner that recommends another package
    Object.assign(tf.engine().findBackend('cpu'), { firstUse: false })
    return {
      name: 'cpu',
      backend: 'cpu',
      threads: 1,
      versions: { '@tensorflow/tfjs-backend-cpu': version_cpu, ...core },
      stats: () => nothingCounted,
      use: using('cpu'),
      dispose: () => undefined
    }
  })
)

interface TensorflowPackage {
  readonly version: Readonly<Record<string, string>>
}

const tensorflow = (name: 'tensorflow' | 'tensorflow-gpu', packageName: string): TE.TaskEither<EngineError, Engine> => {
  const hint = `npm install ${packageName} (it downloads TensorFlow's library from outside the npm registry), or use onnxruntime`
  return pipe(
    withGradients(name),
    TE.chain(() => loading(name, packageName, hint, () => import(packageName) as Promise<TensorflowPackage>)),
    TE.filterOrElse(
      () => tf.engine().findBackend('tensorflow') !== null,
      (): EngineError => engineUnavailable(name, 'the backend "tensorflow"', `${packageName} registered none`, hint)
    ),
    TE.map(({ version }) => ({
      name,
      backend: 'tensorflow',
      threads: physicalCores(),
      versions: { ...version, ...core },
      stats: () => nothingCounted,
      use: using('tensorflow'),
      dispose: () => undefined
    }))
  )
}

/**
 * Makes an engine ready: loads what it needs, and says what is missing and what to do about it when that fails. `auto`
 * is `onnxruntime`. It does not become TensorFlow.js's current backend until it is used.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { acquireEngine } from 'graft-vision/node'
 *
 * const acquired = await acquireEngine('auto')()
 * const three = acquired._tag === 'Right' ? acquired.right.use(() => tf.add(1, 2).dataSync()[0]) : acquired.left
 * assert.strictEqual(three, 3)
 *
 * @category constructors
 * @since 0.1.0
 */
export const acquireEngine = (
  name: EngineName | 'auto',
  options: EngineOptions = {}
): TE.TaskEither<EngineError, Engine> => {
  const { threads = 1 } = options
  if (!Number.isInteger(threads) || threads < 1)
    return TE.left(
      engineUnavailable(name, 'a whole number of threads, at least 1', String(threads), 'leave threads out')
    )
  switch (name) {
    case 'auto':
    case 'onnxruntime':
      return onnxruntime(options)
    case 'cpu':
      return cpu
    case 'tensorflow':
      return tensorflow(name, '@tensorflow/tfjs-node')
    case 'tensorflow-gpu':
      return tensorflow(name, '@tensorflow/tfjs-node-gpu')
  }
}
