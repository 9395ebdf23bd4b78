/** Validation of a learner's settings, before anything runs. */
import { type BatchView, kindOfView, outputsOf, type Task } from '../../data/index.js'
import { type Metric, type MetricTargets, wrongOptionsOf } from '../../interpret/index.js'
import {
  type HyperParameter,
  type Loss,
  type LossOption,
  lossRecords,
  type LossTargets,
  type Optimiser,
  optimiserTraits,
  showLoss
} from '../../recipe/index.js'
import { type LearnError, settingError } from '../LearnError.js'
import type { FeatureCaching } from './FeatureCaching.js'
import type { Settings } from './Learner.js'

type Check = readonly [path: string, ok: boolean, expected: string, found: unknown, hint: string]

const isShare = (n: number): boolean => n >= 0 && n < 1
const isPositive = (n: number): boolean => Number.isFinite(n) && n > 0

const share = (path: string, n: unknown): Check => [
  path,
  typeof n === 'number' && isShare(n),
  'a number in [0, 1)',
  n,
  'pass e.g. 0.9'
]

const ofHyper = (path: string, { _tag, default: usual }: HyperParameter, value: unknown): ReadonlyArray<Check> => {
  switch (_tag) {
    case 'Share':
      return [share(path, value)]
    case 'Shares':
      return usual.map((_, i) => share(`${path}[${i}]`, (value as ReadonlyArray<unknown>)[i]))
    case 'Positive':
      return [[path, typeof value === 'number' && isPositive(value), 'a positive number', value, `pass e.g. ${usual}`]]
    case 'Count':
      return [
        [path, Number.isInteger(value) && Number(value) > 0, 'an integer of at least 1', value, `pass e.g. ${usual}`]
      ]
    case 'Flag':
      return [[path, typeof value === 'boolean', 'true or false', value, `pass e.g. ${usual}`]]
  }
}

const ofOptimiser = (o: Optimiser): ReadonlyArray<Check> =>
  Object.entries(optimiserTraits(o).hyper).flatMap(([name, parameter]) =>
    ofHyper(`opt.${name}`, parameter, (o as unknown as Readonly<Record<string, unknown>>)[name])
  )

/** The tasks whose targets a loss accepts. */
const tasksOf = (loss: Loss): ReadonlyArray<Task['_tag']> => {
  if (loss._tag === 'MixUp') return ['Classification']
  return tasksOfLosses[loss._tag === 'CustomLoss' ? 'any' : lossRecords[loss._tag].targets]
}

const lossesFor = (task: Task): string =>
  Object.values(lossRecords)
    .filter(({ targets }) => tasksOfLosses[targets].includes(task._tag))
    .map(({ name }) => name)
    .join(', ')

const ofLoss = (loss: Loss, task: Task): ReadonlyArray<Check> => {
  const tasks = tasksOf(loss)
  const fits: Check = [
    'loss',
    tasks.includes(task._tag),
    `a loss for ${task._tag}`,
    `${loss._tag}, which is for ${tasks.join(' and ')}`,
    `use ${lossesFor(task)}, or leave it out for the task's default`
  ]
  return [fits, ...ofItsOptions(loss._tag === 'MixUp' ? loss.of : loss, task)]
}

const ofOption = (path: string, { _tag }: LossOption, value: unknown, task: Task | null): Check => {
  switch (_tag) {
    case 'Share':
      return [path, typeof value === 'number' && isShare(value), 'a number in [0, 1)', value, 'pass e.g. 0.1']
    case 'NonNegative':
      return [
        path,
        typeof value === 'number' && Number.isFinite(value) && value >= 0,
        'a number from 0',
        value,
        'pass e.g. 2'
      ]
    case 'Positive':
      return [path, typeof value === 'number' && isPositive(value), 'a positive number', value, 'pass e.g. 1']
    case 'ClassWeights': {
      const weights = value as ReadonlyArray<number> | null
      const right =
        weights === null ||
        ((task === null || weights.length === outputsOf(task)) && weights.every((w) => Number.isFinite(w) && w >= 0))
      const expected = `${task === null ? '' : `${outputsOf(task)} `}weights from 0, one per class`
      return [path, right, expected, `[${(weights ?? []).join(', ')}]`, 'pass a weight for each class']
    }
    case 'ClassIndex':
      return [
        path,
        value === null || Number.isSafeInteger(value),
        'a class index',
        value,
        'pass e.g. 255, or leave it out'
      ]
  }
}

const ofItsOptions = (loss: Loss, task: Task | null): ReadonlyArray<Check> => {
  if (loss._tag === 'CustomLoss' || loss._tag === 'MixUp') return []
  const options: ReadonlyArray<readonly [string, LossOption]> = Object.entries(lossRecords[loss._tag].options)
  return options.map(([name, option]) =>
    ofOption(`loss.${name}`, option, (loss as unknown as Readonly<Record<string, unknown>>)[name], task)
  )
}

