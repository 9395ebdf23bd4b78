/** The report that a training ends with; it never makes the training fail. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { drawError } from '../../GraftError.js'
import { type GraftEnv, type Learner, lrFindIn, reportOf, type Run, writeReport } from '../../learn/index.js'

/** What a report at the end of a training costs at most: `graft report` predicts all images. */
const limits = { images: 2000, thumbnails: 300 }

/** Writes `report.html` into the run's folder, and returns its path; undefined: a warning has said why not. */
export const trainedReport = (
  run: Run,
  learner: Learner,
  note: (message: string) => void
): RTE.ReaderTaskEither<GraftEnv, never, string | undefined> => {
  const file = join(run.directory, 'report.html')
  return pipe(
    lrFindIn(run.directory),
    RTE.chainW((lrFind) => reportOf({ run, learner, without: null, lrFind, notes: [] }, limits)),
    RTE.chainW(writeReport(file)),
    RTE.map((): string | undefined => file),
    RTE.orElse((error) => {
      note(`warning: the report was not written: ${drawError(error)}`)
      return RTE.right<GraftEnv, never, string | undefined>(undefined)
    })
  )
}
