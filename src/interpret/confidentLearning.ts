/**
 * Confident learning: which labels are most likely wrong, from out-of-fold probabilities (Northcutt, Jiang and Chuang,
 * Confident Learning: Estimating Uncertainty in Dataset Labels, 2021). The numbers are those of cleanlab.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { type InterpretError, interpretationError } from './InterpretError.js'

/**
 * A label that is most likely wrong.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface LabelSuspect {
  /** Its position in the labels. */
  readonly index: number
  readonly given: number
  /** The class that the image most likely has. */
  readonly suggested: number
  /** The normalised margin, in [0, 1]: the probability of the given class less the largest other one, plus 1, halved. */
  readonly score: number
}

/**
 * The result of confident learning.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface ConfidentLearning {
  /** For each class, the mean probability of it among images with its label. */
  readonly thresholds: ReadonlyArray<number>
  /** The confident joint: images by given label (rows) and by the class of which they are confident (columns). */
  readonly joint: ReadonlyArray<ReadonlyArray<number>>
  /** Images off the diagonal of the joint, whose most probable class is not the given one; lowest score first. */
  readonly suspects: ReadonlyArray<LabelSuspect>
}

/** Probabilities this close to a threshold reach it, as in cleanlab. */
const tolerance = 1e-6

/** The index of the largest value; the first of equal ones. */
const largest = (row: ReadonlyArray<number>): number => row.reduce((best, p, k) => (p > row[best]! ? k : best), 0)

/**
 * The normalised margin of each image, in [0, 1]: the lower, the more doubtful its label.
 *
 * @example
 * import { normalisedMargins } from './index.js'
 *
 * assert.deepStrictEqual(normalisedMargins([0, 0], [[0.75, 0.25], [0.25, 0.75]]), [0.75, 0.25])
 *
 * @since 0.1.0
 */
export const normalisedMargins = (
  labels: ReadonlyArray<number>,
  probabilities: ReadonlyArray<ReadonlyArray<number>>
): ReadonlyArray<number> =>
  labels.map((label, i) => {
    const row = probabilities[i]!
    const other = row.reduce((most, p, k) => (k === label ? most : Math.max(most, p)), 0)
    return (row[label]! - other + 1) / 2
  })

const thresholdsOf = (
  labels: ReadonlyArray<number>,
  probabilities: ReadonlyArray<ReadonlyArray<number>>,
  classes: number
): ReadonlyArray<number> => {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)]
  labels.forEach((label, i) => {
    sums[label]! += probabilities[i]![label]!
    counts[label]! += 1
  })
  // a class without images has a threshold that no probability reaches
  return Array.from(sums, (sum, k) => (counts[k] === 0 ? Infinity : sum / counts[k]!))
}

/** The class of which an image is confident; of several, the most probable one; undefined: of none. */
const confidentClass = (row: ReadonlyArray<number>, thresholds: ReadonlyArray<number>): number | undefined => {
  const reached = row.flatMap((p, k) => (p >= thresholds[k]! - tolerance ? [k] : []))
  return reached.length > 1 ? largest(row) : reached[0]
}

/**
 * Finds labels that are most likely wrong. `labels` are class indices; `probabilities` has a row for each, predicted by a
 * classifier that was not trained on the image. Errors: `InterpretationError` for rows of different lengths, other numbers
 * of labels and rows, or labels that are no class.
 *
 * @example
 * import { confidentLearning } from 'graft-vision'
 *
 * const probabilities = [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.1, 0.9], [0.05, 0.95]]
 * const found = confidentLearning([0, 0, 1, 1, 0], probabilities)
 * assert.deepStrictEqual(found._tag === 'Right' && found.right.suspects.map(({ index, suggested }) => [index, suggested]), [[4, 1]])
 *
 * @category interpretation
 * @since 0.1.0
 */
export const confidentLearning = (
  labels: ReadonlyArray<number>,
  probabilities: ReadonlyArray<ReadonlyArray<number>>
): E.Either<InterpretError, ConfidentLearning> => {
  const classes = probabilities[0]?.length ?? 0
  const wrong = (path: string, expected: string, found: string): E.Either<InterpretError, never> =>
    E.left(interpretationError(path, expected, found, 'pass the label and the probabilities of each image'))
  if (labels.length !== probabilities.length)
    return wrong('labels', `${probabilities.length} labels, one per row`, `${labels.length}`)
  const ragged = probabilities.findIndex((row) => row.length !== classes || !row.every(Number.isFinite))
  if (ragged >= 0)
    return wrong(`probabilities[${ragged}]`, `${classes} numbers`, `[${probabilities[ragged]!.join(', ')}]`)
  const unknown = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes))
  if (unknown >= 0) return wrong(`labels[${unknown}]`, `a class from 0 to ${classes - 1}`, String(labels[unknown]))
  const thresholds = thresholdsOf(labels, probabilities, classes)
  const margins = normalisedMargins(labels, probabilities)
  const counts = thresholds.map(() => thresholds.map(() => 0))
  const suspects: Array<LabelSuspect> = []
  labels.forEach((given, index) => {
    const row = probabilities[index]!
    const suggested = confidentClass(row, thresholds)
    if (suggested === undefined) return
    counts[given]![suggested]! += 1
    if (suggested !== given && largest(row) !== given)
      suspects.push({ index, given, suggested, score: margins[index]! })
  })
  // as in cleanlab, each class has at least one image that is labelled right
  counts.forEach((row, k) => (row[k] = Math.max(1, row[k]!)))
  return E.right({
    thresholds,
    joint: counts,
    suspects: suspects.sort((a, b) => a.score - b.score || a.index - b.index)
  })
}
