/** Laws of splits and freezes: groups divide the parameters in order, and a freeze depends only on groups. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type BatchNormPolicy,
  batchNormUnderFreeze,
  freezeBody,
  freezeTo,
  isUnder,
  type Model,
  splitOn,
  unfreeze
} from '../src/model/index.js'
import { type Plan } from '../src/plan/index.js'
import { models, type Posed } from './arbitrary/models.js'
import { equal, holds } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { mistakes, planned } from './planning.js'

const trainable = (plan: Plan): ReadonlySet<string> =>
  new Set(plan.parameters.filter((p) => p.trainable).map((p) => p.path))

const isNorm = (plan: Plan): ((path: string) => boolean) => {
  const norms = new Set(plan.layers.filter((l) => l.layer._tag === 'BatchNorm').map((l) => l.path))
  return (path) => norms.has(path.slice(0, path.lastIndexOf('.')))
}

/** The parts of a plan that a freeze does not change. */
const unfrozen = ({ parameters, layers, buffers, groups, starts, output }: Plan): unknown => ({
  parameters: parameters.map(({ path, shape, group, decays }) => ({ path, shape, group, decays })),
  layers: layers.map(({ path, input, output: o, group }) => ({ path, input, output: o, group })),
  buffers,
  groups,
  starts,
  output
})

const withPolicy = (model: Model, policy: BatchNormPolicy): Model => batchNormUnderFreeze(policy)(model)

const splitLawsOf = (cases: fc.Arbitrary<Posed>): ReadonlyArray<Law> => [
  law(
    'divides layers and parameters into groups in data-flow order',
    fc.property(cases, ({ model, how }) => {
      const plan = planned(how, model)
      const groups = plan.layers.map((l) => l.group)
      equal(groups[0], 0, 'the first group')
      equal(groups.at(-1), plan.groups - 1, 'the last group')
      holds(
        groups.every((g, i) => i === 0 || g === groups[i - 1] || g === groups[i - 1]! + 1),
        `groups are out of order: ${groups.join(' ')}`
      )
      const byPath = new Map(plan.layers.map((l) => [l.path, l.group]))
      for (const p of plan.parameters)
        equal(p.group, [...byPath].find(([path]) => isUnder(path)(p.path))?.[1], `the group of ${p.path}`)
    })
  ),
  law(
    'starts a group at each of its starts',
    fc.property(cases, ({ model, how }) => {
      const plan = planned(how, model)
      equal(plan.starts.length, plan.groups - 1, 'starts')
      fc.pre(plan.groups > 1)
      plan.starts.forEach((start, i) => {
        const at = plan.layers.findIndex((l) => isUnder(start)(l.path))
        equal([plan.layers[at - 1]?.group, plan.layers[at]?.group], [i, i + 1], `the groups around ${start}`)
      })
    })
  ),
  law(
    'is refused when starts are out of order, repeated or missing',
    fc.property(cases, fc.constantFrom('twice', 'nowhere', 'turned'), ({ model, how }, wrong) => {
      const first = planned(how, model).layers[0]!.path.split('/')[0]!
      const starts = { twice: ['head', 'head'], nowhere: ['body.nowhere', 'head'], turned: ['head', first] }[wrong]
      const errors = mistakes(how, pipe(model, unfreeze, splitOn(starts)))
      equal(
        errors.map((e) => e._tag),
        ['SplitError'],
        'errors'
      )
    })
  )
]

/** A case with two of its group numbers. */
const numbered = (cases: fc.Arbitrary<Posed>) => fc.tuple(cases, fc.nat({ max: 9 }), fc.nat({ max: 9 }))

