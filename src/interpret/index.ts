/**
 * Metrics and activations on plain arrays, and interpretations of predictions. This room must not depend on tensors,
 * files or rendering.
 *
 * @since 0.1.0
 */
export * from './activation.js'
export * from './argMax.js'
export { accuracy, errorRate, topKAccuracy } from './classMetrics.js'
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
export { fbetaScore, kappaScore, matthewsCorrcoef, precision, recall, type Averaged } from './confusionMetrics.js'
export {
  eqInterpretation,
  interpretation,
  predictedClasses,
  showInterpretation,
  type Interpretation,
  type InterpretationOf
} from './Interpretation.js'
export * from './InterpretError.js'
export * from './labelMetrics.js'
export {
  averageMetric,
  eqMetric,
  evaluateMetric,
  metric,
  showMetric,
  type Metric,
  type MetricBatch,
  type MetricRows,
  type MetricState,
  type MetricTargets,
  type MetricWord
} from './Metric.js'
export * from './pixelMetrics.js'
export * from './ranking.js'
export * from './regressionMetrics.js'
export * from './topLosses.js'
export { averageViews, blendedLosses, blendTta } from './tta.js'
