/**
 * What came out: metrics and activations over plain arrays, interpretations of predictions. It refuses to know tensors,
 * files and drawing.
 *
 * @since 0.1.0
 */
export * from './activation.js'
export * from './argMax.js'
export {
  classScores,
  confusionMatrix,
  meanConfusion,
  mostConfused,
  normalisedConfusion,
  pixelConfusion,
  type ClassScore,
  type Confused,
  type ConfusionMatrix
} from './confusion.js'
export {
  eqInterpretation,
  interpretation,
  predictedClasses,
  showInterpretation,
  type Interpretation,
  type InterpretationOf,
  type Target
} from './Interpretation.js'
export * from './InterpretError.js'
export * from './Metric.js'
export * from './pixelMetrics.js'
export * from './topLosses.js'
