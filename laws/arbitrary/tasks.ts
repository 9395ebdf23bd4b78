import * as fc from 'fast-check'
import {
  classification,
  imageRegression,
  multiLabel,
  points,
  regression,
  segmentation,
  type Task
} from '../../src/data/index.js'

/** Different names; at least one, so that shrinking ends in a single class. */
export const classNames: fc.Arbitrary<ReadonlyArray<string>> = fc.uniqueArray(
  fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
  { minLength: 1, maxLength: 5 }
)

const byTag: { readonly [T in Task['_tag']]: fc.Arbitrary<Task> } = {
  Classification: classNames.map(classification),
  MultiLabel: classNames.map(multiLabel),
  Regression: fc.integer({ min: 1, max: 5 }).map((n) => regression(n)),
  Segmentation: classNames.map(segmentation),
  ImageRegression: fc.constantFrom(1, 3).map((n) => imageRegression(n)),
  Points: fc
    .tuple(classNames, fc.boolean())
    .map(([names, swaps]) => points(names, { swap: swaps && names.length > 1 ? [[names[0]!, names[1]!]] : [] }))
}

/**
 * Every kind of task.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const tasks: fc.Arbitrary<Task> = fc.oneof(...Object.values(byTag))

/**
 * Tasks with one answer for an image, which heads that pool can be put on.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const imageTasks: fc.Arbitrary<Task> = fc.oneof(
  byTag.Classification,
  byTag.MultiLabel,
  byTag.Regression,
  byTag.Points
)

/**
 * Tasks with an answer for each pixel, which a U-Net has.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const pictureTasks: fc.Arbitrary<Task> = fc.oneof(byTag.Segmentation, byTag.Regression)
