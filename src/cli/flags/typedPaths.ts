/** Names the flag in errors about values that the library rejects, so that they are reported as wrong usage. */
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { GraftError, Mistake } from '../../GraftError.js'

/** Flags whose fields have other names. */
const renamed: Readonly<Record<string, string>> = {
  pattern: 'labelRe',
  freezeTo: 'freezeTo',
  sampling: 'sample',
  processes: 'procs',
  token: 'tokenFile',
  minNodes: 'nodes'
}

/** Flags that are short for others. */
const instead: Readonly<Record<string, string>> = { loss: 'labelSmoothing', holdout: 'validPct' }

/** A recipe that was given as JSON on the command line. */
const recipePath = (flags: Readonly<Record<string, unknown>>, path: string): string =>
  typeof flags['recipe'] === 'string' && /^\s*[[{]/.test(flags['recipe'])
    ? path.replace(/^recipe(?=\[)/, '--recipe: ')
    : path

/** A field of settings, of a data description or of its source; `freezeTo(9)` of a model. */
const field = /^(?:data\.(?:source\.)?|model: )?(\w+)(.*)$/s

const flagOf = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const ofSettings: ReadonlyArray<Mistake['_tag']> = ['SettingError', 'BadSpec', 'FreezeError', 'JobError']

const typedPath =
  (flags: Readonly<Record<string, unknown>>) =>
  (mistake: Mistake): Mistake => {
    if (mistake._tag === 'RecipeError') return { ...mistake, path: recipePath(flags, mistake.path) }
    const [, name = '', rest = ''] = ofSettings.includes(mistake._tag) ? (field.exec(mistake.path) ?? []) : []
    const key = [renamed[name] ?? name, instead[name] ?? ''].find((one) => flags[one] !== undefined)
    if (key === undefined) return mistake
    const within = rest.startsWith('(') ? '' : rest.replace(/^\./, ' ')
    return { ...mistake, path: `${flagOf(key)}${within}` }
  }

/** The error with the flags of the rejected values as its paths. */
export const typedPaths =
  (flags: Readonly<Record<string, unknown>>) =>
  (error: GraftError): GraftError =>
    error._tag === 'Mistakes' ? { ...error, errors: RNEA.map(typedPath(flags))(error.errors) } : typedPath(flags)(error)
