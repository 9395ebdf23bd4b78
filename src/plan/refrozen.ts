/**
 * `refrozen`: a plan under another freeze.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Freeze, isUnder } from '../model/index.js'
import { resolveFreeze } from './grouping.js'
import { type Plan, warningsOf } from './Plan.js'
import type { PlanError } from './PlanError.js'

/**
 * The plan with other parameters frozen: the same network, paths and groups. A group that does not exist is a
 * `FreezeError` at `path`.
 *
 * @example
 * import { classification, cut, freezeBody, head, nothingFrozen, plan, resnet18, withHead } from 'graft-vision'
 * import { refrozen } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const how = { input: [3, 32, 32], task: classification(['a', 'b']) }
 * const model = pipe(resnet18, cut, withHead(head()))
 * const frozen = pipe(freezeBody(model), plan(how), E.chainW(refrozen(nothingFrozen)))
 * assert.deepStrictEqual(frozen, plan(how)(model))
 *
 * @since 0.1.0
 */
export const refrozen =
  (freeze: Freeze, path = 'freeze') =>
  (plan: Plan): E.Either<PlanError, Plan> =>
    pipe(
      resolveFreeze(freeze, plan.groups, path),
      E.map((first) => {
        const body = isUnder('body')
        const isFrozen = (of: string, group: number): boolean =>
          freeze._tag === 'FreezeBody' ? body(of) : group < first
        const norms = new Map(
          plan.layers.flatMap(({ path: at, layer, group }) =>
            layer._tag === 'BatchNorm' ? [[at, isFrozen(at, group)] as const] : []
          )
        )
        const parentOf = (parameter: string): string => parameter.slice(0, parameter.lastIndexOf('.'))
        return {
          ...plan,
          freeze,
          layers: plan.layers.map((layer) => ({
            ...layer,
            batchNorm:
              layer.batchNorm === null
                ? null
                : plan.policy === 'inference' && norms.get(layer.path) === true
                  ? ('stored' as const)
                  : ('batch' as const)
          })),
          parameters: plan.parameters.map((p) => ({
            ...p,
            trainable: !isFrozen(parentOf(p.path), p.group) || (norms.has(parentOf(p.path)) && plan.policy === 'trains')
          }))
        }
      }),
      E.map((refrozenPlan) => ({ ...refrozenPlan, warnings: warningsOf(refrozenPlan) }))
    )
