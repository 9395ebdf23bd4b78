/** Exit codes of the command. */
import { type GraftError, type Mistake, mistakesOf } from '../../GraftError.js'

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  interrupted: 130
} as const

export const exitCodesHelp = `
Exit codes:
  0    success
  1    failure: data, model, engine or files
  2    wrong usage: an unknown command or option, or an invalid value
  3    graft check --strict found an error in the data
  130  interrupted (Ctrl-C, SIGTERM): training wrote a checkpoint, unless a second signal ended it at once`

/** Errors in the command line are recognised by their path: a flag, or an argument. */
const isTyped = ({ _tag, path }: Mistake): boolean =>
  path.startsWith('--') || (_tag === 'SettingError' && /^[A-Z]+( |$)/.test(path))

export const exitCodeOf = (error: GraftError): number =>
  mistakesOf(error).every(isTyped) ? exitCodes.usage : exitCodes.failed
