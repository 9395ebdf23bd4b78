/** `graft train`: starts or resumes a run. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { drawError, type GraftError } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'
import { historyFigures } from '../output/figures.js'
import { namedData } from '../named/named.js'
import type { Terminal } from '../output/Terminal.js'
import { readFlags, whole } from '../flags/flags.js'
import { livePage } from '../../serve/index.js'
import type { TrainFlags } from '../flags/TrainFlags.js'
import { shownBy, type Ending } from '../training/trainRun.js'
import { reportRun } from '../training/reportRun.js'
import { trainedReport } from '../training/trainedReport.js'
import { resume } from '../training/resumeRun.js'
import { idleTorchFlag } from '../flags/torchFlags.js'
import { trainNew } from '../training/trainNew.js'

const trainShown =
  (dataName: string | undefined, flags: TrainFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const idle = flags.on === undefined ? idleTorchFlag(flags) : undefined
    if (idle !== undefined)
      return TE.left(
        settingError(idle, `${idle} beside --on torchrun`, 'no --on', 'add --on torchrun, or leave it out')
      )
    const { note } = shownBy(flags, terminal)
    const ending: Ending = (run, result) => {
      const { learner } = result
      return pipe(
        flags.figures === false || learner.history.losses.length === 0
          ? RTE.right({})
          : historyFigures(join(run.directory, 'figures'), learner),
        RTE.orElseW((error) => {
          note(`warning: the curves were not drawn: ${drawError(error)}`)
          return RTE.right({})
        }),
        RTE.bindTo('figures'),
        RTE.bindW('report', () => (flags.report === false ? RTE.right(undefined) : trainedReport(run, learner, note))),
        RTE.map(({ figures, report }) =>
          reportRun(terminal, flags.json === true, run, learner.history, {
            ...figures,
            ...(report === undefined ? {} : { report })
          })
        )
      )
    }
    if (flags.resume !== undefined) return resume(flags.resume, dataName, flags, terminal, ending)
    return dataName === undefined
      ? TE.left(
          settingError('DATA', 'DATA to train on', 'nothing', 'write e.g. graft train photos, or graft train digits')
        )
      : trainNew(namedData(dataName), flags, terminal, ending)
  }

/** The port of `--watch PORT`; undefined: a usual one. */
const portOf = ({ watch }: TrainFlags) =>
  readFlags({ port: whole('--watch', 0, '7007', 65_535)(watch === true ? undefined : watch) })

/** `graft train DATA ...` and `graft train --resume DIR`: the exit code. */
export const trainCommand =
  (dataName: string | undefined, flags: TrainFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    flags.watch === undefined
      ? trainShown(dataName, flags)(terminal)
      : pipe(
          TE.fromEither(portOf(flags)),
          TE.chain(({ port }) => livePage(port)),
          TE.chain((live) => async () => {
            shownBy(flags, terminal).note(`watch it at ${live.url}`)
            const result = await trainShown(dataName, flags)({ ...terminal, live })()
            await live.end(result._tag === 'Left' ? 'failed: see the terminal' : 'ended')
            return result
          })
        )
