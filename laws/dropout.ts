/** Laws of `ps`: the dropout of each block. */
import * as fc from 'fast-check'
import type { Head } from '../src/model/index.js'
import type { Plan } from '../src/plan/index.js'
import { heads, probabilities } from './arbitrary/heads.js'
import { equal } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { headCases, headLayers } from './head.js'
import { headHow, headModel, mistakes, planned } from './planning.js'

/** The dropout of each block, 0 without such a layer. */
const dropsOf = (plan: Plan): ReadonlyArray<number> => {
  const drops: Array<number> = []
  let p = 0
  for (const { layer } of headLayers(plan)) {
    if (layer._tag === 'Dropout') p = layer.p
    if (layer._tag !== 'Linear') continue
    drops.push(p)
    p = 0
  }
  return drops
}

/**
 * The laws of the dropout of every head like fastai's, whatever its own `ps`.
 *
 * @example
 * import { dropoutLaws } from 'graft-vision/laws'
 *
 * for (const law of dropoutLaws()) await law.check({ seed: 1, numRuns: 10 })
 *
 * @category laws
 * @since 0.1.0
 */
export const dropoutLaws = (mine: Subject<Head> = heads): ReadonlyArray<Law> => {
  const cases = headCases(drawn(mine))
  const lists = fc.array(probabilities, { minLength: 6, maxLength: 6 })
  return [
    law(
      'is ps in the last block and half of it in the others, if ps is one number',
      fc.property(cases, probabilities, fc.boolean(), ({ head, channels, task }, p, listed) => {
        const plan = planned(headHow(task), headModel({ ...head, ps: listed ? [p] : p }, channels))
        equal(dropsOf(plan), [...head.linFtrs.map(() => p / 2), p], 'dropout of the blocks')
      })
    ),
    law(
      "is the list's entry for each block, if ps is a list",
      fc.property(cases, lists, ({ head, channels, task }, list) => {
        const ps = list.slice(0, head.linFtrs.length + 1)
        equal(dropsOf(planned(headHow(task), headModel({ ...head, ps }, channels))), ps, 'dropout of the blocks')
      })
    ),
    law(
      'is refused for a list of the wrong length, naming both lengths',
      fc.property(cases, fc.integer({ min: 0, max: 6 }), ({ head, channels, task }, length) => {
        const blocks = head.linFtrs.length + 1
        fc.pre(length !== blocks && length !== 1)
        const errors = mistakes(headHow(task), headModel({ ...head, ps: Array(length).fill(0.5) }, channels))
        equal(
          errors.map((e) => [e._tag, e.path, e.found]),
          [['HeadError', 'head.ps', `${length}`]],
          'errors'
        )
        equal(errors[0]?.expected.includes(`${blocks} `), true, 'the right length is named')
      })
    ),
    law(
      'is omitted where it is 0, and later layers are renumbered',
      fc.property(cases, ({ head, channels, task }) => {
        const layers = headLayers(planned(headHow(task), headModel({ ...head, ps: 0 }, channels)))
        const blocks = head.linFtrs.length + 1
        equal(
          layers.some((l) => l.layer._tag === 'Dropout'),
          false,
          'a dropout layer'
        )
        equal(layers.length, 2 + 3 * blocks - 1 + (head.bnFinal ? 1 : 0), 'layers')
      })
    ),
    law(
      'is refused outside [0, 1]',
      fc.property(cases, fc.constantFrom(-0.1, 1.1, NaN, Infinity), ({ head, channels, task }, ps) => {
        const errors = mistakes(headHow(task), headModel({ ...head, ps }, channels))
        equal(
          errors.map((e) => [e._tag, e.path]),
          [['HeadError', 'head.ps']],
          'errors'
        )
      })
    )
  ]
}
