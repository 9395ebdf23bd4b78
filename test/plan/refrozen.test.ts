/** A plan under another freeze is the plan of the model that is frozen so. */
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import {
  batchNormPolicies,
  batchNormUnderFreeze,
  cut,
  type Freeze,
  freezeToGroup,
  head,
  nothingFrozen,
  withHead
} from '../../src/model/index.js'
import { plan, refrozen } from '../../src/plan/index.js'
import { left, right } from '../io/workplace.js'

const how = { input: [3, 32, 32], task: classification(['a', 'b']) }
const freezes: ReadonlyArray<Freeze> = [nothingFrozen, freezeToGroup(-1), freezeToGroup(1), { _tag: 'FreezeBody' }]

describe.each(batchNormPolicies)('with batch norms %s', (policy) => {
  const planned = (freeze: Freeze) =>
    right(plan(how)({ ...pipe(resnet18, cut, withHead(head()), batchNormUnderFreeze(policy)), freeze }))

  it.each(freezes.flatMap((from) => freezes.map((to) => [from, to] as const)))('from %j to %j', (from, to) => {
    expect(right(refrozen(to)(planned(from)))).toEqual(planned(to))
  })
})

it('names a group that does not exist', () => {
  const planned = right(plan(how)(pipe(resnet18, cut, withHead(head()))))
  expect(left(refrozen(freezeToGroup(9), 'recipe[0]')(planned)).path).toBe('recipe[0]: freezeTo(9)')
})
