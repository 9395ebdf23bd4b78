import { drawError, type GraftError } from '../GraftError.js'
import { inFlags } from './inFlags.js'
import type { Terminal } from './Terminal.js'

/** Says an error to whoever watches, its hints in the command's own words. */
export const complain =
  (terminal: Terminal, json: boolean) =>
  (cause: GraftError): void => {
    const error = inFlags(cause)
    terminal.note(json ? JSON.stringify({ error }) : drawError(error))
  }
