/** `graft lr-find`: suggests a learning rate. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { plotLrFind } from '../../interpret/draw/index.js'
import { nodeFiles } from '../../io/index.js'
import { learner, lrFind, settingError, withNodeEnv } from '../../learn/index.js'
import { type LrFind, lrSweep, suggestLr } from '../../recipe/index.js'
import { exitCodes } from '../output/exit.js'
import { writeFigure } from '../output/figures.js'
import { given, rates, readFlags, whole } from '../flags/flags.js'
import { namedData } from '../named/named.js'
import type { Terminal } from '../output/Terminal.js'
import { noteWarnings, shownBy } from '../training/trainRun.js'
import { openSized } from '../training/trainNew.js'
import { adjusted, modelOf, noteOfWeights, readTrainFlags, type TrainFlags } from '../flags/TrainFlags.js'

export interface LrFindFlags extends TrainFlags {
  readonly startLr?: string
  readonly endLr?: string
  readonly numIt?: string
  readonly stopDiv?: boolean
}

const readSweep = (flags: LrFindFlags) =>
  pipe(
    readFlags({
      startLr: rates('--start-lr')(flags.startLr),
      endLr: rates('--end-lr')(flags.endLr),
      numIt: whole('--num-it', 1, '100')(flags.numIt)
    }),
    // checked before the data are opened; two groups, because a flag gives at most two rates
    E.chainFirstW((sweep) =>
      pipe(
        lrSweep(given(sweep), 2),
        E.mapLeft(({ expected, found, hint }): GraftError => settingError('--end-lr', expected, found, hint))
      )
    )
  )

/** Why there is no suggestion. */
const tooShort = ({ losses: { length } }: LrFind, wanted: number): string =>
  length < wanted
    ? `no suggestion: the loss diverged by batch ${length}; start lower with --start-lr, or continue with --no-stop-div`
    : `no suggestion: too few batches (${length}); try --num-it 100`

/** `graft lr-find DATA`: the exit code. */
export const lrFindCommand =
  (data: string, flags: LrFindFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const show = shownBy(flags, terminal)
    const directory = flags.out ?? 'graft-out'
    return pipe(
      TE.fromEither(readTrainFlags(flags)),
      TE.bindTo('n'),
      TE.bind('sweep', () => TE.fromEither(readSweep(flags))),
      TE.bind('spec', ({ n }) => pipe(namedData(data), TE.chainEitherK(adjusted(flags, n)))),
      TE.bind('model', ({ spec }) => modelOf(flags, spec)),
      TE.chain(({ n, sweep, spec, model }) =>
        withNodeEnv({
          ...given({ engine: n.engine, threads: n.threads, workers: n.workers }),
          onEvent: show.onEvent,
          progress: show.progress
        })(
          pipe(
            RTE.fromIO(() => {
              const note = noteOfWeights(flags, model)
              if (note !== undefined) show.note(note)
            }),
            RTE.chainW(() => openSized(spec, model.body.arch.input.size, show.note)),
            RTE.chainW((opened) =>
              learner({
                data: opened,
                model,
                ...given({
                  ...{ wd: n.wd, loss: n.loss, classWeights: n.classWeights, opt: n.opt },
                  ...{ clip: n.clip, seed: n.seed, cacheFeatures: n.cacheFeatures }
                })
              })
            ),
            RTE.chainFirstIOK((l) => () => noteWarnings(l, show)),
            // checked before anything that takes long: the folder must be writable
            RTE.chainFirstTaskEitherKW(() => nodeFiles.makeDir(directory)),
            RTE.chainW(lrFind({ ...given(sweep), stopDiv: flags.stopDiv !== false })),
            RTE.bindTo('found'),
            RTE.let('numIt', () => sweep.numIt ?? 100),
            RTE.bindW('figures', ({ found }) => writeFigure(directory, 'lr-find', plotLrFind()(found)))
          )
        )
      ),
      TE.map(({ found, figures, numIt }) => {
        const suggestion = O.toNullable(suggestLr()(found))
        if (flags.json === true) terminal.result(JSON.stringify({ ...found, suggestion, figures }))
        else {
          for (const [name, file] of Object.entries(figures)) terminal.result(`${name} ${file}`)
          terminal.result(
            suggestion === null
              ? tooShort(found, numIt)
              : `steepest ${suggestion.minGradient.toExponential(2)}, minimum / 10 ${suggestion.minLossBy10.toExponential(2)}`
          )
        }
        return exitCodes.done
      })
    )
  }
