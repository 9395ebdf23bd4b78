/** The learner that a job trained, read from the final model of its run. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { GraftError } from '../../GraftError.js'
import type { Learner } from '../learner/Learner.js'
import { refreeze } from '../learner/refreeze.js'
import { freezeOf, historyOf, restore } from '../saved/restore.js'
import type { Saved } from '../saved/Saved.js'

/** A learner with the parameters, freeze, counters and history of a saved one; its optimiser is reset. */
export const trainedLearner =
  (file: string, saved: Saved) =>
  (l: Learner): E.Either<GraftError, Learner> =>
    pipe(
      refreeze(freezeOf(saved.progress))(l),
      E.chain(restore(file, saved)),
      E.map(({ learner }) => ({
        ...learner,
        steps: saved.progress.steps,
        epochs: saved.progress.epochs,
        history: historyOf(saved)
      }))
    )
