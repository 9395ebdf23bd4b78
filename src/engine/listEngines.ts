import * as tf from '@tensorflow/tfjs-core'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { acquireEngine } from './acquireEngine.js'
import type { EngineCosts } from './ConvCosts.js'
import { type EngineFetching, engineNames, type EngineName } from './Engine.js'
import type { EngineError } from './EngineError.js'
import { mappedKernels } from './onnxruntime/index.js'

/**
 * The state of an engine on this machine: usable, or why not and what to do.
 *
 * @category environment
 * @since 0.1.0
 */
export type EngineReport =
  | {
      readonly _tag: 'Usable'
      readonly name: EngineName
      /** Null if the library chooses. */
      readonly threads: number | null
      readonly versions: Readonly<Record<string, string>>
      readonly fetching: EngineFetching | null
      readonly costs: EngineCosts | null
      readonly kernels: {
        /** Names of the kernels that the engine computes itself. */
        readonly mapped: ReadonlyArray<string>
        /** Names of the kernels computed by the cpu backend. */
        readonly fallback: ReadonlyArray<string>
      }
    }
  | { readonly _tag: 'Unusable'; readonly name: EngineName; readonly error: EngineError }

const kernelsOf = (name: EngineName, backend: string) => {
  const all = tf
    .getKernelsForBackend(backend)
    .map(({ kernelName }) => kernelName)
    .sort()
  const own = new Set(name === 'onnxruntime' ? mappedKernels() : all)
  return { mapped: all.filter((kernel) => own.has(kernel)), fallback: all.filter((kernel) => !own.has(kernel)) }
}

const report = (name: EngineName): T.Task<EngineReport> =>
  pipe(
    acquireEngine(name),
    TE.match(
      (error): EngineReport => ({ _tag: 'Unusable', name, error }),
      ({ threads, versions, fetching, costs, backend }) => ({
        _tag: 'Usable',
        name,
        threads,
        versions,
        fetching,
        costs,
        kernels: kernelsOf(name, backend)
      })
    )
  )

/**
 * Every engine, usable or not. Loads each engine's library to find out; cannot fail.
 *
 * @example
 * import { listEngines } from 'graft-vision/node'
 *
 * const reports = await listEngines()
 * assert.deepStrictEqual(reports.map((r) => r.name), ['onnxruntime', 'cpu', 'tensorflow', 'tensorflow-gpu'])
 * assert.strictEqual(reports[0]?._tag, 'Usable')
 *
 * @category environment
 * @since 0.1.0
 */
export const listEngines: T.Task<ReadonlyArray<EngineReport>> = pipe(engineNames, RA.traverse(T.ApplicativeSeq)(report))
