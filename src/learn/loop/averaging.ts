/** Averaged parameters of a training step: `ema` and `swa`. */
import * as E from 'fp-ts/lib/Either.js'
import type { StateDict } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Averaging } from '../../recipe/index.js'

/** An average of parameters and buffers, and how many it is of. */
export interface Averaged {
  readonly state: StateDict
  readonly count: number
}

type State = () => E.Either<GraftError, StateDict>

/** a + weight·(w − a), rounded to single precision. */
const moved = (average: StateDict, state: StateDict, weight: number): StateDict =>
  new Map([...average].map(([path, a]) => [path, mixed(a, state.get(path)!, weight)] as const))

const mixed = (a: Float32Array, w: Float32Array, weight: number): Float32Array => {
  const next = new Float32Array(a.length)
  for (let i = 0; i < a.length; i++) next[i] = (1 - weight) * a[i]! + weight * w[i]!
  return next
}

/** The average before the first batch. */
export const averageAtStart = (how: Averaging | undefined, state: StateDict): Averaged | null =>
  how?._tag === 'Ema' ? { state, count: 0 } : null

/** The average after a step of the optimiser. */
export const afterUpdate = (
  how: Averaging | undefined,
  average: Averaged | null,
  state: State
): E.Either<GraftError, Averaged | null> =>
  how?._tag === 'Ema' && average !== null
    ? E.map((now: StateDict) => ({ state: moved(average.state, now, 1 - how.decay), count: average.count + 1 }))(
        state()
      )
    : E.right(average)

/** The average after the training batches of an epoch. */
export const afterTraining = (
  how: Averaging | undefined,
  average: Averaged | null,
  epoch: number,
  state: State
): E.Either<GraftError, Averaged | null> => {
  if (how?._tag !== 'Swa' || epoch < how.from) return E.right(average)
  return E.map((now: StateDict) =>
    average === null
      ? { state: now, count: 1 }
      : { state: moved(average.state, now, 1 / (average.count + 1)), count: average.count + 1 }
  )(state())
}
