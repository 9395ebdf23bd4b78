/**
 * Drawing a transform: the numbers that it is applied with, from the seed.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { generator, type Generator, type Seed, splitSeed } from '../Seed.js'
import { fieldsOf, type TransformField, valueOf } from './transformKinds.js'
import type { Between, Transform, DrawnTransform } from './Transform.js'

/** A number of a range: `low + u * (high - low)` for a uniform `u` in [0, 1). */
const uniform =
  ({ uniform: u }: Generator) =>
  (of: Between): number =>
    typeof of === 'number' ? of : of[0] + u() * (of[1] - of[0])

const logUniform =
  (random: Generator) =>
  (of: Between): number =>
    typeof of === 'number' ? of : Math.exp(uniform(random)([Math.log(of[0]), Math.log(of[1])]))

/** An integer of a range, both bounds included. */
const whole =
  (random: Generator) =>
  (of: Between): number =>
    typeof of === 'number' ? of : of[0] + random.integer(of[1] - of[0] + 1)

const draws: Readonly<Record<TransformField['draws'], (random: Generator) => (of: Between) => number>> = {
  uniform,
  logUniform,
  whole
}

/**
 * Draws a transform's parameters; none if it is not applied this time.
 *
 * @example
 * import { generator, Transform } from 'graft-vision'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * assert.deepStrictEqual(Transform.draw(generator(7))(Transform.rotate(10)), O.some({ _tag: 'Rotate', degrees: 10 }))
 * assert.deepStrictEqual(Transform.draw(generator(7))(Transform.flipLr(0)), O.none)
 *
 * @category transforms
 * @since 0.1.0
 */
export const draw =
  (random: Generator) =>
  (t: Transform): O.Option<DrawnTransform> => {
    if (!(random.uniform() < t.p)) return O.none
    const one = (field: TransformField): ((of: Between) => number) => draws[field.draws](random)
    const values = fieldsOf(t._tag).map(([name, field]) => {
      const of = valueOf(t, name)
      return [
        name,
        field.values === 'sides' ? (of as ReadonlyArray<Between>).map(one(field)) : one(field)(of as Between)
      ]
    })
    // the fields of the kind, each with a number in place of a range
    return O.some({ _tag: t._tag, ...Object.fromEntries(values) })
  }

/**
 * Draws the transforms of one item. Each uses a seed of its own, derived from the given names and the transform's
 * position, so a draw does not depend on other items or other transforms.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * const drawn = Transform.drawAll(42, 'epoch', 3, 'item', 17)([Transform.randomCrop(), Transform.flipLr(1)])
 * assert.deepStrictEqual(drawn.map(({ _tag }) => _tag), ['CropPad', 'FlipLr'])
 * assert.deepStrictEqual(drawn, Transform.drawAll(42, 'epoch', 3, 'item', 17)([Transform.randomCrop(), Transform.flipLr(1)]))
 *
 * @category transforms
 * @since 0.1.0
 */
export const drawAll =
  (seed: Seed, ...names: ReadonlyArray<string | number>) =>
  (transforms: ReadonlyArray<Transform>): ReadonlyArray<DrawnTransform> =>
    transforms.flatMap((t, place) => {
      const drawn = draw(generator(splitSeed(seed, 'transform', ...names, place)))(t)
      return O.isSome(drawn) ? [drawn.value] : []
    })
