/**
 * Metrics computed from the confusion matrix of a whole epoch.
 *
 * @since 0.1.0
 */
import { argMax } from './argMax.js'
import type { ConfusionMatrix } from './confusion.js'
import { madeBy, metric, type Metric, type MetricBatch } from './Metric.js'

const counted = (matrix: ConfusionMatrix, { outputs, width, targets, n }: MetricBatch): ConfusionMatrix => {
  const next = Array.from({ length: width }, (_, a) => Array.from({ length: width }, (_, p) => matrix[a]?.[p] ?? 0))
  for (let i = 0; i < n; i++) if (targets[i]! >= 0) next[targets[i]!]![argMax(outputs, i * width, width)]!++
  return next
}

const overMatrix = (name: string, done: (matrix: ConfusionMatrix) => number): Metric =>
  metric<ConfusionMatrix>({
    name,
    targets: 'classes',
    init: [],
    step: counted,
    done: (matrix) => (matrix.length === 0 ? NaN : done(matrix))
  })

const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)
const rowSums = (matrix: ConfusionMatrix): ReadonlyArray<number> => matrix.map(sum)
const columnSums = (matrix: ConfusionMatrix): ReadonlyArray<number> =>
  matrix.map((_, p) => sum(matrix.map((row) => row[p]!)))
const diagonal = (matrix: ConfusionMatrix): ReadonlyArray<number> => matrix.map((row, c) => row[c]!)
const dot = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => sum(a.map((x, i) => x * b[i]!))

/** Division by 0 gives 0, as in scikit-learn. */
const shares = (parts: ReadonlyArray<number>, wholes: ReadonlyArray<number>): ReadonlyArray<number> =>
  parts.map((part, c) => (wholes[c] === 0 ? 0 : part / wholes[c]!))

const precisions = (matrix: ConfusionMatrix): ReadonlyArray<number> => shares(diagonal(matrix), columnSums(matrix))
const recalls = (matrix: ConfusionMatrix): ReadonlyArray<number> => shares(diagonal(matrix), rowSums(matrix))

/**
 * How scores of classes are averaged. `binary`: the score of `posLabel` for two classes, `macro` for more. `class`: the
 * score of `posLabel`, for any number of classes. `micro`: over all samples. `macro`: the mean over classes.
 * `weighted`: the mean weighted by class frequency.
 *
 * @category metrics
 * @since 0.1.0
 */
export interface Averaged {
  /** Default 'binary'. */
  readonly average?: 'binary' | 'class' | 'micro' | 'macro' | 'weighted'
  /** A class index; default 1. */
  readonly posLabel?: number
}

type Scores = (matrix: ConfusionMatrix) => ReadonlyArray<number>

/** With micro averaging, every score is the fraction of correct samples. */
const averaging =
  (average: NonNullable<Averaged['average']>, posLabel: number, scores: Scores) =>
  (matrix: ConfusionMatrix): number => {
    const [each, there] = [scores(matrix), rowSums(matrix)]
    const how = average !== 'binary' ? average : each.length === 2 ? 'class' : 'macro'
    switch (how) {
      case 'class':
        return each[posLabel] ?? NaN
      case 'micro':
        return sum(diagonal(matrix)) / sum(there)
      case 'macro':
        return sum(each) / each.length
      case 'weighted':
        return dot(each, there) / sum(there)
    }
  }

const scoring = (word: string, name: string, scores: Scores, { average = 'binary', posLabel = 1 }: Averaged) =>
  madeBy(word, { average, posLabel })(overMatrix(name, averaging(average, posLabel, scores)))

/**
 * Precision: the fraction of predictions of a class that are right; 0 for a class that is never predicted (NaN in
 * fastai's `Precision`).
 *
 * @example
 * import { evaluateMetric, precision } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(precision())([batch]), { _tag: 'Right', right: 0.5 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const precision = (options: Averaged = {}): Metric => scoring('precision', 'precision', precisions, options)

/**
 * Recall: the fraction of a class that is predicted; 0 for a class without samples (NaN in fastai's `Recall`).
 *
 * @example
 * import { evaluateMetric, recall } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(recall())([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const recall = (options: Averaged = {}): Metric => scoring('recall', 'recall', recalls, options)

/**
 * F-β: (1 + β²)·precision·recall/(β²·precision + recall), for one class per row; β is 2 (fastai's `FBeta`).
 *
 * @example
 * import { evaluateMetric, fbetaScore } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const batch = { outputs: new Float32Array([0, 1, 0, 1]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * const f1 = evaluateMetric(fbetaScore({ beta: 1 }))([batch])
 * assert.ok(E.isRight(f1) && Math.abs(f1.right - 2 / 3) < 1e-12)
 *
 * @category metrics
 * @since 0.1.0
 */
export const fbetaScore = ({
  beta = 2,
  average = 'binary',
  posLabel = 1
}: Averaged & { readonly beta?: number } = {}): Metric => {
  const scores: Scores = (matrix) => {
    const [p, r] = [precisions(matrix), recalls(matrix)]
    return shares(
      p.map((x, c) => (1 + beta ** 2) * x * r[c]!),
      p.map((x, c) => beta ** 2 * x + r[c]!)
    )
  }
  return madeBy('fbetaScore', { beta, average, posLabel })(overMatrix('f_beta', averaging(average, posLabel, scores)))
}

const distances = {
  none: (a: number, p: number) => (a === p ? 0 : 1),
  linear: (a: number, p: number) => Math.abs(a - p),
  quadratic: (a: number, p: number) => (a - p) ** 2
} as const

/**
 * Cohen's kappa: 1 − observed disagreement / disagreement by chance. Disagreements may be weighted by the distance of
 * the classes (fastai's `KappaScore`).
 *
 * @example
 * import { evaluateMetric, kappaScore } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 1, 0]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(kappaScore())([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const kappaScore = ({ weights = 'none' }: { readonly weights?: keyof typeof distances } = {}): Metric =>
  madeBy('kappaScore', { weights })(
    overMatrix('kappa_score', (matrix) => {
      const [there, taken] = [rowSums(matrix), columnSums(matrix)]
      const [weigh, n] = [distances[weights], sum(there)]
      const weighed = (cell: (a: number, p: number) => number): number =>
        sum(matrix.flatMap((row, a) => row.map((_, p) => weigh(a, p) * cell(a, p))))
      return 1 - weighed((a, p) => matrix[a]![p]!) / weighed((a, p) => (there[a]! * taken[p]!) / n)
    })
  )

/**
 * Matthews correlation coefficient of predictions and targets, in [−1, 1] (fastai's `MatthewsCorreff`); NaN if either
 * is constant.
 *
 * @example
 * import { evaluateMetric, matthewsCorrcoef } from 'graft-vision'
 *
 * const batch = { outputs: new Float32Array([0, 1, 1, 0]), width: 2, targets: new Int32Array([1, 0]), n: 2 }
 * assert.deepStrictEqual(evaluateMetric(matthewsCorrcoef)([batch]), { _tag: 'Right', right: 1 })
 *
 * @category metrics
 * @since 0.1.0
 */
export const matthewsCorrcoef: Metric = /*#__PURE__*/ madeBy('matthewsCorrcoef')(
  /*#__PURE__*/ overMatrix('matthews_corrcoef', (matrix) => {
    const [there, taken] = [rowSums(matrix), columnSums(matrix)]
    const n = sum(there)
    const spread = (counts: ReadonlyArray<number>): number => n ** 2 - dot(counts, counts)
    return (sum(diagonal(matrix)) * n - dot(there, taken)) / Math.sqrt(spread(there) * spread(taken))
  })
)
