/** metrics.json: metrics over one batch, and over the batches of an epoch. */
import {
  accuracy,
  dice,
  errorRate,
  evaluateMetric,
  foregroundAccuracy,
  type Metric,
  type MetricBatch
} from '../../../src/interpret/index.js'
import { close, failed, type Outcome, outcome, pending } from '../Comparison.js'
import { flatOf, type Nested, shapeOf, toChannelsLast } from './arrays.js'

interface MetricCase {
  readonly metric: string
  readonly args?: { readonly iou?: boolean; readonly void_code?: number }
  readonly input?: Nested
  readonly target?: Nested
  readonly batches?: ReadonlyArray<{ readonly output: Nested; readonly target: Nested }>
  readonly value?: number | string
  readonly error?: string
}

const built: Readonly<Record<string, Metric>> = {
  accuracy,
  error_rate: errorRate,
  'AverageMetric(accuracy)': accuracy,
  'AverageMetric(error_rate)': errorRate
}

/** Metrics with arguments. */
const madeOf = (c: MetricCase): Metric | undefined =>
  c.metric === 'dice'
    ? dice(c.args?.iou === undefined ? {} : { iou: c.args.iou })
    : c.metric === 'foreground_acc'
      ? foregroundAccuracy(c.args?.void_code ?? 0)
      : Object.hasOwn(built, c.metric)
        ? built[c.metric]
        : undefined

/** What clears each metric that is not built. */
const notYet: Readonly<Record<string, ReadonlyArray<string>>> = {
  topKAccuracy: ['top_k_accuracy'],
  'multi-label metrics': ['accuracy_thresh', 'fbeta', 'MultiLabelFbeta'],
  'regression metrics': [
    'mean_squared_error',
    'mean_absolute_error',
    'root_mean_squared_error',
    'mean_squared_logarithmic_error',
    'exp_rmspe',
    'explained_variance',
    'r2_score',
    'R2Score',
    'ExplainedVariance',
    'RMSE',
    'ExpRMSPE'
  ],
  'metrics from the confusion matrix': [
    'ConfusionMatrix',
    'Precision',
    'Recall',
    'FBeta',
    'KappaScore',
    'MatthewsCorreff'
  ],
  'ranking metrics': ['auc_roc_score', 'roc_curve', 'AUROC']
}

const batchOf = (output: Nested, target: Nested): MetricBatch => {
  const shape = shapeOf(output)
  // of a map, each pixel is a row
  const outputs = toChannelsLast(output)
  const width = shape.length === 4 ? shape[1]! : shape.at(-1)!
  const n = outputs.length / width
  return {
    outputs,
    width,
    targets: Int32Array.from(flatOf(target)),
    n,
    perImage: shape.length === 4 ? n / shape[0]! : 1
  }
}

export const metrics = (c: MetricCase): Outcome => {
  const metric = madeOf(c)
  if (metric === undefined) {
    const feature = Object.entries(notYet).find(([, names]) => names.includes(c.metric))
    return feature === undefined ? failed(`no metric ${c.metric}, built or known to come`) : pending(feature[0])
  }
  if (c.value === undefined) return failed(`${c.metric} should fail with ${c.error}`)
  const batches = c.batches?.map((b) => batchOf(b.output, b.target)) ?? [batchOf(c.input!, c.target!)]
  return outcome(close('value', evaluateMetric(metric)(batches), c.value, 'metric'))
}
