/**
 * `graft demo`: everything once, on pictures that graft draws itself: train, save, load, predict a picture, look at
 * what it gets wrong.
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { digits } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { loadPredictor, predict, runFiles } from '../learn/index.js'
import { learnerFigures } from './figures.js'
import { given, readFlags, whole } from './flags.js'
import type { Terminal } from './Terminal.js'
import { type Ending, reportRun, trainNew } from './train.js'
import type { TrainFlags } from './TrainFlags.js'

export interface DemoFlags extends Pick<TrainFlags, 'out' | 'quiet' | 'json'> {
  readonly n?: string
}

/** `graft demo`: the exit code. */
export const demoCommand =
  (flags: DemoFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const ending: Ending = (run, { learner }) => {
      const { data, history } = learner
      const { file = '', label = '' } = data.valid.items[0] ?? {}
      const picture = join(data.root, file)
      return pipe(
        loadPredictor(runFiles(run.directory).model),
        RTE.chainW(predict(picture)),
        RTE.bindTo('p'),
        RTE.bindW('figures', () => learnerFigures(join(run.directory, 'figures'), learner)),
        RTE.map(({ p, figures }) => {
          if (flags.json !== true) {
            terminal.result(`pictures ${data.root} (drawn by graft: no photographs of handwriting)`)
            terminal.result(`loaded the model again; of ${file}, a ${label}, it says ${p.class}`)
            terminal.result(`more: graft predict ${run.directory} ${picture}`)
          }
          reportRun(terminal, flags.json === true, run, history, figures)
        })
      )
    }
    return pipe(
      TE.fromEither(readFlags({ n: whole('--n', 1, '640')(flags.n) })),
      // random weights: it has to run where there is no network
      TE.chain((values) => trainNew(TE.right(digits(given(values))), { ...flags, pretrained: false }, terminal, ending))
    )
  }
