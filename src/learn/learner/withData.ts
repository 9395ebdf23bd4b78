/**
 * `withData`: a learner with other data.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { eqTask, outputsOf, showTask, type Task } from '../../data/index.js'
import { freshOptimiser, initialState } from '../../engine/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { meanIou, type Metric } from '../../interpret/index.js'
import type { Data } from '../../io/index.js'
import { isUnder, type Model, parametersOf, replaceAt } from '../../model/index.js'
import type { PlanLayer } from '../../plan/index.js'
import { momentumOf } from '../../recipe/index.js'
import type { Learner } from './Learner.js'
import { planned } from './makeLearner.js'
import { savedError, settingError } from '../LearnError.js'
import { lostSetting } from '../saved/loadLearner.js'
import { settingErrors } from './settings.js'

/** Returns whether data has a model's task: the same classes in the same order. */
export const sameTask = (task: Task, data: Data): E.Either<GraftError, void> =>
  eqTask.equals(task, data.task)
    ? E.right(undefined)
    : E.left(
        savedError(
          data.root,
          `data of the model's task: ${showTask.show(task)}`,
          showTask.show(data.task),
          'pass data for this kind of task; its classes may differ'
        )
      )

const isWhole = ({ settings }: Learner): E.Either<GraftError, void> => {
  const lost = lostSetting(settings)
  return lost === null
    ? E.right(undefined)
    : E.left(
        settingError(
          lost,
          'a user-defined function',
          'none, because files cannot contain functions',
          `pass it again: loadLearner(path, { ${lost} })`
        )
      )
}

// -------------------------------------------------------------------------------------
// other classes
// -------------------------------------------------------------------------------------

/** The model with another number of outputs: if the head is a user-defined network, its last layer is replaced. */
const withOutputs = (l: Learner, task: Task): Model => {
  const last = lastLayer(l)
  const n = outputsOf(task)
  switch (last?.layer._tag) {
    case 'Linear':
      return replaceAt(last.path, { ...last.layer, outFeatures: n })(l.model)
    case 'Conv2d':
      return replaceAt(last.path, { ...last.layer, outChannels: n })(l.model)
    default:
      return l.model
  }
}

const lastLayer = ({ plan }: Learner): PlanLayer | undefined =>
  plan.layers.findLast(({ layer }) => parametersOf(layer).length > 0)

/** Adapts metrics that depend on a task's classes to another task. */
const measuredFor =
  (task: Task) =>
  (metric: Metric): Metric =>
    task._tag === 'Segmentation' && metric.name === meanIou(task.codes).name ? meanIou(task.codes) : metric

const forOtherTask = (data: Data, l: Learner): E.Either<GraftError, Learner> => {
  const { task } = data
  if (l.data.task._tag !== task._tag) return E.map(() => l)(sameTask(l.data.task, data))
  const settings = { ...l.settings, metrics: l.settings.metrics.map(measuredFor(task)) }
  const [wrong, ...others] = settingErrors(settings, task)
  if (wrong !== undefined) return E.left(mistakes('the learner', [wrong, ...others]))
  return pipe(
    planned(l.model, data),
    E.alt(() => planned(withOutputs(l, task), data)),
    E.map((plan) => {
      const fresh = initialState(plan, settings.seed)
      const last = lastLayer({ ...l, plan })?.path ?? ''
      const kept = [...l.state].filter(
        ([path, values]) => fresh.get(path)?.length === values.length && !isUnder(last)(path)
      )
      const model = outputsOf(task) === outputsOf(l.data.task) ? l.model : withOutputs(l, task)
      return {
        ...l,
        data,
        model,
        plan: { ...plan, warnings: [] },
        settings,
        state: new Map([...fresh, ...kept]),
        optimiser: freshOptimiser,
        mom: momentumOf(settings.opt)
      }
    })
  )
}

/**
 * Replaces a learner's data for training and validation; parameters, optimiser state and counters stay. If the classes
 * (labels, codes, outputs) differ, the last layer is replaced by one initialised from the seed, the layers before it
 * keep their parameters, and the optimiser is reset. The image size may differ if the network accepts it. Open the data
 * with the network's own preprocessing: `openData(preparedFor(predictorOf(l))(spec))`. Errors: `SavedError` for data of
 * another kind of task; `SettingError` for a user-defined loss or optimiser that is missing because the learner was
 * loaded from a file; and those of the plan.
 *
 * @example
 * import { arch, digits, nn, Recipe, withBatchSize } from 'graft-vision'
 * import {
 *   cnnLearner,
 *   exportLearner,
 *   loadLearner,
 *   openData,
 *   train,
 *   withData,
 *   withNodeEnv
 * } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const network = nn.sequential(nn.named('conv', nn.conv2d(3, 4, 5)), nn.named('pool', nn.maxPool2d(4)))
 *
 * const program = pipe(
 *   openData(pipe(digits({ n: 8 }), withBatchSize(4))),
 *   RTE.chainFirstW((data) =>
 *     pipe(
 *       cnnLearner(data, arch({ name: 'tiny', network })),
 *       RTE.chainW(exportLearner('to-train-on'))
 *     )
 *   ),
 *   RTE.chainW((data) => pipe(loadLearner('to-train-on'), RTE.chainEitherKW(withData(data)))),
 *   RTE.chainW(train(Recipe.fit(1))),
 *   RTE.map((l) => l.steps)
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(2))
 *
 * @category learners
 * @since 0.1.0
 */
export const withData =
  (data: Data) =>
  (l: Learner): E.Either<GraftError, Learner> =>
    pipe(
      isWhole(l),
      E.chain(() =>
        eqTask.equals(l.data.task, data.task)
          ? pipe(
              planned(l.model, data),
              E.map((plan) => ({ ...l, data, plan: { ...plan, warnings: [] } }))
            )
          : forOtherTask(data, l)
      )
    )
