import { it as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { classification, multiLabel, regression } from '../../src/data/index.js'
import { decodeMetric, encodeMetric, type MetricJson, metricSchema } from '../../src/format/index.js'
import {
  accuracy,
  accuracyThresh,
  auroc,
  balancedAccuracy,
  eqMetric,
  evaluateMetric,
  fbeta,
  fbetaScore,
  iouPerClass,
  kappaScore,
  metric,
  type MetricBatch,
  precision,
  recall,
  rocCurve,
  rootMeanSquaredError,
  showMetric,
  topKAccuracy
} from '../../src/interpret/index.js'
import { defaultMetrics } from '../../src/learn/index.js'
import { arbitrary } from '../../laws/index.js'
import { left, right } from '../io/workplace.js'

const classes = (predicted: ReadonlyArray<number>, targets: ReadonlyArray<number>, width = 3): MetricBatch => ({
  outputs: Float32Array.from(predicted.flatMap((p) => Array.from({ length: width }, (_, c) => (c === p ? 1 : 0)))),
  width,
  targets: Int32Array.from(targets),
  n: targets.length
})

const labels: MetricBatch = { outputs: Float32Array.of(1, -1), width: 2, targets: Float32Array.of(1, 0), n: 1 }

describe('a metric', () => {
  it('refuses arrays that do not fit it', () => {
    const batch = classes([0, 1], [0, 1])
    expect(left(evaluateMetric(topKAccuracy({ k: 4 }))([batch])).path).toBe('top_k_accuracy')
    expect(left(evaluateMetric(fbeta())([batch])).path).toBe('targets')
    expect(left(evaluateMetric(accuracy)([labels])).path).toBe('targets')
    expect(left(evaluateMetric(accuracy)([{ ...batch, width: 2 }])).path).toBe('outputs')
    expect(left(evaluateMetric(auroc)([classes([0], [0], 1)])).path).toBe('auroc')
  })

  it('that is user-defined and throws is an error that names it', () => {
    const broken = metric({
      name: 'broken',
      init: 0,
      step: () => {
        throw new Error('no')
      },
      done: () => 0
    })
    expect(left(evaluateMetric(broken)([labels])).path).toBe('metric broken')
  })

  it('refuses options out of their bounds', () => {
    const batch = classes([0, 1], [0, 1])
    const wrong = [topKAccuracy({ k: 0.5 }), fbetaScore({ beta: NaN }), precision({ posLabel: -1 })]
    expect(wrong.map((m) => left(evaluateMetric(m)([batch])).path)).toEqual([
      'top_k_accuracy.k',
      'f_beta.beta',
      'precision.posLabel'
    ])
    expect(left(evaluateMetric(kappaScore({ weights: 'cubic' as 'linear' }))([batch])).expected).toBe(
      'one of none, linear, quadratic'
    )
  })

  it('balances classes of unequal size, and leaves out those that do not occur', () => {
    const [first, second] = [classes([0, 0, 0, 0], [0, 0, 0, 1]), classes([1, 0], [1, 1])]
    // recalls 3/3 and 1/3; class 2 does not occur
    expect(right(evaluateMetric(balancedAccuracy)([first, second]))).toBeCloseTo((1 + 1 / 3) / 2, 12)
    expect(right(evaluateMetric(accuracy)([first, second]))).toBeCloseTo(4 / 6, 12)
    expect(right(evaluateMetric(balancedAccuracy)([]))).toBeNaN()
  })

  it('over no batch is NaN', () => {
    for (const m of [accuracy, precision(), kappaScore(), auroc, rootMeanSquaredError()])
      expect(right(evaluateMetric(m)([]))).toBeNaN()
  })

  it('is computed over an epoch, whatever its batches', () => {
    const [a, b] = [classes([0, 1, 2, 2], [0, 1, 1, 2]), classes([1, 0], [1, 2])]
    const both = classes([0, 1, 2, 2, 1, 0], [0, 1, 1, 2, 1, 2])
    for (const m of [accuracy, precision(), recall({ average: 'weighted' }), fbetaScore(), kappaScore()])
      expect(right(evaluateMetric(m)([a, b]))).toBeCloseTo(right(evaluateMetric(m)([both])), 12)
  })

  it('is chosen by the task', () => {
    const names = [classification(['a', 'b']), multiLabel(['a']), regression(2)].map((task) =>
      defaultMetrics(task).map(({ name }) => name)
    )
    expect(names).toEqual([['accuracy'], ['accuracy_thresh', 'fbeta'], ['root_mean_squared_error']])
  })
})

describe('where fastai 1 has a bug', () => {
  it('has a precision of 0, not NaN, for a class that is never predicted', () => {
    const batch = classes([0, 0, 1], [0, 0, 1])
    expect(right(evaluateMetric(precision({ average: 'weighted' }))([batch]))).toBe(1)
    expect(right(evaluateMetric(recall({ average: 'class', posLabel: 2 }))([batch]))).toBe(0)
  })
})

describe('a ROC curve', () => {
  it('is NaN without negatives, and has one point for equal scores', () => {
    expect(rocCurve([0.5, 0.5], [1, 1])).toEqual([
      { fpr: NaN, tpr: 0 },
      { fpr: NaN, tpr: 1 }
    ])
    expect(rocCurve([0.5, 0.5], [1, 0])).toHaveLength(2)
  })
})

describe('a metric as JSON', () => {
  property.prop([arbitrary.jsonOf(metricSchema)], { numRuns: 100 })('is read again', (json: MetricJson) => {
    const m = right(decodeMetric(json))
    const again = right(decodeMetric(JSON.parse(JSON.stringify(right(encodeMetric(m))))))
    expect(eqMetric.equals(again, m)).toBe(true)
  })

  it('is its name alone if all options are defaults', () => {
    expect([accuracy, accuracyThresh({ thresh: 0.5 })].map(encodeMetric)).toEqual(
      ['accuracy', 'accuracyThresh'].map((word) => E.right(word))
    )
    expect([accuracy, topKAccuracy({ k: 2 })].map(showMetric.show)).toEqual(['accuracy', 'topKAccuracy({ k: 2 })'])
  })

  it('is refused when it is user-defined', () => {
    const mine = metric({ name: 'mine', init: 0, step: () => 0, done: () => 0 })
    expect(left(encodeMetric(mine))[0]).toMatchObject({ _tag: 'OpaqueFunction', path: 'metric' })
    expect(eqMetric.equals(mine, mine)).toBe(true)
    expect(eqMetric.equals(iouPerClass(['a', 'b'])[0]!, mine)).toBe(false)
  })

  it('also describes each metric of iouPerClass', () => {
    const [sky, road] = iouPerClass(['sky', 'road'])
    expect(right(encodeMetric(road!))).toEqual({ iouOfClass: { codes: ['sky', 'road'], code: 'road' } })
    expect(eqMetric.equals(right(decodeMetric(right(encodeMetric(sky!)))), sky!)).toBe(true)
    expect([sky, road].map((m) => m!.name)).toEqual(['iou_sky', 'iou_road'])
  })
})
