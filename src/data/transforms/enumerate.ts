/**
 * The views that transforms can give of one image, where they are few.
 *
 * @since 0.1.0
 */
import type { DrawnTransform, Transform } from './Change.js'

/** The results of drawing a transform; null: they depend on numbers, and are too many to list. */
const drawsOf = (t: Transform): ReadonlyArray<ReadonlyArray<DrawnTransform>> | null => {
  if (t.p <= 0) return [[]]
  if (t._tag !== 'FlipLr') return null
  const flipped: ReadonlyArray<DrawnTransform> = [{ _tag: 'FlipLr' }]
  return t.p >= 1 ? [flipped] : [[], flipped]
}

/**
 * Every result that `drawAll` may give for a list of transforms, if they are horizontal flips alone: one without
 * transforms, and two for a flip. Null: the transforms have parameters.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.enumerate([Transform.flipLr()]), [[], [{ _tag: 'FlipLr' }]])
 * assert.deepStrictEqual(Transform.enumerate([]), [[]])
 * assert.strictEqual(Transform.enumerate([Transform.flipLr(), Transform.rotate([-10, 10])]), null)
 *
 * @category transforms
 * @since 0.1.0
 */
export const enumerate = (transforms: ReadonlyArray<Transform>): ReadonlyArray<ReadonlyArray<DrawnTransform>> | null =>
  transforms.reduce<ReadonlyArray<ReadonlyArray<DrawnTransform>> | null>(
    (views, t) => {
      const draws = drawsOf(t)
      return views === null || draws === null
        ? null
        : views.flatMap((view) => draws.map((drawn) => [...view, ...drawn]))
    },
    [[]]
  )
