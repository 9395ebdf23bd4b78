import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { nodeCache } from '../Cache.js'
import { acquireEngine, type EngineOptions } from './acquireEngine.js'
import type { ConvCosts } from './ConvCosts.js'
import { engineFailure, engineUnavailable, type EngineError } from './EngineError.js'
import { costsFile, costsText, cpuName, type CostsFor } from './keptCosts.js'
import { measureCosts, registerOnnxruntime } from './onnxruntime/index.js'

/**
 * Options of `tuneEngine`. Measure while nothing else runs.
 *
 * @category environment
 * @since 0.1.0
 */
export interface TuneOptions extends Pick<EngineOptions, 'threads' | 'home' | 'install'> {
  /** Number of passes, of which the minimum time counts. Default 3, at least 1. */
  readonly passes?: number
  /** Called after each convolution with the number done and the total. */
  readonly onProgress?: (done: number, total: number) => void
  /** When aborted, measuring ends with an `EngineFailure` before the next convolution. */
  readonly signal?: AbortSignal
}

/**
 * The measured costs, and the file in which `acquireEngine` looks for them: write `text` there atomically.
 *
 * @category environment
 * @since 0.1.0
 */
export interface Tuned {
  readonly costs: ConvCosts
  readonly file: string
  readonly text: string
}

const PASSES = 3

const RUNS = 3

const costsFor = (options: Pick<TuneOptions, 'threads' | 'home' | 'install'>): TE.TaskEither<EngineError, CostsFor> =>
  pipe(
    acquireEngine('onnxruntime', { ...options, costs: 'built-in' }),
    TE.map(({ versions, threads }) => ({
      onnxruntime: versions['onnxruntime-node']!,
      cpu: cpuName(),
      block: registerOnnxruntime().block,
      threads: threads!
    }))
  )

/**
 * The file for costs measured on this machine with a number of threads.
 *
 * @example
 * import { tunedCostsFile } from 'graft-vision/node'
 *
 * const file = await tunedCostsFile({ home: 'cache' })()
 * assert.ok(file._tag === 'Right' && file.right.startsWith('cache'))
 *
 * @category environment
 * @since 0.1.0
 */
export const tunedCostsFile = (
  options: Pick<TuneOptions, 'threads' | 'home' | 'install'> = {}
): TE.TaskEither<EngineError, string> =>
  pipe(
    costsFor(options),
    TE.map((of) => costsFile(options.home ?? nodeCache().home, of))
  )

/**
 * Times every convolution algorithm of the onnxruntime engine on this machine, which takes minutes, and fits the costs
 * by which the engine chooses between them. Writes nothing; `graft engines --tune` saves the result. Other algorithms
 * have other rounding errors, so a run keeps the costs that it began with.
 *
 * @example
 * import { tuneEngine } from 'graft-vision/node'
 *
 * const none = await tuneEngine({ passes: 0 })()
 * assert.ok(none._tag === 'Left' && none.left.expected.includes('passes'))
 *
 * @category environment
 * @since 0.1.0
 */
export const tuneEngine = (options: TuneOptions = {}): TE.TaskEither<EngineError, Tuned> => {
  const { passes = PASSES, onProgress, signal, ...engine } = options
  if (!Number.isInteger(passes) || passes < 1)
    return TE.left(
      engineUnavailable('onnxruntime', 'an integer number of passes, at least 1', String(passes), 'leave passes out')
    )
  return pipe(
    costsFor(engine),
    TE.chain((of) =>
      pipe(
        TE.tryCatch<EngineError, ConvCosts | undefined>(
          () =>
            measureCosts({
              ...{ threads: of.threads, block: of.block, runs: RUNS, passes },
              ...(signal === undefined ? {} : { signal }),
              ...(onProgress === undefined ? {} : { onTimes: onProgress })
            }),
          (cause) => engineFailure('onnxruntime', 'every form to be timed', String(cause), 'report this')
        ),
        TE.chain((costs) =>
          costs === undefined
            ? TE.left(engineFailure('onnxruntime', 'every form to be timed', 'an interruption', 'start again'))
            : TE.right({
                costs,
                file: costsFile(options.home ?? nodeCache().home, of),
                text: costsText(of, costs, new Date().toISOString())
              })
        )
      )
    )
  )
}
