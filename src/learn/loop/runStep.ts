/**
 * `runStep`: what each step of a recipe does to a learner.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { GraftError } from '../../GraftError.js'
import { epochsOf, type Recipe } from '../../recipe/index.js'
import { type Saved, savedFile } from '../saved/Saved.js'
import { readSaved } from '../saved/readSaved.js'
import { writeSaved } from '../saved/writeSaved.js'
import { restore } from '../saved/restore.js'
import type { Learner } from '../learner/Learner.js'
import { refreeze } from '../learner/refreeze.js'
import { resizeTo } from '../learner/resize.js'
import type { Placed } from './phase.js'
import type { Hooks } from './running.js'
import type { TrainEnv } from './TrainEnv.js'
import type { Within } from './Within.js'
import { emitAt, emitter, emitAll, warning } from './emit.js'

/** A step's result: the learner, where it was halted, and the handlers' verdict. */
interface StepResult {
  readonly learner: Learner
  readonly halted: Within | null
}

const done = (learner: Learner): StepResult => ({ learner, halted: null })

/** The position of a training step among those of its recipe. */
const placeOf = (recipe: Recipe.Recipe, index: number): Placed['place'] => {
  const trains = recipe.map(epochsOf)
  const count = (epochs: ReadonlyArray<number>): number => epochs.filter((n) => n > 0).length
  return {
    phase: count(trains.slice(0, index)),
    phases: count(trains),
    epochsAfter: trains.slice(index + 1).reduce((sum, n) => sum + n, 0)
  }
}

const saveModel = async (env: TrainEnv, l: Learner, name: string): Promise<E.Either<GraftError, void>> => {
  const file = savedFile(l, name)
  const written = await writeSaved(file, l, null)(env)()
  if (E.isLeft(written)) return written
  return E.map(() => undefined)(await emitAt(env, l, { _tag: 'Saved', file, kind: 'model' }))
}

export const runStep = async (
  env: TrainEnv,
  l: Learner,
  recipe: Recipe.Recipe,
  index: number,
  from: Within | null,
  checkpoint: Hooks['checkpoint']
): Promise<E.Either<GraftError, StepResult>> => {
  const step = recipe[index]!
  switch (step._tag) {
    case 'Fit':
    case 'FitOneCycle':
    case 'FitSchedule': {
      // programs that only predict do not load the training loop
      const { runPhase } = await import('./phase.js')
      return runPhase(env, l, { step, path: `recipe[${index}]`, place: placeOf(recipe, index) }, from, {
        emit: emitter(env, l),
        checkpoint,
        save: (name, now) => saveModel(env, now, name)
      })
    }
    case 'SetFreeze':
      return E.map(done)(refreeze(step.freeze)(l))
    case 'SetSize':
      return E.map(done)(await resizeTo(step.size, `recipe[${index}]`)(l)())
    case 'Save':
      return E.map(() => done(l))(await saveModel(env, l, step.name))
    case 'Load': {
      const file = savedFile(l, step.name)
      const restored = E.chain((saved: Saved) => restore(file, saved)(l))(await readSaved(file)(env)())
      if (E.isLeft(restored)) return restored
      const { learner, warnings } = restored.right
      const told = await emitAll(env, learner, [{ _tag: 'Loaded', file }, ...warnings.map(warning)])
      return E.map(() => done(learner))(told)
    }
  }
}
