/**
 * `history.csv`: the results table of a run, as fastai's CSVLogger writes it, with two differences: epochs are counted
 * over the whole run, and `phase` is the index of each epoch's training step. It is rewritten after every epoch, so it
 * is complete whenever the run is killed.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import { type Event, type Handler, type Recipe, type RunRow, runRows } from '../../recipe/index.js'
import type { Learner } from '../learner/Learner.js'
import { showTime, tableHeader, tableRow } from '../loop/table.js'

/** Records epochs to a file during a run. */
export interface HistoryFile {
  readonly onEvent: Handler
  /** The last write, or the first one that failed. */
  readonly written: TE.TaskEither<GraftError, void>
}

/** Times of the first `count` epochs, from the file of an earlier part of the run. */
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

/** Continues a learner's history in `file`; keeps the times of epochs that are in the file. */
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
        // the run may have been killed after an epoch's checkpoint and before its row was written
        if (rows.length > 0) write()
        return {
          onEvent: (event) => () => {
            record(event)
            return failed ? 'halt' : 'continue'
          },
          written: () => {
            // a recipe without training has a table too
            if (!begun) write()
            return last
          }
        }
      })
    )
