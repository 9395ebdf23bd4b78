/** Catches exceptions of an engine, and derives what to do from their messages. */
import * as E from 'fp-ts/lib/Either.js'
import type { Engine } from '../Engine.js'
import { type EngineError, engineFailure } from '../EngineError.js'

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** The beginning of messages about the result of a user-defined loss. */
export const badLoss = 'the loss'

const hintFor = (message: string): string => {
  if (message.startsWith(badLoss))
    return 'take the mean over all axes but the first: tf.mean(tf.reshape(each, [n, -1]), -1)'
  if (/alloc|memory|array length/i.test(message)) return 'use smaller batches or smaller images'
  if (/shape|dimension|broadcast|rank|size|index|indices|bounds|range/i.test(message))
    return "make the loss, its weights and the targets fit the network's outputs"
  return 'check your own functions (a loss, a layer); if there are none, try another engine'
}

/** Runs `f` with the engine current; `what` names the operation in the error. */
export const attempt =
  (engine: Engine) =>
  <A>(what: string, f: () => A): E.Either<EngineError, A> =>
    E.tryCatch(
      () => engine.use(f),
      (cause) => {
        const message = messageOf(cause)
        return engineFailure(`${engine.name}: ${what}`, 'the operation to run', message, hintFor(message))
      }
    )
