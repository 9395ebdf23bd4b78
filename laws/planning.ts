/** Plans for the laws: of a body alone, and of a head on a given number of channels. */
import { pipe } from 'fp-ts/lib/function.js'
import type { Task } from '../src/data/index.js'
import {
  type Arch,
  arch,
  type Body,
  conv2d,
  customHead,
  type Head,
  identity,
  imagenetInput,
  type Model,
  named,
  sequential,
  splitOn,
  uncut,
  withHead
} from '../src/model/index.js'
import { type Plan, plan, type PlanError, type PlanFor } from '../src/plan/index.js'
import { inputOf } from './arbitrary/models.js'
import { refused, succeeded } from './claim.js'

export const planned = (how: PlanFor, model: Model | Arch): Plan => succeeded(plan(how)(model), 'planning')
export const mistakes = (how: PlanFor, model: Model | Arch): ReadonlyArray<PlanError> =>
  refused(plan(how)(model), 'planning')

/** A body with a head that does nothing and needs no task. */
export const bare = (body: Body): Model =>
  pipe(body, withHead(customHead(sequential(named('nothing', identity)))), splitOn(['head']))

export const planOfBody = (body: Body): Plan => planned({ input: inputOf(body.arch) }, bare(body))
export const cutMistakes = (body: Body): ReadonlyArray<PlanError> => mistakes({ input: inputOf(body.arch) }, bare(body))

const bodyOf = (channels: number): Body =>
  uncut(
    arch({
      name: 'one',
      network: sequential(named('conv', conv2d(1, channels, 1))),
      input: { ...imagenetInput, channels: 1, size: 4 }
    })
  )

/** A head on a body with a given number of channels. */
export const headModel = (head: Head, channels: number): Model => pipe(bodyOf(channels), withHead(head))
export const headHow = (task: Task): PlanFor => ({ input: [1, 4, 4], task })
