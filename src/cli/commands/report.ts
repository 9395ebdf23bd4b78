/** `graft report`: a run as a page. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataSpec } from '../../data/index.js'
import { drawError, type GraftError } from '../../GraftError.js'
import { nodeFiles, nodeIo } from '../../io/index.js'
import { readRun, reportedRun, reportOf, withNodeEnv, writeReport } from '../../learn/index.js'
import { engineFlag, given, readFlags, whole } from '../flags/flags.js'
import { archsWith, movedTo } from '../named/named.js'
import { exitCodes } from '../output/exit.js'
import { watcher } from '../output/progress.js'
import type { Terminal } from '../output/Terminal.js'

export interface ReportFlags {
  readonly data?: string
  readonly images?: string
  readonly thumbnails?: string
  readonly engine?: string
  readonly threads?: string
  readonly workers?: string
  readonly out?: string
  readonly json?: boolean
}

const readReportFlags = (flags: ReportFlags) =>
  readFlags({
    images: whole('--images', 1, '1000')(flags.images),
    thumbnails: whole('--thumbnails', 0, '1000')(flags.thumbnails),
    engine: engineFlag(flags.engine),
    threads: whole('--threads', 1, '2', 512)(flags.threads),
    workers: whole('--workers', 0, '2', 512)(flags.workers)
  })

const movedData = (flags: ReportFlags, spec: DataSpec): E.Either<GraftError, DataSpec | undefined> =>
  flags.data === undefined ? E.right(undefined) : movedTo(flags.data)(spec)

/** `graft report RUN`: the exit code. */
export const reportCommand =
  (directory: string, flags: ReportFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const { onEvent, progress, note } = watcher({ json: flags.json === true, quiet: false }, terminal)
    const file = flags.out ?? join(directory, 'report.html')
    return pipe(
      TE.fromEither(readReportFlags(flags)),
      TE.bindTo('n'),
      TE.bind('run', () => readRun(directory, archsWith)(nodeIo())),
      TE.bind('data', ({ run }) => TE.fromEither(movedData(flags, run.description.data))),
      TE.chain(({ n, run, data }) =>
        withNodeEnv({ ...given({ engine: n.engine, threads: n.threads, workers: n.workers }), onEvent, progress })(
          pipe(
            reportedRun(run, data),
            RTE.chainFirstIOK(({ without }) => () => {
              if (without !== null)
                note(`warning: the data cannot be opened: the report has no images; if they have moved, pass --data PATH
${drawError(without)}`)
            }),
            RTE.chainW((reported) => reportOf(reported, given({ images: n.images, thumbnails: n.thumbnails }))),
            RTE.chainW(writeReport(file)),
            RTE.chainTaskEitherKW(() => nodeFiles.stat(file))
          )
        )
      ),
      TE.map(({ bytes }) => {
        terminal.result(flags.json === true ? JSON.stringify({ report: file, bytes }) : `report ${file}`)
        return exitCodes.done
      })
    )
  }
