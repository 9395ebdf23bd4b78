/** metrics.json: metrics over one batch, and over the batches of an epoch. */
import { accuracy, errorRate, evaluateMetric, type Metric, type MetricBatch } from '../../../src/interpret/index.js'
import { close, failed, type Outcome, outcome, pending } from '../Comparison.js'
import { flatOf, type Nested, shapeOf } from './arrays.js'

interface MetricCase {
  readonly metric: string
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

/** What clears each metric that is not built. */
const notYet: Readonly<Record<string, ReadonlyArray<string>>> = {
  topKAccuracy: ['top_k_accuracy'],
  'multi-label metrics': ['accuracy_thresh', 'fbeta', 'MultiLabelFbeta'],
  'segmentation metrics': ['dice', 'foreground_acc'],
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
  const outputs = Float32Array.from(flatOf(output))
  const width = shapeOf(output).at(-1)!
  return { outputs, width, targets: Int32Array.from(flatOf(target)), n: outputs.length / width }
}

export const metrics = (c: MetricCase): Outcome => {
  if (!Object.hasOwn(built, c.metric)) {
    const feature = Object.entries(notYet).find(([, names]) => names.includes(c.metric))
    return feature === undefined ? failed(`no metric ${c.metric}, built or known to come`) : pending(feature[0])
  }
  if (c.value === undefined) return failed(`${c.metric} should fail with ${c.error}`)
  const batches = c.batches?.map((b) => batchOf(b.output, b.target)) ?? [batchOf(c.input!, c.target!)]
  return outcome(close('value', evaluateMetric(built[c.metric]!)(batches), c.value, 'metric'))
}
