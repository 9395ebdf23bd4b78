import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { type Interpretation, interpretation } from '../../src/interpret/index.js'

/** Few different numbers, so that ties are common. */
const share: fc.Arbitrary<number> = fc.integer({ min: 0, max: 4 }).map((n) => n / 4)
const loss: fc.Arbitrary<number> = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(NaN, Infinity))

/** What users call their classes. */
const name: fc.Arbitrary<string> = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('<b>', '__proto__', '"&'))

/**
 * Interpretations of up to eight images and four classes: ties, losses that are no number, and empty sets are common.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { arbitrary } from 'graft-vision/laws'
 *
 * const [i] = fc.sample(arbitrary.interpretations('MultiLabel'), { numRuns: 1, seed: 1 })
 * assert.strictEqual(i?.task._tag, 'MultiLabel')
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const interpretations = (kind: 'Classification' | 'MultiLabel'): fc.Arbitrary<Interpretation> =>
  fc.uniqueArray(name, { minLength: 1, maxLength: 4 }).chain((classes) => {
    const row = <A>(of: fc.Arbitrary<A>): fc.Arbitrary<ReadonlyArray<A>> =>
      fc.array(of, { minLength: classes.length, maxLength: classes.length })
    const target: fc.Arbitrary<number | ReadonlyArray<number>> =
      kind === 'MultiLabel' ? row(fc.constantFrom(0, 1)) : fc.nat({ max: classes.length - 1 })
    return fc.array(fc.record({ pred: row(share), target, loss }), { maxLength: 8 }).map((images) => {
      const made = interpretation({
        task: { _tag: kind, classes },
        preds: images.map(({ pred }) => pred),
        targets: images.map((image) => image.target),
        losses: images.map((image) => image.loss)
      })
      if (E.isLeft(made)) throw new Error(made.left[0].hint)
      return made.right
    })
  })
