/** Labels that are most likely wrong, by classifiers on the features of a network that were not trained on the image. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { foldsOf, type Finding, suspectFindings } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { confidentLearning, fitLogistic, logisticProbabilities } from '../../interpret/index.js'
import { breathe } from '../loop/evaluation.js'
import type { Embeddings } from '../predicting/embed.js'

/** The folds of the images. */
export interface SuspectsOptions {
  /** Number of folds, at least 2; fewer if a class has fewer images. */
  readonly folds: number
  readonly seed: number
}

/** Features with mean 0 and variance 1 over the images to train on; constant ones stay 0. */
const standardised = (features: Embeddings['features'], from: ReadonlyArray<number>): ReadonlyArray<Float64Array> => {
  const width = features[0]?.length ?? 0
  const [mean, scale] = [new Float64Array(width), new Float64Array(width)]
  for (const i of from) for (let f = 0; f < width; f++) mean[f]! += features[i]![f]! / from.length
  for (const i of from) for (let f = 0; f < width; f++) scale[f]! += (features[i]![f]! - mean[f]!) ** 2 / from.length
  for (let f = 0; f < width; f++) scale[f] = scale[f]! > 0 ? 1 / Math.sqrt(scale[f]!) : 0
  return features.map((row) => Float64Array.from(row, (value, f) => (value - mean[f]!) * scale[f]!))
}

/** The strength of the penalty: features are many and correlated, and some labels are wrong. */
const c = 0.01

/** Of few images, the division into folds matters: the probabilities are means over several of them. */
const [few, repeats] = [5000, 5]

/** The probabilities of each image by a classifier that was trained on the other folds. */
const outOfFold = async (
  features: Embeddings['features'],
  labels: ReadonlyArray<number>,
  classes: number,
  folds: ReadonlyArray<number>
): Promise<ReadonlyArray<ReadonlyArray<number>>> => {
  const probabilities: Array<ReadonlyArray<number>> = labels.map(() => [])
  for (const fold of new Set(folds)) {
    const positions = (such: (fold: number) => boolean) => folds.flatMap((its, i) => (such(its) ? [i] : []))
    const [train, held] = [positions((its) => its !== fold), positions((its) => its === fold)]
    const x = standardised(features, train)
    const fitted = fitLogistic(
      train.map((i) => x[i]!),
      train.map((i) => labels[i]!),
      classes,
      { c }
    )
    const predicted = logisticProbabilities(fitted)(held.map((i) => x[i]!))
    held.forEach((i, k) => (probabilities[i] = predicted[k]!))
    await breathe()
  }
  return probabilities
}

/**
 * A logistic regression on the features of all folds but one predicts that one; confident learning compares the
 * probabilities with the labels. Most doubtful first; no finding if no label is.
 */
export const labelSuspects = async (
  { features, files, targets }: Embeddings,
  classes: ReadonlyArray<string>,
  { folds, seed }: SuspectsOptions
): Promise<E.Either<GraftError, ReadonlyArray<Finding>>> => {
  const labels = targets.map(Number)
  const least = Math.min(...classes.map((_, k) => labels.filter((label) => label === k).length))
  const k = Math.max(2, Math.min(folds, least))
  const strata = labels.map((label) => classes[label]!)
  const once = (repeat: number) =>
    outOfFold(features, labels, classes.length, foldsOf({ k, strata, groups: null, seed: seed + repeat }))
  let probabilities = await once(0)
  for (let repeat = 1; repeat < (labels.length <= few ? repeats : 1); repeat++) {
    const next = await once(repeat)
    probabilities = probabilities.map((row, i) => row.map((p, j) => (repeat * p + next[i]![j]!) / (repeat + 1)))
  }
  return pipe(
    confidentLearning(labels, probabilities),
    E.map(({ suspects }) =>
      suspectFindings(
        suspects.map(({ index, given, suggested }) => ({
          file: files[index]!,
          given: classes[given]!,
          suggested: classes[suggested]!,
          p: [probabilities[index]![given]!, probabilities[index]![suggested]!]
        }))
      )
    )
  )
}
