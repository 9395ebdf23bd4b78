import { describe, expect, it } from 'vitest'
import {
  aucRocScore,
  precisionRecallCurve,
  reliability,
  rocCurve,
  thresholdCounts,
  wilsonInterval
} from '../../src/interpret/index.js'
// scikit.py records these
import scikit from './scikit.json' with { type: 'json' }

const n = 60
const scores = Array.from({ length: n }, (_, i) => ((i * 37) % 23) / 23)
const actual = Array.from({ length: n }, (_, i) => ((i * 53) % 17) + ((i * 37) % 23) / 3 > 12)

const targets = actual.map(Number)

const expectClose = (ours: readonly number[], theirs: readonly number[]): void => {
  expect(ours).toHaveLength(theirs.length)
  theirs.forEach((value, k) => expect(ours[k]).toBeCloseTo(value, 12))
}

describe('a ROC curve', () => {
  it("has scikit-learn's points and area, with ties", () => {
    const curve = rocCurve(scores, targets)
    expectClose(
      curve.map(({ fpr }) => fpr),
      scikit.fpr
    )
    expectClose(
      curve.map(({ tpr }) => tpr),
      scikit.tpr
    )
    expect(aucRocScore(scores, targets)).toBeCloseTo(scikit.auc, 12)
  })
})

describe('a precision-recall curve', () => {
  it("has scikit-learn's points and average precision, with ties", () => {
    const { precision, recall, averagePrecision } = precisionRecallCurve(scores, targets)
    // scikit-learn's curve may begin before full recall is lost
    expectClose(precision, scikit.precision)
    expectClose(recall, scikit.recall)
    expect(averagePrecision).toBeCloseTo(scikit.average_precision, 12)
  })

  it('has no average precision without positives', () => {
    expect(precisionRecallCurve([0.1, 0.2], [0, 0]).averagePrecision).toBeNaN()
  })
})

describe('reliability', () => {
  it("has the filled bins of scikit-learn's calibration curve", () => {
    // scikit-learn puts an edge into the bin above it: scores away from edges agree
    const { bins, ece, maximum } = reliability(scores, actual, { bins: 10 })
    const filled = bins.filter(({ count }) => count > 0)
    expectClose(
      filled.map(({ accuracy }) => accuracy),
      scikit.accuracies
    )
    expectClose(
      filled.map(({ confidence }) => confidence),
      scikit.confidences
    )
    const distances = filled.map(({ accuracy, confidence }) => Math.abs(accuracy - confidence))
    expect(maximum).toBe(Math.max(...distances))
    expect(ece).toBeCloseTo(distances.reduce((sum, d, k) => sum + d * filled[k]!.count, 0) / n, 12)
  })

  it('is 0 if every confidence is as often right as it says, and 1 if certainty is always wrong', () => {
    expect(reliability([0.5, 0.5], [true, false]).ece).toBe(0)
    expect(reliability([1, 1], [false, false]).ece).toBe(1)
  })

  it('counts every prediction in one bin, also 0 and 1', () => {
    const { bins } = reliability([0, 0.2, 0.4, 1], [true, true, true, true], { bins: 5 })
    expect(bins.map(({ count }) => count)).toEqual([2, 1, 0, 0, 1])
  })
})

describe('a Wilson interval', () => {
  it.each(scikit.wilson)("of %d in %d is statsmodels'", (hits, trials, low, high) => {
    const interval = wilsonInterval(hits, trials)
    expect(interval.low).toBeCloseTo(low, 12)
    expect(interval.high).toBeCloseTo(high, 12)
  })

  it('is everything without trials', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 })
  })
})

describe('counts at thresholds', () => {
  it('agree with the precision-recall curve where the thresholds do', () => {
    const { found, wrong } = thresholdCounts(scores, targets, { steps: 23 })
    const curve = precisionRecallCurve(scores, targets)
    // k / 23 is the score of rank 22 - k
    Array.from({ length: 23 }, (_, k) =>
      expect(found[k]! / (found[k]! + wrong[k]!)).toBeCloseTo(curve.precision[22 - k]!, 12)
    )
  })

  it('add up to all positives at every threshold', () => {
    const { found, missed } = thresholdCounts(scores, targets)
    expect(new Set(found.map((count, k) => count + missed[k]!))).toEqual(new Set([actual.filter((is) => is).length]))
  })
})
