/** Parts of a plan: the steps of its data flow, and a part as a plan of its own. */
import { isUnder, leaves } from '../model/index.js'
import type { Plan, PlanLayer } from './Plan.js'
import { flowSteps } from './stages.js'

/** A step of the data flow with its layers. */
export interface PlanStep {
  readonly leaves: ReadonlyArray<PlanLayer>
}

/** The steps of a plan's data flow in order. */
export const planSteps = ({ network, layers }: Plan): ReadonlyArray<PlanStep> => {
  let next = 0
  return flowSteps(network).map((step) => ({ leaves: layers.slice(next, (next += leaves(step).length)) }))
}

/** A part of a plan as a plan of its own. */
export const partOf = (plan: Plan, part: Pick<Plan, 'input' | 'output' | 'network' | 'layers'>): Plan => {
  const paths = part.layers.map(({ path }) => path)
  const isIn = ({ path }: { readonly path: string }): boolean => paths.some((layer) => isUnder(layer)(path))
  return { ...plan, ...part, parameters: plan.parameters.filter(isIn), buffers: plan.buffers.filter(isIn) }
}
