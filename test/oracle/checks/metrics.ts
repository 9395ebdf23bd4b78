/** metrics.json: metrics over one batch, and over the batches of an epoch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { classification } from '../../../src/data/index.js'
import {
  accuracy,
  accuracyThresh,
  aucRocScore,
  auroc,
  type Averaged,
  confusionMatrix,
  type ConfusionMatrix,
  dice,
  errorRate,
  evaluateMetric,
  explainedVariance,
  expRmspe,
  fbeta,
  fbetaScore,
  foregroundAccuracy,
  interpretation,
  type InterpretError,
  kappaScore,
  type LabelAverage,
  matthewsCorrcoef,
  meanAbsoluteError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  type Metric,
  type MetricBatch,
  multiLabelFbeta,
  precision,
  r2Score,
  recall,
  rootMeanSquaredError,
  topKAccuracy
} from '../../../src/interpret/index.js'
import { close, errs, failed, type Outcome, outcome } from '../Comparison.js'
import { flatOf, type Nested, shapeOf, toChannelsLast } from './arrays.js'

interface Args {
  readonly iou?: boolean
  readonly void_code?: number
  readonly k?: number
  readonly thresh?: number
  readonly sigmoid?: boolean
  readonly beta?: number
  readonly average?: 'binary' | 'micro' | 'macro' | 'weighted' | null
  readonly pos_label?: number
  readonly weights?: 'linear' | 'quadratic' | null
}

interface MetricCase {
  readonly metric: string
  readonly args?: Args
  readonly input?: Nested
  readonly target?: Nested
  readonly batches?: ReadonlyArray<{ readonly output: Nested; readonly target: Nested }>
  readonly value?: Nested | string
  readonly error?: string
}

const over = { over: 'batch' } as const

/** Only what was given: a default is ours to know. */
const given = <R extends object>(record: R): { [K in keyof R]?: NonNullable<R[K]> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== null)) as never

const averaged = ({ average, pos_label }: Args): Averaged => given({ average, posLabel: pos_label })

const made: Readonly<Record<string, (args: Args) => Metric>> = {
  accuracy: () => accuracy,
  error_rate: () => errorRate,
  'AverageMetric(accuracy)': () => accuracy,
  'AverageMetric(error_rate)': () => errorRate,
  top_k_accuracy: ({ k }) => topKAccuracy(given({ k })),
  accuracy_thresh: ({ thresh, sigmoid }) => accuracyThresh(given({ thresh, sigmoid })),
  fbeta: ({ thresh, sigmoid, beta }) => fbeta(given({ thresh, sigmoid, beta })),
  MultiLabelFbeta: ({ thresh, sigmoid, beta, average }) =>
    multiLabelFbeta(given({ thresh, sigmoid, beta, average: average as LabelAverage | undefined })),
  dice: ({ iou }) => dice(given({ iou })),
  foreground_acc: ({ void_code }) => foregroundAccuracy(void_code ?? 0),
  mean_squared_error: () => meanSquaredError,
  mean_absolute_error: () => meanAbsoluteError,
  mean_squared_logarithmic_error: () => meanSquaredLogarithmicError,
  root_mean_squared_error: () => rootMeanSquaredError(over),
  exp_rmspe: () => expRmspe(over),
  explained_variance: () => explainedVariance(over),
  r2_score: () => r2Score(over),
  RMSE: () => rootMeanSquaredError(),
  ExpRMSPE: () => expRmspe(),
  ExplainedVariance: () => explainedVariance(),
  R2Score: () => r2Score(),
  Precision: (args) => precision(averaged(args)),
  Recall: (args) => recall(averaged(args)),
  FBeta: (args) => fbetaScore({ ...averaged(args), ...given({ beta: args.beta }) }),
  KappaScore: ({ weights }) => kappaScore(given({ weights })),
  MatthewsCorreff: () => matthewsCorrcoef,
  AUROC: () => auroc
}

const batchOf = (output: Nested, target: Nested, numbers: boolean): MetricBatch => {
  const shape = shapeOf(output)
  // of a map, each pixel is a row
  const outputs = toChannelsLast(output)
  const width = shape.length === 4 ? shape[1]! : shape.length === 1 ? 1 : shape.at(-1)!
  const n = outputs.length / width
  return {
    outputs,
    width,
    targets: (numbers ? Float32Array : Int32Array).from(flatOf(target)),
    n,
    perImage: shape.length === 4 ? n / shape[0]! : 1
  }
}

