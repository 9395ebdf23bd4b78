/** Laws of the head: fastai's `create_head` as the plan builds it. */
import * as fc from 'fast-check'
import { outputsOf, type Task } from '../src/data/index.js'
import { type Head, type HeadOptions, isUnder, type Linear, sizeOf } from '../src/model/index.js'
import type { Plan, PlanLayer } from '../src/plan/index.js'
import { heads } from './arbitrary/heads.js'
import { imageTasks } from './arbitrary/tasks.js'
import { equal } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { headHow, headModel, planned } from './planning.js'

type LinearHead = Extract<Head, { readonly _tag: 'LinearHead' }>

/** Heads with options, and the channels and tasks to test them with. */
export const headCases = (
  mine: Subject<Head>
): fc.Arbitrary<{ readonly head: LinearHead; readonly channels: number; readonly task: Task }> =>
  fc
    .record({ head: drawn(mine), channels: fc.integer({ min: 1, max: 9 }), task: imageTasks })
    .filter((c): c is { head: LinearHead; channels: number; task: Task } => c.head._tag === 'LinearHead')

/** The layers of a plan's head. */
export const headLayers = (plan: Plan): ReadonlyArray<PlanLayer> => plan.layers.filter((l) => isUnder('head')(l.path))

const linears = (plan: Plan): ReadonlyArray<Linear> =>
  headLayers(plan).flatMap(({ layer }) => (layer._tag === 'Linear' ? [layer] : []))

const count = (tag: string, plan: Plan): number => headLayers(plan).filter(({ layer }) => layer._tag === tag).length

/** Σ over blocks (2·in + in·out + out), and 2·classes for the final batch norm. */
const parameterCount = (features: number, classes: number, { linFtrs, bnFinal }: HeadOptions): number => {
  const widths = [features, ...linFtrs, classes]
  const blocks = widths.slice(1).map((out, i) => 2 * widths[i]! + widths[i]! * out + out)
  return blocks.reduce((a, b) => a + b, 0) + (bnFinal ? 2 * classes : 0)
}

/**
 * The laws of every head like fastai's, or of yours.
 *
 * @example
 * import { headLaws } from 'graft-vision/laws'
 * import { head } from 'graft-vision'
 *
 * for (const law of headLaws(head({ linFtrs: [64, 32] }))) await law.check({ seed: 1, numRuns: 5 })
 *
 * @category laws
 * @since 0.1.0
 */
export const headLaws = (mine: Subject<Head> = heads): ReadonlyArray<Law> => {
  const cases = headCases(mine)
  const of = (name: string, claim: (plan: Plan, head: LinearHead, channels: number, classes: number) => void): Law =>
    law(
      name,
      fc.property(cases, ({ head, channels, task }) =>
        claim(planned(headHow(task), headModel(head, channels)), head, channels, outputsOf(task))
      )
    )
  return [
    of('has a block for every hidden width and one for the outputs', (plan, { linFtrs, bnFinal }) => {
      equal(linears(plan).length, linFtrs.length + 1, 'linear layers')
      equal(count('BatchNorm', plan), linFtrs.length + 1 + (bnFinal ? 1 : 0), 'batch norms')
    }),
    of('passes the output of each block to the next', (plan) => {
      const all = linears(plan)
      equal(
        all.slice(1).map((l) => l.inFeatures),
        all.slice(0, -1).map((l) => l.outFeatures),
        'what enters'
      )
    }),
    of("accepts the body's channels, twice as many with concatPool", (plan, { concatPool }, channels) =>
      equal(linears(plan)[0]?.inFeatures, channels * (concatPool ? 2 : 1), 'what enters the first linear layer')
    ),
    of('puts out as many numbers as the task has', (plan, _, __, classes) => equal(plan.output, [classes], 'output')),
    of('has ReLU after every linear layer but the last', (plan, { linFtrs, bnFinal }) => {
      equal(count('Relu', plan), linFtrs.length, 'ReLUs')
      equal(headLayers(plan).at(-1)?.layer._tag, bnFinal ? 'BatchNorm' : 'Linear', 'the last layer')
    }),
    of('has as many parameters as the closed formula gives', (plan, head, channels, classes) =>
      equal(
        plan.parameters.filter((p) => isUnder('head')(p.path)).reduce((n, p) => n + sizeOf(p.shape), 0),
        parameterCount(channels * (head.concatPool ? 2 : 1), classes, head),
        'parameters'
      )
    ),
    of('numbers its layers as the reference does', (plan) =>
      equal(
        headLayers(plan).map((l) => l.path),
        headLayers(plan).map((_, i) => `head.${i}`),
        'paths'
      )
    )
  ]
}
