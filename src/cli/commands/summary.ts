/** `graft summary`: shows everything known about a model without running it. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, classification, showClassWeights } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { cut, head, withHead } from '../../model/index.js'
import { type Plan, summary, summaryOf } from '../../plan/index.js'
import { classWeightsIn, type Loss } from '../../recipe/index.js'
import { exitCodes } from '../output/exit.js'
import { readFlags, whole } from '../flags/flags.js'
import { planOf, unnamed } from '../named/planned.js'
import type { Terminal } from '../output/Terminal.js'

export interface SummaryFlags {
  readonly arch?: string
  readonly classes?: string
  readonly size?: string
  readonly json?: boolean
}

/** The weights of classes that a model was trained with. */
const weightsLine = ({ task }: Plan, loss: Loss | null): string => {
  const weights = loss === null ? null : classWeightsIn(loss)
  return weights === null || task === null ? '' : `\nclass weights: ${showClassWeights(classesOf(task), weights)}`
}

/** `graft summary [MODEL]`: the exit code. */
export const summaryCommand =
  (what: string | undefined, flags: SummaryFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      TE.fromEither(
        readFlags({
          classes: whole('--classes', 1, '2', 100_000)(flags.classes),
          size: whole('--size', 1, '224')(flags.size)
        })
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
