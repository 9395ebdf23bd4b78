/**
 * Ctrl-C and SIGTERM. During training, the first signal stops after the batch and saves a checkpoint, and a later one
 * ends the process at once; otherwise the first one does. Signals are handled between batches: those that arrive during
 * a batch are handled together afterwards, and count as one.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Event, Handler } from '../../recipe/index.js'
import { exitCodes } from '../output/exit.js'

export interface Interruption {
  /** Halts at the end of a batch once a signal has arrived. */
  readonly onEvent: Handler
  /** Stops listening, unless a stop was requested: a second signal while the process ends changes nothing. */
  readonly release: IO<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const

type State = 'idle' | 'training' | 'stopping'

const nextState = (state: State, event: Event): State => {
  if (event._tag === 'TrainBegin' && state === 'idle') return 'training'
  return event._tag === 'TrainEnd' && state === 'training' ? 'idle' : state
}

const endedAtOnce = (saved: boolean): string =>
  saved
    ? 'ended at once: --resume continues from the last checkpoint'
    : 'ended at once, before the first checkpoint: --resume starts from the beginning'

export const listenForInterruption = (note: (message: string) => void): Interruption => {
  let state: State = 'idle'
  let saved = false
  let heard = false
  const end = (message: string): never => {
    note(message)
    // files are written to temporary ones and renamed, so ending here leaves none incomplete
    process.exit(exitCodes.interrupted)
  }
  const onSignal = (): void => {
    if (heard) return
    heard = true
    setImmediate(() => (heard = false))
    if (state === 'idle') return end('interrupted')
    if (state === 'stopping') return end(endedAtOnce(saved))
    state = 'stopping'
    note('stopping after this batch; press Ctrl-C again to stop at once, without a checkpoint of this batch')
  }
  for (const signal of signals) process.on(signal, onSignal)
  return {
    onEvent: (event) => () => {
      state = nextState(state, event)
      if (event._tag === 'Saved' && event.kind === 'checkpoint') saved = true
      return state === 'stopping' && event._tag === 'BatchEnd' ? 'halt' : 'continue'
    },
    release: () => {
      if (state !== 'stopping') for (const signal of signals) process.off(signal, onSignal)
    }
  }
}