/** The tasks that have targets of a kind. */
const tasksByTargets: Readonly<Record<MetricTargets, ReadonlyArray<Task['_tag']>>> = {
  classes: ['Classification', 'Segmentation'],
  labels: ['MultiLabel'],
  numbers: ['Regression', 'ImageRegression'],
  points: ['Points'],
  any: ['Classification', 'MultiLabel', 'Regression', 'Segmentation', 'ImageRegression', 'Points']
}

/** The tasks whose targets a kind of loss accepts: coordinates are numbers. */
const tasksOfLosses: Readonly<Record<LossTargets | 'any', ReadonlyArray<Task['_tag']>>> = {
  ...tasksByTargets,
  numbers: [...tasksByTargets.numbers, ...tasksByTargets.points]
}

const ofMetric = (metric: Metric, task: Task): ReadonlyArray<Check> => {
  const { name, targets, least } = metric
  const tasks = tasksByTargets[targets]
  const outputs = outputsOf(task)
  return [
    [
      `metrics.${name}`,
      tasks.includes(task._tag),
      `a metric for ${task._tag}`,
      `one for ${tasks.join(' and ')}`,
      "leave it out for the task's default"
    ],
    [`metrics.${name}`, outputs >= least, `at least ${least} outputs`, outputs, 'use another metric'],
    ...wrongOptionsOf(metric).map(({ option, expected, found }): Check => [
      `metrics.${name}.${option}`,
      false,
      expected,
      found,
      'pass another value'
    ])
  ]
}

const ofView = (view: BatchView, { loss }: Settings, task: Task): ReadonlyArray<Check> => {
  const { name, tasks, mistake, mixes } = kindOfView(view)
  const wrong = mistake(view)
  const leaveOut = 'leave it out, or choose another view'
  return [
    [`batchViews.${name}`, wrong === null, wrong?.expected ?? '', wrong?.found, 'pass another number'],
    [`batchViews.${name}`, tasks.includes(task._tag), `one of ${tasks.join(', ')}`, task._tag, leaveOut],
    [
      `batchViews.${name}`,
      !mixes || loss._tag !== 'CustomLoss' || task._tag !== 'Classification',
      'a named loss of classes',
      showLoss.show(loss),
      'use crossEntropy() or labelSmoothing(), whose targets can be mixed'
    ]
  ]
}

/** A view that mixes images changes targets to a form that a second one could not read. */
const ofViews = (s: Settings, task: Task): ReadonlyArray<Check> => [
  [
    'batchViews',
    s.batchViews.filter((view) => kindOfView(view).mixes).length <= 1,
    'at most one batch view that mixes images',
    s.batchViews.map((view) => kindOfView(view).name).join(', '),
    'leave the others out'
  ],
  ...s.batchViews.flatMap((view) => ofView(view, s, task))
]

const ofCaching = (caching: FeatureCaching): ReadonlyArray<Check> =>
  typeof caching === 'object'
    ? [
        [
          'cacheFeatures.maxBytes',
          caching.maxBytes > 0,
          'a positive number',
          caching.maxBytes,
          "pass e.g. 2 ** 30, or 'auto'"
        ]
      ]
    : []

const mistakesIn = (checks: ReadonlyArray<Check>): ReadonlyArray<LearnError> =>
  checks.flatMap(([path, ok, expected, found, hint]) => (ok ? [] : [settingError(path, expected, String(found), hint)]))

export const settingErrors = (s: Settings, task: Task): ReadonlyArray<LearnError> => {
  const checks: ReadonlyArray<Check> = [
    ['wd', Number.isFinite(s.wd) && s.wd >= 0, 'a number of at least 0', s.wd, 'pass e.g. 0.01'],
    ['clip', s.clip === null || isPositive(s.clip), 'a positive number', s.clip, 'pass e.g. 0.1, or leave it out'],
    ['seed', Number.isSafeInteger(s.seed), 'an integer', s.seed, 'pass e.g. 42'],
    ...ofCaching(s.cacheFeatures),
    ...ofOptimiser(s.opt),
    ...ofLoss(s.loss, task),
    ...ofViews(s, task),
    ...s.metrics.flatMap((metric) => ofMetric(metric, task))
  ]
  return mistakesIn(checks)
}

/** The mistakes in the options of an optimiser and a loss that show before the task is known. */
export const optionErrors = (opt: Optimiser | undefined, loss: Loss | undefined): ReadonlyArray<LearnError> =>
  mistakesIn([...(opt === undefined ? [] : ofOptimiser(opt)), ...(loss === undefined ? [] : ofItsOptions(loss, null))])
