/**
 * `withData`: a learner with other data.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { eqTask, showTask, type Task } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import type { Data } from '../io/index.js'
import { type Learner, planned } from './Learner.js'
import { savedError, settingError } from './LearnError.js'
import { lostSetting } from './loadLearner.js'

/** Whether data is of a model's task: the same classes, in the same order. */
export const sameTask = (task: Task, data: Data): E.Either<GraftError, void> =>
  eqTask.equals(task, data.task)
    ? E.right(undefined)
    : E.left(
        savedError(
          data.root,
          `data of the model's task: ${showTask.show(task)}`,
          showTask.show(data.task),
          'give the data that it was trained on, or other images of the same classes'
        )
      )

const isWhole = ({ settings }: Learner): E.Either<GraftError, void> => {
  const lost = lostSetting(settings)
  return lost === null
    ? E.right(undefined)
    : E.left(
        settingError(
          lost,
          'a function of your own',
          'one that no file can hold',
          `give it again: loadLearner(path, { ${lost} })`
        )
      )
}

/**
 * A learner that trains on and validates on other data; its numbers, its optimiser's state and its counters stay.
 * Images may have another size if the network takes it. Open the data as the network saw its own:
 * `openData(preparedFor(predictorOf(l))(spec))`. Errors: `SavedError` for data of other classes, `SettingError` for a
 * loss or an optimiser of one's own that the file of a loaded learner could not hold, and those of the plan.
 *
 * @example
 * import { arch, conv2d, digits, maxPool2d, named, Recipe, sequential, withBatchSize } from 'graft-vision'
 * import { cnnLearner, exportLearner, loadLearner, openData, train, withData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const network = sequential(named('conv', conv2d(3, 4, 5)), named('pool', maxPool2d(4)))
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
 * @since 0.1.0
 */
export const withData =
  (data: Data) =>
  (l: Learner): E.Either<GraftError, Learner> =>
    pipe(
      sameTask(l.data.task, data),
      E.chain(() => isWhole(l)),
      E.chain(() => planned(l.model, data)),
      E.map((plan) => ({ ...l, data, plan: { ...plan, warnings: [] } }))
    )
