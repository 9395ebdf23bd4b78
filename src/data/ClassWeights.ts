/**
 * `ClassWeights`: how much each class counts in the loss, as numbers or by a rule from the training images.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { badSpec, type DataError, emptyClass, someOf } from './DataError.js'
import type { DataItem } from './settle.js'
import { classesOf, type Task } from './Task.js'

/**
 * Weights of classes. `balanced`: n/(k·n_c) for n training images of k classes, n_c of them of class c (scikit-learn's
 * `compute_class_weight`). `effective`: by the effective number of images, (1−β)/(1−β^n_c), scaled so that the weights
 * add up to k (Cui et al. 2019); β is 0.999, or as given. Or numbers, in the order of the classes.
 *
 * For labels, of which an image has any number, it is the factor of the loss where a label is present: `balanced` is
 * the images without it, divided by those with it; `effective` divides effective numbers.
 *
 * @category data
 * @since 0.1.0
 */
export type ClassWeights = 'balanced' | 'effective' | { readonly effective: number } | ReadonlyArray<number>

/** Cui et al. try 0.9 to 0.9999; small data sets need the smaller ones. */
export const defaultBeta = 0.999

/** Images of each class, or with each label; empty for other tasks. */
export const countsPerClass = (task: Task, items: ReadonlyArray<Pick<DataItem, 'target'>>): ReadonlyArray<number> => {
  if (task._tag !== 'Classification' && task._tag !== 'MultiLabel') return []
  const counts = classesOf(task).map(() => 0)
  for (const { target } of items)
    if (typeof target === 'number') counts[target]!++
    else for (const [i, bit] of target.entries()) counts[i]! += bit
  return counts
}

/** (1 − β^n)/(1 − β); n for β = 1 in the limit, which is not allowed. */
const effectiveNumber = (beta: number, n: number): number => (1 - beta ** n) / (1 - beta)

const ofClasses = (counts: ReadonlyArray<number>, beta: number | null): ReadonlyArray<number> => {
  const k = counts.length
  if (beta === null) {
    const n = counts.reduce((a, b) => a + b, 0)
    return counts.map((count) => n / (k * count))
  }
  const raw = counts.map((count) => 1 / effectiveNumber(beta, count))
  const sum = raw.reduce((a, b) => a + b, 0)
  return raw.map((weight) => (weight * k) / sum)
}

const ofLabels = (counts: ReadonlyArray<number>, images: number, beta: number | null): ReadonlyArray<number> =>
  counts.map((count) =>
    beta === null ? (images - count) / count : effectiveNumber(beta, images - count) / effectiveNumber(beta, count)
  )

const isNumbers = (weights: ClassWeights): weights is ReadonlyArray<number> => Array.isArray(weights)

const betaOf = (weights: Exclude<ClassWeights, ReadonlyArray<number>>): number | null =>
  weights === 'balanced' ? null : weights === 'effective' ? defaultBeta : weights.effective

/**
 * The weights of a task's classes, from its training images. Errors: `BadSpec` for a β outside [0, 1), for a number of
 * weights that is not that of the classes, and for tasks without classes of images; `EmptyClass` for a label that no
 * image has, or every one.
 *
 * @example
 * import { classification } from 'graft-vision'
 * import { classWeightsOf } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const items = [0, 0, 0, 1].map((target) => ({ target }))
 * assert.deepStrictEqual(classWeightsOf('balanced')(classification(['ant', 'bee']), items), E.right([4 / 6, 2]))
 *
 * @since 0.1.0
 */
export const classWeightsOf =
  (weights: ClassWeights) =>
  (task: Task, items: ReadonlyArray<Pick<DataItem, 'target'>>): E.Either<DataError, ReadonlyArray<number>> => {
    const wrong = (expected: string, found: string, hint: string): E.Either<DataError, never> =>
      E.left(badSpec('classWeights', expected, found, hint))
    const classes = classesOf(task)
    if (isNumbers(weights))
      return weights.length === classes.length && weights.every((w) => Number.isFinite(w) && w >= 0)
        ? E.right(weights)
        : wrong(`${classes.length} numbers from 0, one per class`, `[${weights.join(', ')}]`, 'pass one for each class')
    const beta = betaOf(weights)
    if (beta !== null && !(beta >= 0 && beta < 1))
      return wrong('a β in [0, 1)', String(beta), 'use { effective: 0.999 }')
    if (task._tag !== 'Classification' && task._tag !== 'MultiLabel')
      return wrong(
        'a task with classes of images, which can be counted',
        task._tag,
        task._tag === 'Segmentation' ? 'pass numbers, one for each class' : 'leave it out'
      )
    const counts = countsPerClass(task, items)
    const all = task._tag === 'MultiLabel' ? items.length : Infinity
    const without = classes.filter((_, i) => counts[i] === 0 || counts[i] === all)
    if (without.length > 0)
      return E.left(
        emptyClass(
          'classWeights',
          task._tag === 'MultiLabel' ? 'training images with and without each label' : 'training images of each class',
          `only one kind for ${someOf(without)}`,
          'pass numbers, or leave the class out'
        )
      )
    return E.right(task._tag === 'MultiLabel' ? ofLabels(counts, items.length, beta) : ofClasses(counts, beta))
  }

/**
 * Weights by class, to four digits: `ants 1.25, bees 0.8333`. If there are many classes, only the first are listed.
 *
 * @example
 * import { showClassWeights } from './index.js'
 *
 * assert.strictEqual(showClassWeights(['ant', 'bee'], [2 / 3, 2]), 'ant 0.6667, bee 2')
 *
 * @since 0.1.0
 */
export const showClassWeights = (classes: ReadonlyArray<string>, weights: ReadonlyArray<number>): string =>
  someOf(
    weights.map((weight, i) => `${classes[i] ?? i} ${Number(weight.toPrecision(4))}`),
    10
  )
