/** Laws of the cut: which children a body keeps, and that keeping them does not change them. */
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Arch,
  type Body,
  type Child,
  cut,
  cutAt,
  isCombination,
  isUnder,
  join,
  type Layer,
  layerAt,
  type Leaf,
  leaves,
  namedChildren,
  sequential,
  uncut
} from '../src/model/index.js'
import type { Plan } from '../src/plan/index.js'
import { archs } from './arbitrary/archs.js'
import { inputOf } from './arbitrary/models.js'
import { equal } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { cutMistakes, planned, planOfBody } from './planning.js'

const namesOf = (a: Arch): ReadonlyArray<string> => namedChildren(a.network).map((child) => child.name)

/** The names of a body's children. */
const kept = (plan: Plan): ReadonlyArray<string> =>
  pipe(
    layerAt('body')(plan.network),
    O.match(
      () => [],
      (network) => namedChildren(network).map((child) => child.name)
    )
  )

/** An architecture and a count that keeps some of its children. */
const cuts = (mine: Subject<Arch>): fc.Arbitrary<{ readonly arch: Arch; readonly k: number }> =>
  drawn(mine).chain((arch) =>
    fc.record({ arch: fc.constant(arch), k: fc.integer({ min: 1, max: namesOf(arch).length }) })
  )

const keysOf = (plan: Plan): ReadonlyArray<string> => [...plan.parameters, ...plan.buffers].map((p) => p.path)

/** Paths of the named layers that are not inside a branch. */
const inSequence = (network: Layer, path: string): ReadonlyArray<string> =>
  network._tag === 'Sequential'
    ? network.children.flatMap(({ name, layer }) => [
        ...(name === null ? [] : [join(path, name)]),
        ...inSequence(layer, join(path, name))
      ])
    : []

const isNamed = (leaf: Leaf): boolean => !leaf.path.includes('/')

/** Moves the children from `i` on into a sequence without a name. */
const wrapped = (a: Arch, i: number): Arch => {
  if (!isCombination(a.network) || a.network._tag !== 'Sequential') return a
  const { children } = a.network
  const inner: Child = { name: null, layer: { _tag: 'Sequential', children: children.slice(i) } }
  return { ...a, network: sequential(...children.slice(0, i), inner) }
}

const same = (a: Body, b: Body, what: string): void => {
  const [x, y] = [planOfBody(a), planOfBody(b)]
  equal(kept(x), kept(y), `children of ${what}`)
  equal(keysOf(x), keysOf(y), `keys of ${what}`)
}

/**
 * The laws of cutting, for every architecture or for yours.
 *
 * @example
 * import { cutLaws } from 'graft-vision/laws'
 * import { squeezenet1_1 } from 'graft-vision'
 *
 * for (const law of cutLaws(squeezenet1_1)) await law.check({ seed: 1, numRuns: 2 })
 *
 * @category laws
 * @since 0.1.0
 */
export const cutLaws = (mine: Subject<Arch> = archs): ReadonlyArray<Law> => {
  const cases = cuts(mine)
  return [
    law(
      'keeps the given number of children',
      fc.property(cases, ({ arch, k }) =>
        equal(kept(planOfBody(cutAt(k)(arch))), namesOf(arch).slice(0, k), `children of cutAt(${k})`)
      )
    ),
    law(
      'counts from the end when negative',
      fc.property(cases, ({ arch, k }) => {
        const n = namesOf(arch).length - k
        fc.pre(n > 0)
        same(cutAt(-n)(arch), cutAt(k)(arch), `cutAt(${-n})`)
      })
    ),
    law(
      'ends before the named child',
      fc.property(cases, ({ arch, k }) => {
        const name = namesOf(arch)[k]
        fc.pre(name !== undefined)
        same(cutAt(name)(arch), cutAt(k)(arch), `cutAt('${name}')`)
      })
    ),
    law(
      'leaves the kept part of the state dict unchanged, key by key',
      fc.property(cases, ({ arch, k }) => {
        const inBody = planOfBody(cutAt(k)(arch))
        const all = planned({ input: inputOf(arch) }, arch)
        const of = (plan: Plan, prefix: string) =>
          plan.parameters
            .filter((p) =>
              namesOf(arch)
                .slice(0, k)
                .some((name) => isUnder(`${prefix}${name}`)(p.path))
            )
            .map((p) => [p.path.slice(prefix.length), p.shape])
        equal(of(inBody, 'body.'), of(all, ''), 'parameters of the kept children')
        equal(inBody.parameters.length, of(all, '').length, 'parameters of the body')
      })
    ),
    law(
      'keeps everything that a shorter cut keeps',
      fc.property(cases, ({ arch, k }) => {
        fc.pre(k > 1)
        const shorter = keysOf(planOfBody(cutAt(k - 1)(arch)))
        const longer = new Set(keysOf(planOfBody(cutAt(k)(arch))))
        equal(
          shorter.filter((key) => !longer.has(key)),
          [],
          'keys that only the shorter cut has'
        )
      })
    ),
    law(
      'looks into sequences without a name',
      fc.property(cases, fc.nat({ max: 9 }), ({ arch, k }, i) => {
        const inside = wrapped(arch, i % namesOf(arch).length)
        same(cutAt(k)(inside), cutAt(k)(arch), 'a cut with the rest wrapped')
        same(uncut(inside), uncut(arch), 'the wrapped network')
      })
    ),
    law(
      'keeps the parameters and buffers before the layer at a path',
      fc.property(drawn(mine), fc.nat(), (arch, i) => {
        const all = leaves(arch.network)
        const firstOf = (path: string): number => all.findIndex((leaf) => isUnder(path)(leaf.path))
        const paths = inSequence(arch.network, '').filter((path) => all.slice(0, firstOf(path)).some(isNamed))
        const path = paths[i % paths.length]
        fc.pre(path !== undefined)
        const before = all.slice(0, firstOf(path)).map((leaf) => `body.${leaf.path}`)
        const keys = keysOf(planned({ input: inputOf(arch) }, arch)).map((key) => `body.${key}`)
        equal(
          keysOf(planOfBody(cutAt(path)(arch))),
          keys.filter((key) => before.some((leaf) => isUnder(leaf)(key))),
          `keys of cutAt('${path}')`
        )
      })
    ),
    law(
      'is refused when it leaves nothing or asks for too much',
      fc.property(drawn(mine), fc.nat({ max: 3 }), fc.boolean(), (arch, beyond, low) => {
        const n = namesOf(arch).length
        const errors = cutMistakes(cutAt(low ? -n - beyond : n + 1 + beyond)(arch))
        equal(
          errors.map((e) => e._tag),
          ['CutError'],
          'errors'
        )
      })
    ),
    law(
      "is the architecture's own, or ends before its last pooling child",
      fc.property(drawn(mine), (arch) => {
        const names = namesOf(arch)
        const children = namedChildren(arch.network)
        const pooling = children.findLastIndex(({ layer }) => /Pool2d"/.test(JSON.stringify(layer)))
        const [first, ...rest] = typeof arch.cut === 'string' ? arch.cut.split('.') : []
        // a path within a child keeps that child's first parts
        const at = first === undefined ? arch.cut : names.indexOf(first) + (rest.length > 0 ? 1 : 0)
        const count = typeof at !== 'number' ? pooling : at < 0 ? names.length + at : at
        equal(kept(planOfBody(cut(arch))), names.slice(0, count), 'children of the default cut')
      })
    )
  ]
}
