import { drawError, type GraftError } from '../../GraftError.js'
import { inFlags } from './inFlags.js'
import type { Terminal } from './Terminal.js'

/** Reports an error on stderr, with hints in the command's own terms. */
export const complain =
  (terminal: Terminal, json: boolean) =>
  (cause: GraftError): void => {
    const error = inFlags(cause)
    terminal.note(json ? JSON.stringify({ error }) : drawError(error))
  }
