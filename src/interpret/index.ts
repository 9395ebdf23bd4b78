/**
 * What came out: metrics and activations over plain arrays. It refuses to know tensors, files and drawing.
 *
 * @since 0.1.0
 */
export * from './activation.js'
export * from './Metric.js'
export * from './pixelMetrics.js'
