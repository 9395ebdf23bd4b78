/**
 * Drawing the parameters of transforms: a function of seed, epoch and item.
 *
 * @since 0.1.0
 */
import { generator, type Generator, type Seed, splitSeed } from '../../Seed.js'
import { fieldsOf, isNoisy, type TransformField, valueOf } from './transformKinds.js'
import type { Between, DrawnTransform, Transform } from './Change.js'
import { drawRand, drawTrivial } from './policies.js'

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

/** An odd integer of a range of odd bounds. */
const odd =
  (random: Generator) =>
  (of: Between): number =>
    typeof of === 'number' ? of : of[0] + 2 * random.integer((of[1] - of[0]) / 2 + 1)

const draws: Readonly<Record<TransformField['draws'], (random: Generator) => (of: Between) => number>> = {
  uniform,
  logUniform,
  whole,
  odd
}

const drawField = (random: Generator, t: Transform, name: string, { draws: how, values }: TransformField): unknown => {
  const one = draws[how](random)
  const of = valueOf(t, name)
  if (values === 'one') return one(of as Between)
  return typeof values === 'number'
    ? Array.from({ length: values }, () => one(of as Between))
    : (of as ReadonlyArray<Between>).map(one)
}

const boundsOf = (of: Between): readonly [number, number] => (typeof of === 'number' ? [of, of] : of)

/**
 * Draws a transform's parameters; empty if it is not applied this time. A policy draws any number of other transforms.
 *
 * @example
 * import { generator, Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.draw(generator(7))(Transform.rotate(10)), [{ _tag: 'Rotate', degrees: 10 }])
 * assert.deepStrictEqual(Transform.draw(generator(7))(Transform.flipLr(0)), [])
 *
 * @category transforms
 * @since 0.1.0
 */
export const draw =
  (random: Generator) =>
  (t: Transform): ReadonlyArray<DrawnTransform> => {
    if (!(random.uniform() < t.p)) return []
    if (t._tag === 'TrivialAugment') return drawTrivial(random)
    if (t._tag === 'RandAugment') return drawRand(random, whole(random)(t.n), whole(random)(t.m))
    const { p: _, ...fixed } = t
    const values = fieldsOf(t._tag).map(([name, field]) => [name, drawField(random, t, name, field)] as const)
    const noise = isNoisy(t._tag) ? { seed: random.integer(2 ** 32) } : {}
    const within = t._tag === 'RandomResizedCrop' ? { within: boundsOf(t.ratio) } : {}
    // the fields of the kind, each with a number in place of a range
    return [{ ...fixed, ...Object.fromEntries(values), ...within, ...noise } as DrawnTransform]
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
    transforms.flatMap((t, place) => draw(generator(splitSeed(seed, 'transform', ...names, place)))(t))
