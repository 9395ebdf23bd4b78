/**
 * When a run writes checkpoints.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import type { GraftError } from '../../GraftError.js'
import type { Cursor } from '../saved/Saved.js'
import { writeSaved } from '../saved/writeSaved.js'
import type { Learner } from '../learner/Learner.js'
import type { Occasion } from './running.js'
import type { TrainEnv } from './TrainEnv.js'
import { emitAt } from './emit.js'

/**
 * Where and how often to write checkpoints.
 *
 * @category training
 * @since 0.1.0
 */
export interface Checkpointing {
  readonly file: string
  /** Id of the run that the checkpoint belongs to; default: none. */
  readonly run?: string
  /** Seconds between checkpoints; default 60. */
  readonly everySeconds?: number
  /** Number of batches between additional checkpoints; default: none. */
  readonly everyBatches?: number
}

/** Writes a checkpoint, if checkpoints are asked for. */
const writeCheckpoint = async (
  env: TrainEnv,
  l: Learner,
  cursor: Cursor,
  how: Checkpointing | undefined
): Promise<E.Either<GraftError, void>> => {
  if (how === undefined) return E.right(undefined)
  const written = await writeSaved(how.file, l, cursor, how.run === undefined ? {} : { run: how.run })(env)()
  if (E.isLeft(written)) return written
  return E.map(() => undefined)(await emitAt(env, l, { _tag: 'Saved', file: how.file, kind: 'checkpoint' }))
}

/** Keeps the time of the last checkpoint across the steps of a run. */
type Checkpoints = (
  l: () => E.Either<GraftError, Learner>,
  at: Cursor,
  when: Occasion
) => Promise<E.Either<GraftError, void>>

export const checkpoints = (env: TrainEnv, how: Checkpointing | undefined): Checkpoints => {
  let [last, batches] = [env.clock.now(), 0]
  return async (learnerNow, at, when) => {
    if (how === undefined) return E.right(undefined)
    if (when === 'batch') batches++
    const due =
      when === 'halt' ||
      (when === 'batch' && batches % (how.everyBatches ?? Infinity) === 0) ||
      env.clock.now() - last >= 1000 * (how.everySeconds ?? 60)
    if (!due) return E.right(undefined)
    const now = learnerNow()
    if (E.isLeft(now)) return now
    const written = await writeCheckpoint(env, now.right, at, how)
    last = env.clock.now()
    return written
  }
}
