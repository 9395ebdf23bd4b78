/**
 * How the command ends, for scripts.
 */
import { type GraftError, mistakesOf } from '../GraftError.js'

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  interrupted: 130
} as const

export const exitCodesHelp = `
Exit codes:
  0    done
  1    failed: data, model, engine, files
  2    wrong use: an unknown command or option, or a value that it does not take
  130  interrupted (Ctrl-C, SIGTERM): training wrote a checkpoint, unless a second signal ended it at once`

/** Mistakes in what was typed are told from those that come up later by their place: a flag, or an argument. */
const typed = /^(--|[A-Z]+( |$))/

export const exitCodeOf = (error: GraftError): number =>
  mistakesOf(error).every(({ _tag, path }) => _tag === 'SettingError' && typed.test(path))
    ? exitCodes.usage
    : exitCodes.failed
