import { createHash } from 'node:crypto'
import type { CostTable } from './CostTable.js'

/**
 * The costs of convolution algorithms: fixed milliseconds of an algorithm (`ms`), and milliseconds for every GFLOP of
 * its products and for every GB it moves. The onnxruntime engine uses the algorithm with the lowest cost. Made by
 * {@link tuneEngine}.
 *
 * @category environment
 * @since 0.1.0
 */
export type ConvCosts = CostTable

/**
 * The origin of an engine's convolution costs. `BuiltIn`: graft's own, `measuredOn` a processor with these vector
 * instructions, or null for an estimate. `Tuned`: measured on this machine (`graft engines --tune`) and stored in a
 * file. `Given`: by the options of `acquireEngine`.
 *
 * @category environment
 * @since 0.1.0
 */
export type EngineCosts =
  | {
      readonly _tag: 'BuiltIn'
      readonly measuredOn: string | null
      /** Why a file of costs measured on this machine is not used; absent if there is no such file. */
      readonly ignored: string | null
    }
  | { readonly _tag: 'Tuned'; readonly costs: ConvCosts; readonly file: string; readonly measured: string }
  | { readonly _tag: 'Given'; readonly costs: ConvCosts }

const idOf = (costs: ConvCosts): string => createHash('sha256').update(JSON.stringify(costs)).digest('hex').slice(0, 16)

/**
 * A hash of an engine's measured costs (SHA-256, its first 16 hexadecimal digits); null for the built-in ones. Engines
 * with equal hashes round convolutions alike.
 *
 * @example
 * import { costsId } from './index.js'
 *
 * assert.strictEqual(costsId({ _tag: 'BuiltIn', measuredOn: 'AVX2', ignored: null }), null)
 *
 * @since 0.1.0
 */
export const costsId = (costs: EngineCosts | null): string | null =>
  costs === null || costs._tag === 'BuiltIn' ? null : idOf(costs.costs)

/**
 * An engine's measured costs, for the description of a run; undefined for the built-in ones.
 *
 * @example
 * import { acquireEngine } from 'graft-vision/node'
 * import { ownCosts } from './index.js'
 *
 * const engine = await acquireEngine('onnxruntime', { costs: 'built-in' })()
 * assert.ok(engine._tag === 'Right' && ownCosts(engine.right.costs) === undefined)
 *
 * @since 0.1.0
 */
export const ownCosts = (costs: EngineCosts | null): ConvCosts | undefined =>
  costs === null || costs._tag === 'BuiltIn' ? undefined : costs.costs
