/** Laws of interpretations, for any predictions, including NaN losses, ties and empty sets. */
import type * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import {
  classScores,
  confusionMatrix,
  type InterpretError,
  interpretation,
  type Interpretation,
  labelScores,
  misclassified,
  mostConfused,
  predictedClasses,
  topLosses
} from '../src/interpret/index.js'
import { classification } from '../src/data/index.js'
import { interpretations } from './arbitrary/interpretations.js'
import { equal, holds, refused, succeeded } from './claim.js'
import { type Law, law } from './Law.js'

const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)

const namesOf = ({ task }: Interpretation): ReadonlyArray<string> =>
  task._tag === 'Classification' || task._tag === 'MultiLabel' ? task.classes : []

const oneClass = interpretations('Classification')
const anyKind = fc.oneof(oneClass, interpretations('MultiLabel'))

/** Whether losses are in descending order; NaN is larger than any number. */
const descends = (losses: ReadonlyArray<number>): boolean =>
  losses.every((loss, i) => i === 0 || Number.isNaN(losses[i - 1]) || losses[i - 1]! >= loss)

const confusion: ReadonlyArray<Law> = [
  law(
    'has a confusion matrix whose rows sum to the class counts',
    fc.property(oneClass, (i) => {
      const counts = namesOf(i).map((_, c) => i.targets.filter((t) => t === c).length)
      equal(succeeded(confusionMatrix(i), 'a matrix').map(sum), counts, 'the sums of rows')
    })
  ),
  law(
    'has a confusion matrix whose columns sum to the prediction counts',
    fc.property(oneClass, (i) => {
      const matrix = succeeded(confusionMatrix(i), 'a matrix')
      const predicted = predictedClasses(i)
      const counts = namesOf(i).map((_, c) => predicted.filter((p) => p === c).length)
      equal(
        matrix.map((_, c) => sum(matrix.map((row) => row[c]!))),
        counts,
        'the sums of columns'
      )
    })
  ),
  law(
    'counts as many confusions as wrong predictions',
    fc.property(oneClass, (i) => {
      const predicted = predictedClasses(i)
      const wrong = i.targets.filter((t, k) => t !== predicted[k]).length
      const confused = succeeded(mostConfused()(i), 'confused classes').map(({ count }) => count)
      equal(sum(confused), wrong, 'confused images')
      holds(descends(confused), 'the most often confused come first')
    })
  ),
  law(
    'scores every class in [0, 1] and counts each image once',
    fc.property(oneClass, (i) => {
      const scores = succeeded(classScores(i), 'scores')
      equal(
        scores.map((s) => s.class),
        namesOf(i),
        'the classes'
      )
      holds(
        scores.every(({ precision, recall, f1 }) => [precision, recall, f1].every((s) => s >= 0 && s <= 1)),
        'scores are shares'
      )
      equal(sum(scores.map(({ support }) => support)), i.targets.length, 'images in all')
    })
  )
]

const labels: ReadonlyArray<Law> = [
  law(
    'scores a label as a problem of two classes',
    fc.property(interpretations('MultiLabel'), fc.constantFrom(0, 0.25, 0.5, 1), (i, thresh) => {
      const scores = succeeded(labelScores({ thresh })(i), 'scores')
      namesOf(i).forEach((name, c) => {
        const preds = i.predictions.map((row) => [Number(row[c]! >= thresh), 0.5])
        const targets = i.targets.map((row) => 1 - (row as ReadonlyArray<number>)[c]!)
        const task = classification(['there', 'not'])
        const alone = succeeded(interpretation({ task, preds, targets, losses: i.losses }), 'one label')
        equal(scores[c], { ...succeeded(classScores(alone), 'its scores')[0], class: name }, `scores of ${name}`)
      })
    })
  )
]

const losses: ReadonlyArray<Law> = [
  law(
    'sorts top losses by size, NaN as the largest, ties in their order',
    fc.property(anyKind, (i) => {
      const top = succeeded(topLosses()(i), 'losses')
      holds(descends(top.map(({ loss }) => loss)), 'largest first')
      holds(
        top.every(({ index, loss }, k) => k === 0 || !Object.is(top[k - 1]!.loss, loss) || top[k - 1]!.index < index),
        'ties keep their order'
      )
      const back = succeeded(topLosses(undefined, { largest: false })(i), 'losses').map(({ loss }) => loss)
      holds(descends(back.reverse()), 'smallest first')
    })
  ),
  law(
    'returns k losses, and refuses a k above their number',
    fc.property(anyKind, fc.nat({ max: 12 }), (i, k) => {
      const n = i.losses.length
      if (k > n) equal(refused(topLosses(k)(i), 'k above n').path, 'k', 'the path')
      else equal(succeeded(topLosses(k)(i), 'k'), succeeded(topLosses()(i), 'all').slice(0, k), 'the first k')
    })
  ),
  law(
    'misclassifies an image exactly when its most probable class is not among its labels',
    fc.property(interpretations('MultiLabel'), (i) => {
      const missed = succeeded(misclassified(i), 'missed images')
      const first = predictedClasses(i)
      const expected = i.targets.flatMap((t, k) => ((t as ReadonlyArray<number>)[first[k]!] === 1 ? [] : [k]))
      equal(
        missed.map(({ index }) => index).sort((a, b) => a - b),
        expected,
        'the missed images'
      )
      holds(descends(missed.map(({ loss }) => loss)), 'largest loss first')
    })
  ),
  law(
    'refuses functions for the other kind of task',
    fc.property(anyKind, (i) => {
      const [own, other]: ReadonlyArray<E.Either<InterpretError, unknown>> =
        i.task._tag === 'MultiLabel' ? [misclassified(i), confusionMatrix(i)] : [confusionMatrix(i), misclassified(i)]
      succeeded(own!, 'its own question')
      equal(refused(other!, "the other's question")._tag, 'OtherTask', 'the error')
    })
  )
]

/**
 * The laws of every interpretation of a classification or a multi-label task, including empty ones.
 *
 * @example
 * import { interpretationLaws } from 'graft-vision/laws'
 *
 * for (const law of interpretationLaws()) law.check({ numRuns: 10, seed: 1 })
 *
 * @category laws
 * @since 0.1.0
 */
export const interpretationLaws = (): ReadonlyArray<Law> => [...confusion, ...labels, ...losses]
