/**
 * What can be wrong with a learner's settings, before anything runs.
 */
import { type BatchView, kindOfView, outputsOf, type Task } from '../../data/index.js'
import type { Metric, MetricTargets } from '../../interpret/index.js'
import { type HyperParameter, type Loss, type Optimiser, optimiserTraits, showLoss } from '../../recipe/index.js'
import { type LearnError, settingError } from '../LearnError.js'
import type { Settings } from './Learner.js'

type Check = readonly [path: string, ok: boolean, expected: string, found: unknown, hint: string]

const isShare = (n: number): boolean => n >= 0 && n < 1
const isPositive = (n: number): boolean => Number.isFinite(n) && n > 0

const share = (path: string, n: unknown): Check => [
  path,
  typeof n === 'number' && isShare(n),
  'a number from 0, below 1',
  n,
  'give e.g. 0.9'
]

const ofHyper = (path: string, { _tag, default: usual }: HyperParameter, value: unknown): ReadonlyArray<Check> => {
  switch (_tag) {
    case 'Share':
      return [share(path, value)]
    case 'Shares':
      return usual.map((_, i) => share(`${path}[${i}]`, (value as ReadonlyArray<unknown>)[i]))
    case 'Positive':
      return [[path, typeof value === 'number' && isPositive(value), 'a positive number', value, `give e.g. ${usual}`]]
    case 'Flag':
      return [[path, typeof value === 'boolean', 'true or false', value, `give e.g. ${usual}`]]
  }
}

const ofOptimiser = (o: Optimiser): ReadonlyArray<Check> =>
  Object.entries(optimiserTraits(o).hyper).flatMap(([name, parameter]) =>
    ofHyper(`opt.${name}`, parameter, (o as unknown as Readonly<Record<string, unknown>>)[name])
  )

/** The tasks whose targets a loss understands. */
const tasksOf = (loss: Loss): ReadonlyArray<Task['_tag']> => {
  switch (loss._tag) {
    case 'CrossEntropy':
    case 'LabelSmoothing':
      return ['Classification', 'Segmentation']
    case 'MixUp':
      return ['Classification']
    case 'BceWithLogits':
      return ['MultiLabel']
    case 'Mse':
      return ['Regression', 'ImageRegression']
    case 'CustomLoss':
      return tasksOfMetric.any
  }
}

const ofLoss = (loss: Loss, task: Task): ReadonlyArray<Check> => {
  const tasks = tasksOf(loss)
  const fits: Check = [
    'loss',
    tasks.includes(task._tag),
    `a loss for ${task._tag}`,
    `${loss._tag}, which is for ${tasks.join(' and ')}`,
    "leave it out for the task's own"
  ]
  return [fits, ...ofItsOptions(loss._tag === 'MixUp' ? loss.of : loss, task)]
}

const ofItsOptions = (loss: Loss, task: Task): ReadonlyArray<Check> => {
  switch (loss._tag) {
    case 'CrossEntropy': {
      const { weight, ignoreIndex } = loss
      const right = weight === null || (weight.length === outputsOf(task) && weight.every((w) => w >= 0))
      const expected = `${outputsOf(task)} weights from 0, one per class`
      return [
        ['loss.weight', right, expected, `[${(weight ?? []).join(', ')}]`, 'give a weight for each class'],
        [
          'loss.ignoreIndex',
          ignoreIndex === null || Number.isSafeInteger(ignoreIndex),
          'a class index',
          ignoreIndex,
          'give e.g. 255, or leave it out'
        ]
      ]
    }
    case 'LabelSmoothing':
      return [['loss.eps', isShare(loss.eps), 'a number from 0, below 1', loss.eps, 'give e.g. 0.1']]
    default:
      return []
  }
}

/** The tasks whose targets a metric understands. */
const tasksOfMetric: Readonly<Record<MetricTargets, ReadonlyArray<Task['_tag']>>> = {
  classes: ['Classification', 'Segmentation'],
  labels: ['MultiLabel'],
  numbers: ['Regression', 'ImageRegression'],
  any: ['Classification', 'MultiLabel', 'Regression', 'Segmentation', 'ImageRegression']
}

const ofMetric = ({ name, targets, least }: Metric, task: Task): ReadonlyArray<Check> => {
  const tasks = tasksOfMetric[targets]
  const outputs = outputsOf(task)
  return [
    [
      `metrics.${name}`,
      tasks.includes(task._tag),
      `a metric for ${task._tag}`,
      `one for ${tasks.join(' and ')}`,
      'leave it out for those of the task'
    ],
    [`metrics.${name}`, outputs >= least, `at least ${least} outputs`, outputs, 'use another metric']
  ]
}

const ofView = (view: BatchView, { loss }: Settings, task: Task): ReadonlyArray<Check> => {
  const { name, tasks, mistake } = kindOfView(view)
  const wrong = mistake(view)
  const leaveOut = 'leave it out, or choose another view'
  return [
    [`batchViews.${name}`, wrong === null, wrong?.expected ?? '', wrong?.found, 'give another number'],
    [`batchViews.${name}`, tasks.includes(task._tag), `one of ${tasks.join(', ')}`, task._tag, leaveOut],
    [
      `batchViews.${name}`,
      loss._tag !== 'CustomLoss' || task._tag !== 'Classification',
      'a named loss of classes',
      showLoss.show(loss),
      'use crossEntropy() or labelSmoothing(), whose targets can be mixed'
    ]
  ]
}

/** A view changes the targets into a form that a second one would not know. */
const ofViews = (s: Settings, task: Task): ReadonlyArray<Check> => [
  ['batchViews', s.batchViews.length <= 1, 'at most one view', s.batchViews.length, 'leave the others out'],
  ...s.batchViews.flatMap((view) => ofView(view, s, task))
]

export const settingErrors = (s: Settings, task: Task): ReadonlyArray<LearnError> => {
  const checks: ReadonlyArray<Check> = [
    ['wd', Number.isFinite(s.wd) && s.wd >= 0, 'a number from 0', s.wd, 'give e.g. 0.01'],
    ['clip', s.clip === null || isPositive(s.clip), 'a positive number', s.clip, 'give e.g. 0.1, or leave it out'],
    ['seed', Number.isSafeInteger(s.seed), 'a whole number', s.seed, 'give e.g. 42'],
    ...ofOptimiser(s.opt),
    ...ofLoss(s.loss, task),
    ...ofViews(s, task),
    ...s.metrics.flatMap((metric) => ofMetric(metric, task))
  ]
  return checks.flatMap(([path, ok, expected, found, hint]) =>
    ok ? [] : [settingError(path, expected, String(found), hint)]
  )
}
