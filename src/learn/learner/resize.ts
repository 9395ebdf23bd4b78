/**
 * `resizeTo`: a learner with images of another size.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { sidesOf, type Size } from '../../data/index.js'
import { type GraftError, type Mistake, mistakes, mistakesOf } from '../../GraftError.js'
import { dataFingerprint } from '../../io/index.js'
import type { Plan } from '../../plan/index.js'
import { settingError } from '../LearnError.js'
import type { Learner } from './Learner.js'
import { planned } from './makeLearner.js'

const at =
  (place: string) =>
  (mistake: Mistake): Mistake => ({ ...mistake, path: `${place}: ${mistake.path}` })

/** The learner's model planned for images of a size; `path` names the step in errors. */
export const plannedAt =
  (size: Size, path: string) =>
  (l: Learner): E.Either<GraftError, Plan> => {
    if (l.data.resized === undefined)
      return E.left(
        settingError(
          `${path}.size`,
          'data whose images can be resized',
          'images in one size',
          'open them with openData'
        )
      )
    return pipe(
      planned(l.model, { ...l.data, shape: [3, ...sidesOf(size)] }),
      E.bimap(
        (error) => mistakes(path, RNEA.map(at(`${path}, images of ${sidesOf(size).join(' x ')}`))(mistakesOf(error))),
        (plan) => ({ ...plan, warnings: [] })
      )
    )
  }

/**
 * Opens the learner's images in another size and plans its model for it. Parameters and the optimiser's state are kept,
 * and so are the statistics of normalisation.
 */
export const resizeTo =
  (size: Size, path: string) =>
  (l: Learner): TE.TaskEither<GraftError, Learner> =>
    pipe(
      TE.fromEither(plannedAt(size, path)(l)),
      TE.bindTo('plan'),
      TE.bind('data', () => TE.fromTask(l.data.resized!(size))),
      TE.map(({ plan, data }) => ({
        ...l,
        plan,
        data: { ...l.data, ...data, begunAs: l.data.begunAs ?? dataFingerprint(l.data) }
      }))
    )
