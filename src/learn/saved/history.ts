/**
 * `history.csv`: the table of a run, as fastai's CSVLogger writes it but for two columns: epochs are counted over the
 * whole run, and `phase` says which training step each belongs to. It is rewritten whole after every epoch, so that it
 * is whole whenever the run is killed.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { type Event, type Handler, type Recipe, type RunRow, runRows } from '../../recipe/index.js'
import type { Learner } from '../learner/Learner.js'
import { showTime, tableHeader, tableRow } from '../loop/table.js'

/** Records epochs into a file while a run goes on. */
export interface HistoryFile {
  readonly onEvent: Handler
  /** The last write, or the first that failed. */
  readonly written: TE.TaskEither<GraftError, void>
}

/** The times of the first `count` epochs in a file of an earlier part of the run. */
const timesIn = (text: string, count: number): ReadonlyArray<string> =>
  text
    .split('\n')
    .slice(1, count + 1)
    .map((line) => line.split(',').at(-1) ?? '')

const textOf = (names: ReadonlyArray<string>, rows: ReadonlyArray<RunRow>, times: ReadonlyArray<string>): string => {
  const lines = rows.map(({ phase, ...row }, i) => [
    phase,
    ...tableRow(row, names.length, 0).slice(0, -1),
    times[i] ?? ''
  ])
  return [['phase', ...tableHeader(names)], ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}

/** Goes on with a learner's history in `file`, by its run's recipe. The times of epochs that the file knows stay. */
export const openHistory =
  (file: string, l: Learner, recipe: Recipe.Recipe) =>
  ({ files }: HasFiles): TE.TaskEither<GraftError, HistoryFile> =>
    pipe(
      files.readText(file),
      TE.orElse((error) => (error._tag === 'NotFound' ? TE.right('') : TE.left(error))),
      TE.map((text) => {
        const rows = [...l.history.rows]
        const times = [...timesIn(text, rows.length)]
        const names = l.settings.metrics.map((m) => m.name)
        let last: Promise<E.Either<GraftError, void>> = Promise.resolve(E.right(undefined))
        let [failed, begun] = [false, false]
        const write = (): void => {
          begun = true
          const content = textOf(names, runRows(recipe)({ rows }), times)
          last = last.then(async (before) => {
            const now = E.isLeft(before) ? before : await files.write(file, content)()
            failed = E.isLeft(now)
            return now
          })
        }
        const record = (event: Event): void => {
          if (event._tag !== 'EpochEnd') return
          times[rows.length] = showTime(event.seconds)
          rows.push(event.row)
          write()
        }
        // a run may have been killed after the checkpoint of an epoch and before its line
        if (rows.length > 0) write()
        return {
          onEvent: (event) => () => {
            record(event)
            return failed ? 'halt' : 'continue'
          },
          written: () => {
            // a recipe that trains nothing has a table too
            if (!begun) write()
            return last
          }
        }
      })
    )
