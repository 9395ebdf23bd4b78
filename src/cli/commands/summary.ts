/** `graft summary`: shows everything known about a model without running it, or what data hold. */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, classification, type DataSpec, showClassWeights, withSize } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { nodeIo, openData } from '../../io/index.js'
import { cut, head, withHead } from '../../model/index.js'
import { type Plan, summary, summaryOf } from '../../plan/index.js'
import { classWeightsIn, type Loss } from '../../recipe/index.js'
import { dataSummaryOf, showDataSummary } from '../output/dataSummary.js'
import { exitCodes } from '../output/exit.js'
import { given, readFlags, refuseUnused, whole } from '../flags/flags.js'
import { adjusted, readTrainFlags, type TrainFlags } from '../flags/TrainFlags.js'
import { isNamedData, namedData } from '../named/named.js'
import { planOf, unnamed } from '../named/planned.js'
import type { Terminal } from '../output/Terminal.js'
import { showWarning, shownBy } from '../training/trainRun.js'

export type SummaryFlags = TrainFlags

/** The weights of classes that a model was trained with. */
const weightsLine = ({ task }: Plan, loss: Loss | null): string => {
  const weights = loss === null ? null : classWeightsIn(loss)
  return weights === null || task === null ? '' : `\nclass weights: ${showClassWeights(classesOf(task), weights)}`
}

/** Images are resized when they are opened, so that those of several sizes are no error. */
const anySize = (spec: DataSpec): DataSpec => (O.isSome(spec.size) ? spec : withSize(64)(spec))

const summaryOfData =
  (data: string, flags: SummaryFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const show = shownBy(flags, terminal)
    return pipe(
      TE.fromEither(refuseUnused('data', { '--arch': flags.arch })),
      TE.chain(() => TE.fromEither(readTrainFlags(flags))),
      TE.bindTo('n'),
      TE.bind('spec', ({ n }) => pipe(namedData(data), TE.chainEitherK(adjusted(flags, n)))),
      TE.chain(({ n, spec }) => {
        const env = nodeIo(given({ workers: n.workers }))
        return pipe(
          openData(anySize(spec))(env),
          TE.mapLeft((error): GraftError => error),
          TE.chainFirstTaskK(() => () => env.workers.close())
        )
      }),
      TE.map((opened) => {
        const its = dataSummaryOf(opened)
        for (const warning of opened.warnings) show.note(`warning: ${showWarning(warning)}`)
        terminal.result(flags.json === true ? JSON.stringify(its) : showDataSummary(its))
        return exitCodes.done
      })
    )
  }

/** The flags that only data have, by their names on the command line. */
const flagsOfData = ({ arch: _, classes: __, size: ___, json: ____, ...others }: SummaryFlags) =>
  Object.fromEntries(
    Object.entries(others).map(([name, value]) => [
      `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`,
      value === undefined ? undefined : String(value)
    ])
  )

/** `graft summary [MODEL|DATA]`: the exit code. */
export const summaryCommand =
  (what: string | undefined, flags: SummaryFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      what === undefined ? TE.right<GraftError, boolean>(false) : isNamedData(what),
      TE.chain((isData) => (isData ? summaryOfData(what!, flags) : summaryOfModel(what, flags))(terminal))
    )

const summaryOfModel =
  (what: string | undefined, flags: SummaryFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      TE.fromEither(refuseUnused('a model', flagsOfData(flags))),
      TE.chain(() =>
        TE.fromEither(
          readFlags({
            classes: whole('--classes', 1, '2', 100_000)(flags.classes),
            size: whole('--size', 1, '224')(flags.size)
          })
        )
      ),
      TE.chain(({ classes, size }) =>
        planOf(what, {
          module: flags.arch ?? null,
          size,
          classes,
          ofArchs: {},
          grafted: (arch) =>
            classes === undefined
              ? { model: arch, task: undefined }
              : { model: withHead(head())(cut(arch)), task: classification(unnamed(classes)) }
        })
      ),
      TE.map(({ plan, loss }) => {
        terminal.result(
          flags.json === true ? JSON.stringify(summaryOf(plan)) : `${summary(plan)}${weightsLine(plan, loss)}`
        )
        return exitCodes.done
      })
    )
