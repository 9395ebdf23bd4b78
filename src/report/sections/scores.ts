/** Section 6, numbers: precision and recall of each class with intervals, curves, thresholds, and reliability. */
import {
  aucRocScore,
  type Interpretation,
  precisionRecallCurve,
  predictedClasses,
  reliability,
  type Reliability,
  rocCurve,
  thresholdCounts,
  wilsonInterval
} from '../../interpret/index.js'
import type { Block, Cell } from '../../page/index.js'
import { type ChartBlock, type ReportSection } from '../Report.js'
import { proportion, rounded, showInterval } from '../percent.js'
import { reliabilityChart, scoreCurves } from '../charts.js'

/** One class or label: scores of all images, and whether each has it and was predicted to. */
interface OneClass {
  readonly name: string
  readonly scores: ReadonlyArray<number>
  readonly targets: ReadonlyArray<0 | 1>
  readonly predicted: ReadonlyArray<boolean>
}

/** At most so many curves can be told apart. */
const curvesShown = 8

const ofClass = (i: Interpretation, threshold: number): ReadonlyArray<OneClass> => {
  const { task } = i
  if (task._tag !== 'Classification' && task._tag !== 'MultiLabel') return []
  const classes = task._tag === 'Classification' ? predictedClasses(i) : []
  const has = (k: number, c: number): 0 | 1 => {
    const target = i.targets[k]!
    return (typeof target === 'number' ? target === c : target[c] === 1) ? 1 : 0
  }
  return task.classes.map((name, c) => ({
    name,
    scores: i.predictions.map((row) => row[c]!),
    targets: i.targets.map((_, k) => has(k, c)),
    predicted: i.predictions.map((row, k) => (task._tag === 'Classification' ? classes[k] === c : row[c]! >= threshold))
  }))
}

/**
 * F1 with an interval: F1 = 2J / (1 + J), where J = found / (found + wrong + missed) is a proportion, whose Wilson interval
 * is transformed likewise.
 */
const f1Cell = (found: number, others: number): Cell => {
  const f1 = (j: number): number => (2 * j) / (1 + j)
  const { low, high } = wilsonInterval(found, found + others)
  const value = f1(found / (found + others))
  return found + others === 0
    ? null
    : { shown: `${value.toFixed(3)} (${showInterval({ low: f1(low), high: f1(high) })})`, sort: value }
}

const classRow = ({ name, scores, targets, predicted }: OneClass): ReadonlyArray<Cell> => {
  const count = (is: (k: number) => boolean): number => targets.reduce<number>((n, _, k) => (is(k) ? n + 1 : n), 0)
  const found = count((k) => predicted[k]! && targets[k] === 1)
  const all = count((k) => predicted[k]!)
  const images = count((k) => targets[k] === 1)
  return [
    name,
    images,
    proportion(found, all),
    proportion(found, images),
    f1Cell(found, all + images - 2 * found),
    rounded(images === 0 || images === targets.length ? NaN : aucRocScore(scores, targets), 3),
    rounded(precisionRecallCurve(scores, targets).averagePrecision, 3)
  ]
}

const reliabilityBlocks = (r: Reliability, what: string): ReadonlyArray<Block | ChartBlock> => [
  {
    _tag: 'Facts',
    facts: [
      [
        'calibration error',
        `${r.ece.toFixed(4)} (ECE, ${r.bins.length} bins); largest in a bin: ${r.maximum.toFixed(4)}`
      ]
    ]
  },
  {
    _tag: 'Chart',
    caption: `Reliability: ${what}; below the diagonal the model is too confident`,
    chart: reliabilityChart(r)
  },
  {
    _tag: 'Details',
    title: 'Bins of confidence',
    blocks: [
      {
        _tag: 'Table',
        caption: 'Bins of confidence',
        columns: ['confidence', 'predictions', 'mean confidence', 'right'],
        rows: r.bins.map(({ low, high, count, confidence, accuracy }) => [
          `${low.toFixed(2)} to ${high.toFixed(2)}`,
          count,
          rounded(confidence, 3),
          Number.isNaN(accuracy) ? null : proportion(Math.round(accuracy * count), count)
        ])
      }
    ]
  }
]

const reliabilityOf = (i: Interpretation): ReadonlyArray<Block | ChartBlock> => {
  if (i.task._tag === 'Classification') {
    const predicted = predictedClasses(i)
    return reliabilityBlocks(
      reliability(
        i.predictions.map((row) => Math.max(...row)),
        predicted.map((c, k) => c === i.targets[k])
      ),
      'how often predictions are right, by the probability of the predicted class'
    )
  }
  const rows = i.predictions.flat()
  const has = i.targets.flat().map((t) => t === 1)
  return reliabilityBlocks(reliability(rows, has), 'how often images have a label, by its probability')
}

export const scoresSection = (i: Interpretation, threshold = 0.5): ReportSection => {
  const all = ofClass(i, threshold)
  const isLabels = i.task._tag === 'MultiLabel'
  // with two classes, one curve is the mirror image of the other
  const curved = (i.task._tag === 'Classification' && all.length === 2 ? all.slice(1) : all).filter(
    ({ targets }) => new Set(targets).size === 2
  )
  const worst = [...curved].sort((a, b) => aucRocScore(a.scores, a.targets) - aucRocScore(b.scores, b.targets))
  const shown = worst.slice(0, curvesShown)
  const which = curved.length > shown.length ? `; the ${shown.length} with the smallest area, of ${curved.length}` : ''
  return {
    id: 'scores',
    title: 'Scores',
    blocks: [
      {
        _tag: 'Table',
        caption: `Scores of each ${isLabels ? `label, predicted from a probability of ${threshold}` : 'class'}; in brackets 95 % intervals (Wilson)`,
        columns: [isLabels ? 'label' : 'class', 'images', 'precision', 'recall', 'F1', 'ROC AUC', 'average precision'],
        rows: all.map(classRow)
      },
      ...(shown.length === 0
        ? []
        : [
            {
              _tag: 'Chart',
              caption: `ROC curves${which}`,
              chart: scoreCurves(
                { title: 'ROC', x: 'False positive rate', y: 'True positive rate', diagonal: true },
                shown.map(({ name, scores, targets }) => ({
                  name: `${name} (${aucRocScore(scores, targets).toFixed(3)})`,
                  points: rocCurve(scores, targets).map(({ fpr, tpr }) => [fpr, tpr] as const)
                }))
              )
            } as const,
            {
              _tag: 'Chart',
              caption: `Precision-recall curves${which}`,
              chart: scoreCurves(
                { title: 'Precision and recall', x: 'Recall', y: 'Precision', diagonal: false },
                shown.map(({ name, scores, targets }) => {
                  const { precision, recall, averagePrecision } = precisionRecallCurve(scores, targets)
                  return {
                    name: `${name} (${averagePrecision.toFixed(3)})`,
                    points: recall.map((r, k) => [r, precision[k]!] as const)
                  }
                })
              )
            } as const
          ]),
      ...(isLabels || all.length === 2
        ? [
            {
              _tag: 'Threshold',
              title: `Threshold of a ${isLabels ? 'label' : 'class'}`,
              labels: all.map(({ name, scores, targets }) => ({ label: name, ...thresholdCounts(scores, targets) }))
            } as const
          ]
        : []),
      ...(i.predictions.length === 0 ? [] : reliabilityOf(i))
    ]
  }
}
