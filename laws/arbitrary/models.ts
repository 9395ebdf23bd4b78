import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import type { Task } from '../../src/data/index.js'
import {
  type Arch,
  type BatchNormPolicy,
  batchNormPolicies,
  batchNormUnderFreeze,
  cut,
  cutAt,
  freezeBody,
  freezeTo,
  type Head,
  type Model,
  namedChildren,
  type Shape,
  splitOn,
  withHead
} from '../../src/model/index.js'
import type { PlanFor } from '../../src/plan/index.js'
import { archs } from './archs.js'
import { heads } from './heads.js'
import { imageTasks } from './tasks.js'

/**
 * A model and what it is planned for; planning it succeeds.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export interface Posed {
  readonly model: Model
  readonly how: PlanFor & { readonly task: Task }
}

interface Choices {
  readonly cutting: { readonly _tag: 'own' | 'count' | 'name'; readonly at: number }
  readonly splitting: { readonly _tag: 'own' | 'head' | 'part' | 'whole'; readonly at: number }
  readonly freezing: { readonly _tag: 'to' | 'body'; readonly n: number }
  readonly policy: BatchNormPolicy
}

const nth = fc.nat({ max: 9 })

const choices: fc.Arbitrary<Choices> = fc.record({
  cutting: fc.record({ _tag: fc.constantFrom('own', 'count', 'name'), at: nth }),
  splitting: fc.record({ _tag: fc.constantFrom('own', 'head', 'part', 'whole'), at: nth }),
  freezing: fc.record({ _tag: fc.constantFrom('to', 'body'), n: fc.integer({ min: -1, max: 0 }) }),
  policy: fc.constantFrom(...batchNormPolicies)
})

/** The architecture's images. */
export const inputOf = (arch: Arch): Shape => [arch.input.channels, arch.input.size, arch.input.size]

/** How many children stand before the last one that pools, which is where a body may end at the latest. */
const keepable = (arch: Arch): number =>
  Math.max(
    1,
    namedChildren(arch.network).findLastIndex(({ layer }) => /Pool2d"/.test(JSON.stringify(layer)))
  )

const keptBy = (arch: Arch, names: ReadonlyArray<string>, { _tag, at }: Choices['cutting']): number =>
  _tag !== 'own'
    ? 1 + (at % keepable(arch))
    : typeof arch.cut === 'number'
      ? (arch.cut + names.length) % names.length
      : keepable(arch)

const modelOf = (arch: Arch, head: Head, { cutting, splitting, freezing, policy }: Choices): Model => {
  const names = namedChildren(arch.network).map((child) => child.name)
  // another cut may take away the start of the architecture's own split
  const chosen = splitting._tag === 'own' ? { ...cutting, _tag: 'own' as const } : cutting
  const kept = keptBy(arch, names, chosen)
  const body = chosen._tag === 'own' ? cut : cutAt(chosen._tag === 'count' ? kept : names[kept]!)
  const part = `body.${names[splitting.at % kept]}`
  const starts = { part: [part, 'head'], whole: [], head: ['head'] }
  return pipe(
    arch,
    body,
    withHead(head),
    splitting._tag === 'own' ? (m) => m : splitOn(starts[splitting._tag]),
    // with one group there is none to freeze
    freezing._tag === 'body' ? freezeBody : freezeTo(splitting._tag === 'whole' ? 0 : freezing.n),
    batchNormUnderFreeze(policy)
  )
}

/**
 * Models of some architectures, with generated heads, cuts, splits, freezes and batch-norm policies, and tasks for
 * them.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { plan, squeezenet1_1 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(arbitrary.modelsOf(fc.constant(squeezenet1_1)), ({ model, how }) => E.isRight(plan(how)(model))),
 *   { seed: 1, numRuns: 5 }
 * )
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const modelsOf = (of: fc.Arbitrary<Arch>): fc.Arbitrary<Posed> =>
  fc
    .record({ arch: of, head: heads, task: imageTasks, choices })
    .map(({ arch, head, task, choices: c }) => ({ model: modelOf(arch, head, c), how: { input: inputOf(arch), task } }))

/**
 * Models of generated architectures and heads, with cuts, splits, freezes and batch-norm policies, and tasks for them.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { plan } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(arbitrary.models, ({ model, how }) => E.isRight(plan(how)(model))),
 *   { seed: 1, numRuns: 20 }
 * )
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const models: fc.Arbitrary<Posed> = modelsOf(archs)