const matrixOf = (batches: ReadonlyArray<MetricBatch>): ConfusionMatrix => {
  const rows = batches.flatMap(({ outputs, width, n }) =>
    Array.from({ length: n }, (_, i) => outputs.subarray(i * width, (i + 1) * width))
  )
  const i = pipe(
    interpretation({
      task: classification(Array.from(rows[0]!, (_, c) => String(c))),
      preds: rows,
      targets: batches.flatMap(({ targets }) => [...targets]),
      losses: rows.map(() => 0)
    }),
    E.mapLeft(([first]) => first),
    E.chain(confusionMatrix)
  )
  if (E.isLeft(i)) throw new Error(JSON.stringify(i.left))
  return i.right
}

/** A class that is never predicted, or not there, makes the reference's precision, or recall, NaN; ours is 0. */
const dividesByNothing = ({ metric }: MetricCase, matrix: ConfusionMatrix): boolean =>
  metric === 'Precision'
    ? matrix.some((_, p) => matrix.every((row) => row[p] === 0))
    : metric === 'Recall' && matrix.some((row) => row.every((count) => count === 0))

/** What the reference says with 0 in the place of what it cannot divide. */
const defined = ({ metric, args = {} }: MetricCase, matrix: ConfusionMatrix): Nested => {
  const sums = matrix.map((row, c) =>
    (metric === 'Precision' ? matrix.map((other) => other[c]!) : row).reduce((a, b) => a + b, 0)
  )
  const each = matrix.map((row, c) => (sums[c] === 0 ? 0 : row[c]! / sums[c]!))
  const there = matrix.map((row) => row.reduce((a, b) => a + b, 0))
  const all = there.reduce((a, b) => a + b, 0)
  if (args.average === null) return each
  if (args.average === 'micro') return each.map((_, c) => matrix[c]![c]! / all).reduce((a, b) => a + b, 0)
  if (args.average === 'weighted') return each.map((s, c) => (s * there[c]!) / all).reduce((a, b) => a + b, 0)
  return args.average !== 'macro' && matrix.length === 2
    ? each[args.pos_label ?? 1]!
    : each.reduce((a, b) => a + b, 0) / each.length
}

const computed = (c: MetricCase, batches: ReadonlyArray<MetricBatch>): E.Either<InterpretError, Nested> => {
  const { args = {} } = c
  if (c.metric === 'ConfusionMatrix') return E.right(matrixOf(batches))
  if (c.metric === 'auc_roc_score') return E.right(aucRocScore(batches[0]!.outputs, batches[0]!.targets))
  const make = made[c.metric]!
  return args.average === null
    ? E.traverseArray((posLabel: number) =>
        evaluateMetric(
          c.metric === 'Precision'
            ? precision({ average: 'class', posLabel })
            : c.metric === 'Recall'
              ? recall({ average: 'class', posLabel })
              : fbetaScore({ average: 'class', posLabel, ...given({ beta: args.beta }) })
        )(batches)
      )([...matrixOf(batches).keys()])
    : evaluateMetric(make(args))(batches)
}

const known = (metric: string): boolean =>
  Object.hasOwn(made, metric) || metric === 'ConfusionMatrix' || metric === 'auc_roc_score'

export const metrics = (c: MetricCase): Outcome => {
  if (!known(c.metric)) return failed(`no metric ${c.metric}`)
  const numbers = Object.hasOwn(made, c.metric) && made[c.metric]!(c.args ?? {}).targets !== 'classes'
  const batches = c.batches?.map((b) => batchOf(b.output, b.target, numbers)) ?? [batchOf(c.input!, c.target!, numbers)]
  const ours = computed(c, batches)
  if (c.error !== undefined) return outcome(errs(c.metric, E.isLeft(ours) ? [ours.left] : [], 'InterpretationError'))
  if (E.isLeft(ours)) return failed(`${c.metric}: ${ours.left.expected}, found ${ours.left.found}`)
  const matrix = c.metric === 'Precision' || c.metric === 'Recall' ? matrixOf(batches) : []
  const value = dividesByNothing(c, matrix) ? defined(c, matrix) : c.value!
  return outcome(close('value', ours.right, value, 'metric'))
}
