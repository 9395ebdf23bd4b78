/**
 * Metrics and activations on plain arrays, and interpretations of predictions. This room must not depend on tensors,
 * files or rendering.
 *
 * @since 0.1.0
 */
export * from './abstaining.js'
export * from './activation.js'
export * from './argMax.js'
export * from './calibration.js'
export * from './confidentLearning.js'
export { fitLogistic, logisticProbabilities, type LogisticRegression } from './logisticRegression.js'
export type { Calibration } from './FittedCalibration.js'
export * from './neighbours.js'
export * from './temperatureScaling.js'
export {
  classScores,
  confusionMatrix,
  labelScores,
  meanConfusion,
  mostConfused,
  normalisedConfusion,
  pixelConfusion,
  type ClassScore,
  type Confused,
  type ConfusionMatrix
} from './confusion.js'
export * from './thresholds.js'
export { evaluateMetric } from './evaluateMetric.js'
export {
  eqInterpretation,
  interpretation,
  predictedClasses,
  showInterpretation,
  type Interpretation,
  type InterpretationOf
} from './Interpretation.js'
export * from './InterpretError.js'
export {
  averageMetric,
  eqMetric,
  metric,
  showMetric,
  type Metric,
  type MetricBatch,
  type MetricRows,
  type MetricState,
  type MetricTargets,
  type MetricWord
} from './Metric.js'
export * from './metrics/metricRecords.js'
export * from './ranking.js'
export * from './topLosses.js'
export * from './worstPoints.js'
export { averageViews, blendedLosses, blendTta } from './tta.js'
export * from './wilson.js'
