/**
 * Ctrl-C and SIGTERM: while training, the first asks to stop after the batch, the second ends the process; at any other
 * time one is enough.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Handler } from '../recipe/index.js'
import { exitCodes } from './exit.js'

export interface Interruption {
  /** Halts at the end of a batch once asked to. */
  readonly onEvent: Handler
  /** Listens no more, unless it was asked to stop: a second signal while the process ends is no other end. */
  readonly release: IO<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const

export const listenForInterruption = (note: (message: string) => void): Interruption => {
  let training = false
  let asked = false
  const onSignal = (): void => {
    // what is written is written beside and renamed: ending here leaves no file broken
    if (!training || asked) process.exit(exitCodes.interrupted)
    asked = true
    note('stopping after this batch; once more to stop at once')
  }
  for (const signal of signals) process.on(signal, onSignal)
  return {
    onEvent: (event) => () => {
      if (event._tag === 'TrainBegin') training = true
      if (event._tag === 'TrainEnd') training = false
      return asked && event._tag === 'BatchEnd' ? 'halt' : 'continue'
    },
    release: () => {
      if (!asked) for (const signal of signals) process.off(signal, onSignal)
    }
  }
}
