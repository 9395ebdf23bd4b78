/**
 * The images whose points are furthest from their targets.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Interpretation, ofTask } from './Interpretation.js'
import type { InterpretError } from './InterpretError.js'
import { pointErrors } from './metrics/pointErrors.js'
import { topLosses } from './topLosses.js'

/**
 * An image of an interpretation, and the mean distance of its points from their targets.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface PointsDistance {
  readonly index: number
  readonly file: string | null
  /** In pixels of the original image; 0 if all of its points are missing. */
  readonly distance: number
}

/**
 * The `k` images (default: all) with the largest mean distance of points, the worst first, or with the smallest
 * (`largest: false`). Errors: `OtherTask`, and a `k` above the number of images.
 *
 * @example
 * import { interpretation, points, worstPoints } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const found = pipe(
 *   interpretation({
 *     task: points(['nose']),
 *     preds: [[10, 10], [3, 4]],
 *     targets: [[10, 11], [0, 0]],
 *     losses: [0.1, 0.4],
 *     files: ['a.png', 'b.png']
 *   }),
 *   E.chainW(worstPoints(1))
 * )
 * assert.deepStrictEqual(found, E.right([{ index: 1, file: 'b.png', distance: 5 }]))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const worstPoints =
  (k?: number, options: { readonly largest?: boolean } = {}) =>
  (i: Interpretation): E.Either<InterpretError, ReadonlyArray<PointsDistance>> =>
    pipe(
      i,
      ofTask('worstPoints', 'Points', 'use topLosses'),
      E.map(({ predictions, targets }) =>
        predictions.map((row, at) => {
          const errors = pointErrors({
            outputs: Float32Array.from(row),
            targets: Float32Array.from([targets[at]!].flat()),
            width: row.length,
            n: 1
          })
          return errors.length === 0 ? 0 : errors.reduce((sum, { distance }) => sum + distance, 0) / errors.length
        })
      ),
      E.chain((losses) => topLosses(k, options)({ ...i, losses })),
      E.map((top) => top.map(({ index, loss: distance }) => ({ index, file: i.files[index] ?? null, distance })))
    )
