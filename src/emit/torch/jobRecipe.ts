/** The recipe in `job.json`: every field is present; rates and decays are lists with one number per group. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Freeze } from '../../model/index.js'
import { decayPerGroup, ratesPerGroup, type Recipe, type RecipeError } from '../../recipe/index.js'
import { jobError, type JobError } from './JobError.js'

/** A freeze as in saved files: `body`, or the n of `freezeTo(n)`. */
export const freezeTo = (freeze: Freeze): 'body' | number => (freeze._tag === 'FreezeBody' ? 'body' : freeze.n)

type Checked<A> = E.Either<RecipeError | JobError, A>

const settings = ({ until = [], accumulate = 1, average }: Recipe.StepSettings, path: string): Checked<object> => {
  const custom = until.find((watcher) => watcher._tag === 'CustomWatcher')
  return custom?._tag === 'CustomWatcher'
    ? E.left(
        jobError(
          `${path}.until`,
          'a built-in watcher',
          `the function labelled "${custom.watching.label}"`,
          'train with an engine of graft, or use earlyStopping, saveBest, reduceLrOnPlateau or terminateOnNaN'
        )
      )
    : E.right({ until, accumulate, average: average ?? null })
}

const decay = (wd: Recipe.Fit['wd'], groups: number, path: string): Checked<ReadonlyArray<number> | null> =>
  wd === null ? E.right(null) : decayPerGroup(groups, `${path}.wd`)(wd)

const training = (
  step: Recipe.TrainingStep,
  groups: number,
  path: string,
  of: object,
  rates: readonly [name: string, given: Recipe.Fit['lr']]
): Checked<object> =>
  pipe(
    E.Do,
    E.apS('lrs', ratesPerGroup(groups, `${path}.${rates[0]}`)(rates[1])),
    E.apSW('wd', decay(step.wd, groups, path)),
    E.apSW('settings', settings(step, path)),
    E.map(({ lrs, wd, settings: its }) => ({ ...of, [rates[0]]: lrs, wd, ...its }))
  )

const stepTo =
  (groups: number) =>
  (step: Recipe.Step, index: number): Checked<object> => {
    const path = `recipe[${index}]`
    switch (step._tag) {
      case 'Fit':
        return training(step, groups, path, { step: 'fit', epochs: step.epochs }, ['lr', step.lr])
      case 'FitOneCycle': {
        const { cycLen, moms, divFactor, pctStart, finalDiv, totEpochs, startEpoch } = step
        const both = typeof moms === 'number' ? [moms, moms] : moms
        const of = { step: 'fitOneCycle', cycLen, moms: both, divFactor, pctStart, finalDiv, totEpochs, startEpoch }
        return training(step, groups, path, of, ['maxLr', step.maxLr])
      }
      case 'FitSchedule': {
        const { epochs, schedule, moms } = step
        return training(step, groups, path, { step: 'fitSchedule', epochs, schedule, moms }, ['lr', step.lr])
      }
      case 'SetFreeze':
        return E.right({ step: 'setFreeze', freeze: freezeTo(step.freeze) })
      case 'SetSize':
        return E.right({ step: 'setSize', size: typeof step.size === 'number' ? [step.size, step.size] : step.size })
      case 'Save':
        return E.right({ step: 'save', name: step.name })
      case 'Load':
        return E.right({ step: 'load', name: step.name })
    }
  }

export const jobRecipe = (recipe: Recipe.Recipe, groups: number): Checked<ReadonlyArray<object>> =>
  E.traverseArrayWithIndex((i: number, step: Recipe.Step) => stepTo(groups)(step, i))(recipe)
