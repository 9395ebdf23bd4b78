/**
 * `embeddingPlan`: the part of a network that computes an image's features.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import {
  adaptiveAvgPool2d,
  channelAxis,
  flatten,
  isUnder,
  type Layer,
  meanTokens,
  parametersOf,
  roleOf,
  sequential,
  type Shape
} from '../model/index.js'
import { bodyAndHead } from './bodyAndHead.js'
import { infer } from './inference.js'
import type { Plan, PlanLayer } from './Plan.js'
import { type PlanError, shapeError } from './PlanError.js'
import { partOf, planSteps } from './planParts.js'
import { dividedAt, flowSteps } from './stages.js'

/** The number of steps that compute the features. */
const featureSteps = (plan: Plan): number => {
  const parts = bodyAndHead(plan.network)
  return parts === null
    ? planSteps(plan).findLastIndex(({ leaves }) => leaves.some(({ layer }) => parametersOf(layer).length > 0))
    : flowSteps(parts.body).length
}

/** Tokens are pooled as by the head, unless it does so in two ways. */
const poolOf = (plan: Plan, output: Shape): ReadonlyArray<Layer> => {
  if (output.length === 1) return []
  if (output.length === 3) return [adaptiveAvgPool2d(1), flatten]
  const own = plan.layers.find(({ path, layer }) => isUnder('head')(path) && roleOf(layer) === 'pooling')
  return [own?.layer ?? meanTokens()]
}

/**
 * The part of a network that computes an image's features, as a plan whose output is a vector. Of a model with a head:
 * its body, and the mean of each channel over all positions, `[channels]`; tokens are pooled as by the head. Of a whole architecture or a U-Net: the
 * layers before the last one with parameters, averaged in the same way if their output is a feature map. Error: a
 * `ShapeError` for a network without layers before its last one with parameters.
 *
 * @example
 * import { classification, cut, embeddingPlan, head, plan, resnet18, vgg16_bn, withHead } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { flow, pipe } from 'fp-ts/lib/function.js'
 *
 * const embedded = flow(E.chainW(embeddingPlan), E.map(({ output }) => output))
 * const model = pipe(resnet18, cut, withHead(head()))
 * assert.deepStrictEqual(embedded(plan({ input: [3, 64, 64], task: classification(['ant', 'bee']) })(model)), E.right([512]))
 * assert.deepStrictEqual(embedded(plan({ input: [3, 224, 224] })(vgg16_bn)), E.right([4096]))
 *
 * @category plans
 * @since 0.1.0
 */
export const embeddingPlan = (plan: Plan): E.Either<PlanError, Plan> => {
  const steps = featureSteps(plan)
  if (steps <= 0)
    return E.left(
      shapeError(
        plan.name,
        'layers before the last one with parameters, which compute features',
        'none',
        'use a network with a body and a head'
      )
    )
  const { before } = dividedAt(plan.network, steps)
  const { output } = infer(sequential(...before), plan.input, '')
  const pool = poolOf(plan, output)
  const layers = plan.layers.slice(
    0,
    planSteps(plan)
      .slice(0, steps)
      .flatMap(({ leaves }) => leaves).length
  )
  const added = infer(sequential(...pool), output, 'features').flows.map((flow): PlanLayer => ({
    ...flow,
    group: plan.groups - 1,
    batchNorm: null
  }))
  return E.right(
    partOf(
      { ...plan, task: null },
      {
        input: plan.input,
        output: output.length === 1 ? output : [output[channelAxis(output)]!],
        network: sequential(...before, ...pool),
        layers: [...layers, ...added]
      }
    )
  )
}
