/** Converts commander's errors in a command line to graft's errors. */
import * as O from 'fp-ts/lib/Option.js'
import type { Mistake } from '../GraftError.js'
import { settingError } from '../learn/index.js'
import { meantBy } from './flags/synonyms.js'

/** The command that was called, and the available commands. */
export interface Called {
  /** `graft`, or `graft train`. */
  readonly name: string
  readonly commands: ReadonlyArray<string>
  readonly options: ReadonlyArray<string>
  /** The arguments that it needs, and those that were given. */
  readonly required: ReadonlyArray<string>
  readonly given: ReadonlyArray<string>
}

/** What to write for an argument that is missing. */
const examples: Readonly<Record<string, string>> = {
  MODEL: 'graft-out/resnet18-20250101-120000',
  IMAGE: 'photos/*.jpg',
  DATA: 'photos',
  ID: 'graft-out/graft-resnet18-0123abcd'
}

const described: Readonly<Record<string, string>> = {
  MODEL: 'a trained model: model.safetensors, or the folder of a run or an export',
  IMAGE: 'images to predict: files, folders, patterns in quotes, URLs, or - for standard input',
  DATA: 'DATA to train on',
  ID: 'a job that was submitted: its folder, or the id of its service'
}

const suggested = (called: Called, meant: O.Option<string>): string =>
  O.isSome(meant) ? `did you mean ${meant.value}?` : `${called.name} --help lists them`

type Form = readonly [text: RegExp, error: (parts: ReadonlyArray<string | undefined>, called: Called) => Mistake]

const forms: ReadonlyArray<Form> = [
  [
    /missing required argument '([^']+)'/,
    ([argument = ''], { name, required, given }) => {
      const missing = required.slice(given.length).map((one) => examples[one] ?? one)
      return settingError(
        argument,
        described[argument] ?? argument,
        'nothing',
        `write e.g. ${[name, ...given, ...missing].join(' ')}`
      )
    }
  ],
  [
    /unknown option '([^']+)'/,
    ([option = ''], called) =>
      settingError(
        option,
        `an option of ${called.name}`,
        'an unknown one',
        suggested(called, meantBy(called.options)(option))
      )
  ],
  [
    /unknown command '([^']+)'(?:\n\(Did you mean (?:one of )?([^?]+)\?\))?/,
    ([command = '', nearest], called) =>
      settingError(
        command,
        `one of ${called.commands.join(', ')}`,
        'an unknown command',
        suggested(called, O.fromNullable(nearest))
      )
  ],
  [
    /option '(--[\w-]+|-\w, --[\w-]+)([^']*)' argument missing/,
    ([option = '', value = ''], { name }) =>
      settingError(option, `a value: ${option}${value}`, 'nothing', `write it after ${option}; ${name} --help has more`)
  ],
  [
    /option '(--[\w-]+)[^']*' cannot be used with option '(--[\w-]+)[^']*'/,
    ([option = '', other = '']) =>
      settingError(option, `no ${option} beside ${other}`, 'both', 'leave one of the two out')
  ],
  [
    /too many arguments.* Expected (\d+) arguments? but got (\d+)/,
    ([most = '', found = ''], { name, given }) =>
      settingError(
        name,
        most === '0' ? 'no argument' : most === '1' ? 'one argument' : `${most} arguments`,
        `${found}: ${given.join(' ')}`,
        'leave the others out, and put quotes around a name with spaces'
      )
  ],
  [
    /^error: (\S+) is empty/,
    ([what = '']) => settingError(what, 'a value', 'an empty one', 'give it a value, or leave it out')
  ]
]

/** The error for a message of commander. */
export const usageError =
  (called: Called) =>
  (text: string): Mistake => {
    for (const [pattern, error] of forms) {
      const [found, ...parts] = pattern.exec(text) ?? []
      if (found !== undefined) return error(parts, called)
    }
    return settingError(
      called.name,
      'a command line that it understands',
      text.replace(/^error: /, '').trim(),
      `${called.name} --help describes it`
    )
  }
