/** `graft arches`: lists architectures with everything that is known without running them. No engine is loaded. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { catalogue } from '../../arch/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'
import type { Arch } from '../../model/index.js'
import { nearest } from '../../nearest.js'
import { archSummaryOf, archTable } from '../../plan/index.js'
import { exitCodes } from '../output/exit.js'
import { isModule, moduleArch } from '../named/named.js'
import type { Terminal } from '../output/Terminal.js'

export interface ArchesFlags {
  readonly json?: boolean
}

/** As in a shell: `*` matches any text, `?` any single character. */
const matches = (pattern: string): ((name: string) => boolean) => {
  const parts = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  const whole = new RegExp(`^${parts}$`, 'i')
  return (name) => whole.test(name)
}

const lists = 'graft arches lists them all'

/** The most likely intended pattern: one that matches something, or the name nearest to a misspelt one. */
const meant = (pattern: string): string => {
  const names = catalogue.map(({ name }) => name)
  const word = pattern.replace(/[*?]/g, '')
  const stem = word.replace(/[\d_.-]+$/, '')
  const near = nearest(word, names)
  const wider = [`${word}*`, ...(O.isSome(near) || stem === '' ? [] : [`${stem}*`, `*${stem}*`])].find(
    (one) => word !== '' && names.some(matches(one))
  )
  if (wider !== undefined) return `try '${wider}'; ${lists}`
  return O.isSome(near) ? `did you mean ${near.value}? ${lists}` : `${lists}; './mine.js#net' is one of your own`
}

const matching = (pattern: string): TE.TaskEither<GraftError, ReadonlyArray<Arch>> => {
  const found = catalogue.filter(({ name }) => matches(pattern)(name))
  return found.length > 0
    ? TE.right(found)
    : TE.left(
        settingError(
          'PATTERN',
          'names of architectures, with * and ?, or a module of your own',
          JSON.stringify(pattern),
          meant(pattern)
        )
      )
}

const chosen = (patterns: ReadonlyArray<string>): TE.TaskEither<GraftError, ReadonlyArray<Arch>> =>
  patterns.length === 0
    ? TE.right(catalogue)
    : pipe(
        patterns,
        TE.traverseSeqArray((pattern) =>
          isModule(pattern)
            ? pipe(
                moduleArch(pattern),
                TE.map((arch): ReadonlyArray<Arch> => [arch])
              )
            : matching(pattern)
        ),
        TE.map((found) => [...new Set(RA.flatten(found))])
      )

/** `graft arches [PATTERN...]`: the exit code. */
export const archesCommand =
  (patterns: ReadonlyArray<string>, flags: ArchesFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      chosen(patterns),
      TE.chainEitherK(
        E.traverseArray((arch) =>
          pipe(
            archSummaryOf(arch),
            E.mapLeft((errors): GraftError => mistakes(arch.name, errors))
          )
        )
      ),
      TE.map((all) => {
        terminal.result(flags.json === true ? JSON.stringify(all) : archTable(all))
        return exitCodes.done
      })
    )
