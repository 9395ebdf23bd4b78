import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Explained } from '../Explained.js'
import { INSTALL } from '../OnnxruntimeRelease.js'
import { disposal } from './disposal.js'
import type { Engine, EngineName, EngineStats } from './Engine.js'
import { engineUnavailable, type EngineError } from './EngineError.js'
import { type ConvCosts, type EngineCosts, ownCosts } from './ConvCosts.js'
import { builtInCosts, costsHere, cpuName } from './keptCosts.js'
import { BACKEND, probe, registerOnnxruntime } from './onnxruntime/index.js'
import { physicalCores } from './threads.js'
import { wrongOption } from './wrongOption.js'

/**
 * Options of `acquireEngine`.
 *
 * @category environment
 * @since 0.1.0
 */
export interface EngineOptions {
  /**
   * Number of threads. For onnxruntime only: the cpu engine has one, TensorFlow's library chooses. Default: one per
   * physical core. Applies to the whole process; the last value set is used.
   */
  readonly threads?: number
  /**
   * Compute every convolution directly, none with Winograd, for comparison or to rule it out. For onnxruntime only.
   * Default false. Applies to the whole process, like `threads`.
   */
  readonly exactConv?: boolean
  /**
   * Channels per block in ONNX Runtime's internal convolutions: 16 with AVX-512, 8 without, 0 to disable them. For
   * onnxruntime only. Default: detected. For a value other than this machine's, algorithms are chosen by the costs of
   * machines with that value, among those that this machine supports. Applies to the whole process, like `threads`.
   */
  readonly block?: 0 | 8 | 16
  /**
   * The costs by which convolution algorithms are chosen. For onnxruntime only. Default: those measured on this machine
   * by `graft engines --tune`, otherwise the built-in ones. Other costs may choose other algorithms, with different
   * rounding errors. Applies to the whole process, like `threads`.
   */
  readonly costs?: 'built-in' | ConvCosts
  /**
   * What happens to a kernel call that the kernel's ONNX form does not cover: computed by the cpu package's kernel (the
   * default), or an exception. Kernels without any ONNX form always fall back. For onnxruntime only. Applies to the
   * whole process, like `threads`.
   */
  readonly fallback?: 'compute' | 'refuse'
  /**
   * The cache whose `engines` folder may contain the library. For onnxruntime only. Default: `GRAFT_HOME`, else `graft`
   * in the user's cache folder. A library that is already loaded is kept.
   */
  readonly home?: string
  /**
   * Installs a missing library in that cache, such as `installOnnxruntime`. For onnxruntime only. Default: none, and
   * the engine is unavailable.
   */
  readonly install?: TE.TaskEither<Explained<string>, unknown>
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
    // if the backend exists already, tfjs switches to it before it returns its promise
    if (tf.getBackend() !== backend) void tf.setBackend(backend)
    return f()
  }

const computesAtOnce: Engine['capture'] = () => () => undefined

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

// set by the function that chooses the engine
const passedOver: ReadonlyArray<EngineError> = []

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

/** The version of the library, which is installed first if that is allowed and necessary. */
const library = ({ home, install }: EngineOptions): TE.TaskEither<EngineError, string> =>
  pipe(
    TE.fromEither(probe(home)),
    TE.orElse((unloadable) =>
      unloadable._tag === 'Broken' || install === undefined
        ? TE.left(unloadable.error)
        : pipe(
            install,
            TE.mapLeft(({ path, found, hint }) => {
              const why = `${unloadable.error.found}, and cannot be installed: ${path}: ${found}`
              return engineUnavailable(
                'onnxruntime',
                unloadable.error.expected,
                why,
                `${INSTALL}, once it can work: ${hint}`
              )
            }),
            TE.chainEitherK(() =>
              pipe(
                probe(home),
                E.mapLeft(({ error }) => error)
              )
            )
          )
    )
  )

/** Describes the costs by which convolution algorithms are chosen. */
const costsOf = (
  { costs, home }: EngineOptions,
  of: { readonly onnxruntime: string; readonly block: number; readonly threads: number }
): EngineCosts => {
  if (costs === undefined) return costsHere({ ...of, cpu: cpuName() }, home)
  return costs === 'built-in' ? builtInCosts(of.block) : { _tag: 'Given', costs }
}

