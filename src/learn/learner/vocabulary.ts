/**
 * The keys that a file may use for a network's parameters: the architecture's names, or positions in the body as
 * `nn.Sequential` numbers them (fastai's `learn.save`).
 */
import { type Arch, buffersOf, isUnder, join, leaves, parametersOf } from '../../model/index.js'
import type { Plan, PlanBuffer, PlanParameter } from '../../plan/index.js'

/** A parameter or a buffer of a plan. */
export type Wanted = PlanParameter | PlanBuffer

/** Keys that a file may have, with the plan's path of each; null: a key of what the cut dropped. */
export type Vocabulary = ReadonlyMap<string, string | null>

/** Keys of an architecture's whole network, its classifier included. */
const archKeys = (arch: Arch): ReadonlyArray<string> =>
  leaves(arch.network).flatMap(({ path, layer }) =>
    [...parametersOf(layer), ...buffersOf(layer)].map(({ name }) => join(path, name))
  )

/** Returns whether a plan has a body; a bare architecture has none. */
export const hasBody = ({ layers }: Plan): boolean => layers.some(({ path }) => isUnder('body')(path))

/** The parameters that an architecture's weights initialise: those of the body, or all of a bare architecture. */
export const bodyOf = (plan: Plan): ReadonlyArray<Wanted> =>
  [...plan.parameters, ...plan.buffers].filter(({ path }) => !hasBody(plan) || isUnder('body')(path))

export const keyOf =
  (plan: Plan) =>
  (path: string): string =>
    hasBody(plan) ? path.slice('body.'.length) : path

const byName = (plan: Plan, arch: Arch): Vocabulary =>
  new Map([
    ...archKeys(arch).map((key) => [key, null] as const),
    ...bodyOf(plan).map(({ path }) => [keyOf(plan)(path), path] as const)
  ])

/** The children of a body in the order in which torch numbers them. */
const childrenOf = (plan: Plan): ReadonlyArray<string> => [
  ...new Set(
    plan.layers
      .filter(({ path }) => hasBody(plan) && isUnder('body')(path))
      .map(({ path }) => keyOf(plan)(path).split(/[./]/, 1)[0]!)
  )
]

const byPosition = (plan: Plan): Vocabulary => {
  const children = childrenOf(plan)
  return new Map(
    bodyOf(plan).flatMap(({ path }) => {
      const key = keyOf(plan)(path)
      const at = children.findIndex((child) => isUnder(child)(key))
      return at === -1 ? [] : [[`${at}${key.slice(children[at]!.length)}`, path] as const]
    })
  )
}

/** All vocabularies, the architecture's own names first. */
export const vocabulariesOf = (plan: Plan, arch: Arch): ReadonlyArray<Vocabulary> =>
  !hasBody(plan) ? [byName(plan, arch)] : [byName(plan, arch), byPosition(plan)]
