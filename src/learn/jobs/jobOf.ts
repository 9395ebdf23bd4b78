/**
 * `jobOf`: makes a job from a learner and a recipe.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { sidesOf } from '../../data/index.js'
import { costsId } from '../../engine/index.js'
import { checkJob, type Job, type JobSettings, toTorch } from '../../emit/torch/index.js'
import { type GraftError, type Mistake, mistakes } from '../../GraftError.js'
import type { FormatErrors, ResolvedModel } from '../../format/index.js'
import { dataFingerprint, type HasFiles, type HasImages } from '../../io/index.js'
import type { Learner } from '../learner/Learner.js'
import { resolvedOf } from '../learner/resolved.js'
import type { Recipe } from '../../recipe/index.js'
import { plannedAt } from '../learner/resize.js'
import { checkAgainst } from '../loop/checkAgainst.js'
import { recipeFingerprint, settingsFingerprint } from '../saved/fingerprints.js'
import { describedRun, type RunDescription } from '../saved/RunDescription.js'
import { savedBytes } from '../saved/writeSaved.js'
import { jobData } from './jobData.js'
import { torchProgram } from './torchProgram.js'

const asMistakes = (errors: ReadonlyArray<Mistake>): GraftError =>
  // every left has at least one
  mistakes('the job', errors as RNEA.ReadonlyNonEmptyArray<Mistake>)

const named = (errors: FormatErrors): GraftError => mistakes('the model', errors)

/** The resolved model for each image size that a recipe sets: the layers of a U-Net depend on the size. */
const resizedModels = (recipe: Recipe.Recipe, l: Learner): E.Either<GraftError, ReadonlyArray<ResolvedModel>> =>
  pipe(
    recipe.flatMap((step, i) => (step._tag === 'SetSize' ? [[step.size, `recipe[${i}]`] as const] : [])),
    E.traverseArray(([size, path]) =>
      pipe(
        plannedAt(size, path)(l),
        E.chain((plan) =>
          E.mapLeft(named)(resolvedOf({ ...l, plan, data: { ...l.data, shape: [3, ...sidesOf(size)] } }))
        )
      )
    )
  )

/** Returns the job that continues training a learner from its current state, as the description says. */
export const jobOf =
  (description: RunDescription, settings: JobSettings) =>
  (l: Learner): RTE.ReaderTaskEither<HasFiles & HasImages, GraftError, Job> => {
    const { recipe } = description
    return pipe(
      RTE.fromEither(checkAgainst(recipe)(l)),
      RTE.chainEitherK(() => {
        const wrong = checkJob(l.settings, l.data.spec.bs, settings)
        return wrong.length === 0 ? E.right(undefined) : E.left(asMistakes(wrong))
      }),
      RTE.chainEitherK(() => describedRun('.', description)),
      RTE.bindTo('described'),
      RTE.bind('read', () => jobData(l.data)),
      RTE.bindW('program', () => torchProgram),
      RTE.bindW('model', () => RTE.fromEither(E.mapLeft(named)(resolvedOf(l)))),
      RTE.bindW('resized', () => RTE.fromEither(resizedModels(recipe, l))),
      RTE.let('costs', () =>
        description.costs === undefined ? null : costsId({ _tag: 'Given', costs: description.costs })
      ),
      RTE.bindW('checkpoint', ({ described: { run }, costs }) => {
        const of = { recipe: recipeFingerprint(recipe), ...(costs === null ? {} : { costs }) }
        return RTE.fromEither(savedBytes(l, { step: 0, within: null, ...of }, { run: run.id }))
      }),
      RTE.chainEitherKW(({ described: { run, text }, read, program, model, resized, costs, checkpoint }) =>
        pipe(
          toTorch({
            plan: l.plan,
            model,
            resized,
            ...read,
            training: l.settings,
            recipe,
            settings,
            fingerprints: {
              run: run.id,
              data: dataFingerprint(l.data),
              contents: l.data.contents,
              settings: settingsFingerprint(l),
              recipe: recipeFingerprint(recipe),
              ...(costs === null ? {} : { costs })
            },
            description: text,
            checkpoint,
            program
          }),
          E.mapLeft(asMistakes)
        )
      )
    )
  }