const onnxruntime = (options: EngineOptions): TE.TaskEither<EngineError, Engine> => {
  const { threads = physicalCores(), exactConv, block, fallback = 'compute' } = options
  return pipe(
    withGradients('onnxruntime'),
    TE.chain(() => library(options)),
    TE.map((version) => {
      const backend = registerOnnxruntime()
      const costs = costsOf(options, { onnxruntime: version, block: block ?? backend.block, threads })
      backend.configure({ threads, exactConv, block, costs: ownCosts(costs) })
      backend.useFallback(fallback)
      const { onDispose, dispose } = disposal()
      return {
        name: 'onnxruntime',
        backend: BACKEND,
        threads,
        versions: { 'onnxruntime-node': version, ...core },
        fetching: backend.fetching,
        sharesArrays: true,
        costs,
        passedOver,
        stats: () => backend.stats(),
        use: using(BACKEND),
        capture: () => {
          const finish = backend.capture()
          return ({ inputs, outputs }) => {
            const replay = finish(inputs, outputs)
            return (
              replay &&
              ((tensors, into) => replay(tensors, into).map((info) => tf.engine().makeTensorFromTensorInfo(info)))
            )
          }
        },
        load: (model) => backend.loadModel(model),
        onDispose,
        dispose: () => {
          dispose()
          backend.releaseGraphs()
        }
      }
    })
  )
}

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
    // its first use would print a banner that recommends another package
    Object.assign(tf.engine().findBackend('cpu'), { firstUse: false })
    return {
      name: 'cpu',
      backend: 'cpu',
      threads: 1,
      versions: { '@tensorflow/tfjs-backend-cpu': version_cpu, ...core },
      fetching: null,
      sharesArrays: false,
      costs: null,
      passedOver,
      stats: () => nothingCounted,
      use: using('cpu'),
      capture: computesAtOnce,
      load: undefined,
      ...disposal()
    }
  })
)

interface TensorflowPackage {
  readonly version: Readonly<Record<string, string>>
}

const tensorflowPackages = {
  tensorflow: '@tensorflow/tfjs-node',
  'tensorflow-gpu': '@tensorflow/tfjs-node-gpu'
} as const satisfies Partial<Record<EngineName, string>>

/**
 * Both packages register under one name, and the second registration has no effect, so the backend is inspected for the
 * package that made it.
 */
const madeBy = (backend: object): string =>
  tensorflowPackages['isGPUPackage' in backend && backend.isGPUPackage === true ? 'tensorflow-gpu' : 'tensorflow']

const registered = (name: keyof typeof tensorflowPackages, hint: string): E.Either<EngineError, void> => {
  const packageName = tensorflowPackages[name]
  const backend = tf.engine().findBackend('tensorflow') as object | null
  if (backend === null)
    return E.left(engineUnavailable(name, 'the backend "tensorflow"', `${packageName} registered none`, hint))
  const maker = madeBy(backend)
  return maker === packageName
    ? E.right(undefined)
    : E.left(
        engineUnavailable(
          name,
          `the backend of ${packageName}`,
          `the backend of ${maker}, which was loaded first`,
          'use only one of the two in a process; start another process for the other'
        )
      )
}

const tensorflow = (name: keyof typeof tensorflowPackages): TE.TaskEither<EngineError, Engine> => {
  const packageName = tensorflowPackages[name]
  const hint = `npm install ${packageName} (it downloads TensorFlow's library from outside the npm registry), or use onnxruntime`
  return pipe(
    withGradients(name),
    TE.chain(() => loading(name, packageName, hint, () => import(packageName) as Promise<TensorflowPackage>)),
    TE.chainFirstEitherK(() => registered(name, hint)),
    TE.map(({ version }) => ({
      name,
      backend: 'tensorflow',
      threads: null,
      versions: { ...version, ...core },
      fetching: null,
      sharesArrays: false,
      costs: null,
      passedOver,
      stats: () => nothingCounted,
      use: using('tensorflow'),
      capture: computesAtOnce,
      load: undefined,
      ...disposal()
    }))
  )
}

/** The first usable engine, with the errors of those before it; if there is none, the error of the first. */
export const firstUsable = (
  candidates: RNEA.ReadonlyNonEmptyArray<TE.TaskEither<EngineError, Engine>>
): TE.TaskEither<EngineError, Engine> => {
  const [wanted, ...others] = candidates
  return RA.isNonEmpty(others)
    ? pipe(
        wanted,
        TE.orElse((error) =>
          pipe(
            firstUsable(others),
            TE.bimap(
              () => error,
              (engine): Engine => ({ ...engine, passedOver: [error, ...engine.passedOver] })
            )
          )
        )
      )
    : wanted
}

/**
 * Acquires an engine: loads its library, or says what is missing and what to do. `auto` is `onnxruntime`, else
 * `tensorflow` if installed, else `cpu`; the engine's `passedOver` says why it is not the first. It becomes
 * TensorFlow.js's current backend only when it is used. A process can use only one of `tensorflow` and
 * `tensorflow-gpu`.
 *
 * @example
 * import * as tf from '@tensorflow/tfjs-core'
 * import { acquireEngine } from 'graft-vision/node'
 *
 * const acquired = await acquireEngine('auto')()
 * const three = acquired._tag === 'Right' ? acquired.right.use(() => tf.add(1, 2).dataSync()[0]) : acquired.left
 * assert.strictEqual(three, 3)
 *
 * @category environment
 * @since 0.1.0
 */
export const acquireEngine = (
  name: EngineName | 'auto',
  options: EngineOptions = {}
): TE.TaskEither<EngineError, Engine> => {
  const wrong = wrongOption(name, options)
  if (wrong !== null) return TE.left(wrong)
  switch (name) {
    case 'auto':
      return firstUsable([onnxruntime(options), tensorflow('tensorflow'), cpu])
    case 'onnxruntime':
      return onnxruntime(options)
    case 'cpu':
      return cpu
    case 'tensorflow':
    case 'tensorflow-gpu':
      return tensorflow(name)
  }
}
