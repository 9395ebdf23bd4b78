/**
 * The models that are served. They are replaced all at once: new requests are answered by the new ones, and the old ones
 * are released after their last answer.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import { settingError } from '../learn/index.js'
import type { PredictionThreads } from './threads/predictionThreads.js'
import type { NamedModel, ServedModel } from './threads/ThreadMessage.js'

export interface Generation {
  readonly id: number
  /** The first is the default. */
  readonly models: ReadonlyArray<ServedModel>
}

export interface Generations {
  readonly current: IO<Generation>
  /** Counts a request of a generation, until `done`. */
  readonly begin: (id: number) => void
  readonly done: (id: number) => void
  /** Loads models in place of the current ones, which stay if one of the new ones cannot be loaded. */
  readonly replace: (models: ReadonlyArray<NamedModel>) => TE.TaskEither<GraftError, ReadonlyArray<ServedModel>>
}

export const newGenerations = (threads: Pick<PredictionThreads, 'load' | 'release'>): Generations => {
  let current: Generation = { id: 0, models: [] }
  let latest = 0
  let isLoading = false
  const open = new Map<number, number>()
  const releaseUnused = (id: number): void => {
    if (id !== current.id && id !== 0 && (open.get(id) ?? 0) === 0) {
      open.delete(id)
      threads.release(id)
    }
  }
  return {
    current: () => current,
    begin: (id) => void open.set(id, (open.get(id) ?? 0) + 1),
    done: (id) => {
      open.set(id, (open.get(id) ?? 1) - 1)
      releaseUnused(id)
    },
    replace: (models) => async () => {
      if (isLoading) return E.left(settingError('models', 'one reload at a time', 'another in progress', 'try again'))
      isLoading = true
      const id = ++latest
      const loaded = await threads.load(id, models)()
      isLoading = false
      if (E.isLeft(loaded)) return loaded
      const before = current.id
      current = { id, models: loaded.right }
      releaseUnused(before)
      return loaded
    }
  }
}
