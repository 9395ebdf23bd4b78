import { createHash } from 'node:crypto'
import type { CostTable } from './CostTable.js'

/**
 * What the forms of convolutions cost, form by form: milliseconds for a form however little it does (`ms`), for every
 * GFLOP of its products, and for every GB that it moves. The onnxruntime engine takes the form that costs least. Made by
 * {@link tuneEngine}.
 *
 * @category model
 * @since 0.1.0
 */
export type ConvCosts = CostTable

/**
 * By which costs an engine chooses the forms of convolutions. `BuiltIn`: graft's own, `measuredOn` a processor with such
 * vectors, null where they are an estimate. `Tuned`: measured on this machine (`graft engines --tune`) and kept in a file.
 * `Given`: by the options of `acquireEngine`.
 *
 * @category model
 * @since 0.1.0
 */
export type EngineCosts =
  | {
      readonly _tag: 'BuiltIn'
      readonly measuredOn: string | null
      /** Why the file that was measured here is not used, if there is one. */
      readonly ignored: string | null
    }
  | { readonly _tag: 'Tuned'; readonly costs: ConvCosts; readonly file: string; readonly measured: string }
  | { readonly _tag: 'Given'; readonly costs: ConvCosts }

const idOf = (costs: ConvCosts): string => createHash('sha256').update(JSON.stringify(costs)).digest('hex').slice(0, 16)

/**
 * A hash of an engine's measured costs (SHA-256, its first 16 hexadecimal digits); null of the built-in ones. Engines with one answer round
 * convolutions alike.
 *
 * @example
 * import { costsId } from 'graft-vision/node'
 *
 * assert.strictEqual(costsId({ _tag: 'BuiltIn', measuredOn: 'AVX2', ignored: null }), null)
 *
 * @category operations
 * @since 0.1.0
 */
export const costsId = (costs: EngineCosts | null): string | null =>
  costs === null || costs._tag === 'BuiltIn' ? null : idOf(costs.costs)

/**
 * An engine's measured costs, as the description of a run has them; undefined of the built-in ones.
 *
 * @example
 * import { acquireEngine, ownCosts } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('onnxruntime', { costs: 'built-in' })()
 * assert.ok(engine._tag === 'Right' && ownCosts(engine.right.costs) === undefined)
 *
 * @category operations
 * @since 0.1.0
 */
export const ownCosts = (costs: EngineCosts | null): ConvCosts | undefined =>
  costs === null || costs._tag === 'BuiltIn' ? undefined : costs.costs
