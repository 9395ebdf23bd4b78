/**
 * The records of all metrics, by the name of their constructor. A new metric is its file and a line here.
 *
 * @since 0.1.0
 */
import type { Metric } from '../Metric.js'
import { accuracyRecord } from './accuracy.js'
import { accuracyThreshRecord } from './accuracyThresh.js'
import { aurocRecord } from './auroc.js'
import { balancedAccuracyRecord } from './balancedAccuracy.js'
import { diceRecord } from './dice.js'
import { errorRateRecord } from './errorRate.js'
import { explainedVarianceRecord } from './explainedVariance.js'
import { expRmspeRecord } from './expRmspe.js'
import { fbetaRecord } from './fbeta.js'
import { fbetaScoreRecord } from './fbetaScore.js'
import { foregroundAccuracyRecord } from './foregroundAccuracy.js'
import { iouOfClassRecord } from './iouPerClass.js'
import { kappaScoreRecord } from './kappaScore.js'
import { matthewsCorrcoefRecord } from './matthewsCorrcoef.js'
import { meanAbsoluteErrorRecord } from './meanAbsoluteError.js'
import { meanIouRecord } from './meanIou.js'
import { meanSquaredErrorRecord } from './meanSquaredError.js'
import { meanSquaredLogarithmicErrorRecord } from './meanSquaredLogarithmicError.js'
import { multiLabelFbetaRecord } from './multiLabelFbeta.js'
import { pckRecord } from './pck.js'
import { pointDistanceRecord } from './pointDistance.js'
import { precisionRecord } from './precision.js'
import { r2ScoreRecord } from './r2Score.js'
import { recallRecord } from './recall.js'
import { rootMeanSquaredErrorRecord } from './rootMeanSquaredError.js'
import { topKAccuracyRecord } from './topKAccuracy.js'
import { type GivenOptions, metricOf, type MetricOptions, type MetricRecord, wrongOptions } from './MetricRecord.js'

export { accuracy } from './accuracy.js'
export { accuracyThresh } from './accuracyThresh.js'
export { auroc } from './auroc.js'
export { type Averaged } from './averagedScore.js'
export { balancedAccuracy } from './balancedAccuracy.js'
export { dice } from './dice.js'
export { errorRate } from './errorRate.js'
export { explainedVariance } from './explainedVariance.js'
export { expRmspe } from './expRmspe.js'
export { fbeta } from './fbeta.js'
export { fbetaScore } from './fbetaScore.js'
export { foregroundAccuracy } from './foregroundAccuracy.js'
export { iouOfClass, iouPerClass } from './iouPerClass.js'
export { kappaScore } from './kappaScore.js'
export { type Threshold } from './labelCounts.js'
export { matthewsCorrcoef } from './matthewsCorrcoef.js'
export { meanAbsoluteError } from './meanAbsoluteError.js'
export { meanIou } from './meanIou.js'
export { meanSquaredError } from './meanSquaredError.js'
export { meanSquaredLogarithmicError } from './meanSquaredLogarithmicError.js'
export { type LabelAverage, multiLabelFbeta } from './multiLabelFbeta.js'
export { type Over } from './pairs.js'
export { pck } from './pck.js'
export { pointDistance } from './pointDistance.js'
export { precision } from './precision.js'
export { r2Score } from './r2Score.js'
export { recall } from './recall.js'
export { rootMeanSquaredError } from './rootMeanSquaredError.js'
export { topKAccuracy } from './topKAccuracy.js'
export { type GivenOptions, type MetricOption } from './MetricRecord.js'

export const metricRecords = {
  accuracy: accuracyRecord,
  errorRate: errorRateRecord,
  balancedAccuracy: balancedAccuracyRecord,
  topKAccuracy: topKAccuracyRecord,
  precision: precisionRecord,
  recall: recallRecord,
  fbetaScore: fbetaScoreRecord,
  kappaScore: kappaScoreRecord,
  matthewsCorrcoef: matthewsCorrcoefRecord,
  auroc: aurocRecord,
  accuracyThresh: accuracyThreshRecord,
  fbeta: fbetaRecord,
  multiLabelFbeta: multiLabelFbetaRecord,
  foregroundAccuracy: foregroundAccuracyRecord,
  dice: diceRecord,
  meanIou: meanIouRecord,
  iouOfClass: iouOfClassRecord,
  meanSquaredError: meanSquaredErrorRecord,
  meanAbsoluteError: meanAbsoluteErrorRecord,
  meanSquaredLogarithmicError: meanSquaredLogarithmicErrorRecord,
  rootMeanSquaredError: rootMeanSquaredErrorRecord,
  expRmspe: expRmspeRecord,
  r2Score: r2ScoreRecord,
  explainedVariance: explainedVarianceRecord,
  pointDistance: pointDistanceRecord,
  pck: pckRecord
} as const

/**
 * The name of a metric's constructor.
 *
 * @since 0.1.0
 */
export type MetricName = keyof typeof metricRecords

/** The metric of a name, with options that belong to it. */
export const metricNamed = (name: MetricName, given: Readonly<Record<string, unknown>>): Metric =>
  // each record's options are its own, which the type of the table does not say
  metricOf(metricRecords[name] as unknown as MetricRecord<string, MetricOptions>, given as GivenOptions<MetricOptions>)

const isMetricName = (name: string): name is MetricName => Object.hasOwn(metricRecords, name)

/** The options of a metric that are out of their bounds. */
export const wrongOptionsOf = ({ made }: Metric): ReturnType<typeof wrongOptions> =>
  made === null || !isMetricName(made.word) ? [] : wrongOptions(metricRecords[made.word].options, made.options)