const freezeLawsOf = (cases: fc.Arbitrary<Posed>): ReadonlyArray<Law> => [
  law(
    'freezes more with every group',
    fc.property(numbered(cases), ([{ model, how }, i]) => {
      const { groups } = planned(how, model)
      const n = 1 + (i % groups)
      fc.pre(n < groups)
      const less = trainable(planned(how, freezeTo(n)(model)))
      const more = trainable(planned(how, freezeTo(n - 1)(model)))
      equal(
        [...less].filter((path) => !more.has(path)),
        [],
        `what trains under freezeTo(${n}) alone`
      )
    })
  ),
  law(
    'trains the groups from the n-th on, and only batch norms before them',
    fc.property(numbered(cases), ([{ model, how }, i]) => {
      const plan = planned(how, freezeTo(i % planned(how, model).groups)(withPolicy(model, 'statisticsOnly')))
      const n = i % plan.groups
      for (const p of plan.parameters) equal(p.trainable, p.group >= n, `freezeTo(${n}) trains ${p.path}`)
    })
  ),
  law(
    'counts groups from the end when negative',
    fc.property(numbered(cases), ([{ model, how }, i]) => {
      const { groups } = planned(how, model)
      const n = 1 + (i % groups)
      if (groups === 1)
        return equal(
          mistakes(how, freezeTo(-n)(model)).map((e) => e._tag),
          ['FreezeError'],
          'errors where there is one group'
        )
      const [a, b] = [planned(how, freezeTo(-n)(model)), planned(how, freezeTo(groups - n)(model))]
      equal([...trainable(a)], [...trainable(b)], `what trains under freezeTo(${-n})`)
    })
  ),
  law(
    'trains everything after unfreeze, which is freezeTo(0)',
    fc.property(cases, ({ model, how }) => {
      const plan = planned(how, unfreeze(model))
      equal(
        [...trainable(plan)],
        plan.parameters.map((p) => p.path),
        'what trains'
      )
      equal(plan, planned(how, freezeTo(0)(model)), 'the plan of freezeTo(0)')
    })
  ),
  law(
    'replaces the previous freeze',
    fc.property(numbered(cases), fc.boolean(), ([{ model, how }, i, j], body) => {
      const { groups } = planned(how, model)
      const [n, m] = [i % groups, j % groups]
      const before = body ? freezeBody(model) : freezeTo(m)(model)
      equal(planned(how, freezeTo(n)(before)), planned(how, freezeTo(n)(model)), 'the plan of the last freeze')
    })
  ),
  law(
    'changes only what is trained',
    fc.property(numbered(cases), ([{ model, how }, i]) => {
      const plan = planned(how, unfreeze(model))
      equal(unfrozen(planned(how, freezeTo(i % plan.groups)(model))), unfrozen(plan), 'the frozen plan')
    })
  ),
  law(
    'freezes everything under body with freezeBody, however it is split',
    fc.property(cases, ({ model, how }) => {
      const plan = planned(how, freezeBody(withPolicy(model, 'statisticsOnly')))
      for (const p of plan.parameters) equal(p.trainable, isUnder('head')(p.path), `freezeBody trains ${p.path}`)
    })
  ),
  law(
    'treats batch norms in frozen groups as the policy says',
    fc.property(cases, ({ model, how }) => {
      const frozen = freezeBody(model)
      const [trains, fixed] = [
        planned(how, withPolicy(frozen, 'trains')),
        planned(how, withPolicy(frozen, 'inference'))
      ]
      const norm = isNorm(trains)
      const body = isUnder('body')
      for (const p of trains.parameters) equal(p.trainable, !body(p.path) || norm(p.path), `it trains ${p.path}`)
      for (const l of trains.layers) holds(l.batchNorm !== 'stored', `${l.path} uses stored statistics`)
      for (const l of fixed.layers)
        if (l.layer._tag === 'BatchNorm')
          equal(l.batchNorm, body(l.path) ? 'stored' : 'batch', `statistics of ${l.path}`)
    })
  ),
  law(
    'is refused for a group that does not exist',
    fc.property(cases, fc.nat({ max: 3 }), fc.boolean(), ({ model, how }, beyond, low) => {
      const { groups } = planned(how, model)
      const errors = mistakes(how, freezeTo(low ? -groups - 1 - beyond : groups + beyond)(model))
      equal(
        errors.map((e) => e._tag),
        ['FreezeError'],
        'errors'
      )
    })
  )
]

/**
 * The laws of the groups and freezes of every model, or of yours with its input and task.
 *
 * @example
 * import { splitLaws } from 'graft-vision/laws'
 * import { classification, cut, head, squeezenet1_1, withHead } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const mine = {
 *   model: pipe(squeezenet1_1, cut, withHead(head())),
 *   how: { input: [3, 64, 64], task: classification(['ant', 'bee']) }
 * }
 * for (const law of splitLaws(mine)) await law.check({ seed: 1, numRuns: 2 })
 *
 * @category laws
 * @since 0.1.0
 */
export const splitLaws = (mine: Subject<Posed> = models): ReadonlyArray<Law> => {
  const cases = drawn(mine)
  return [...splitLawsOf(cases), ...freezeLawsOf(cases)]
}
