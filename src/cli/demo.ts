/**
 * `graft demo`: a complete example on generated images: train the head on a frozen body, then everything; save, load,
 * predict an image, interpret.
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { digits } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { freeze } from '../model/index.js'
import { type Learner, loadPredictor, predict, runFiles } from '../learn/index.js'
import { costOf, plan } from '../plan/index.js'
import { Recipe, slice } from '../recipe/index.js'
import { learnerFigures } from './figures.js'
import { given, readFlags, whole } from './flags.js'
import { invocation } from './invocation.js'
import type { Terminal } from './Terminal.js'
import { type Ending, reportRun, trainNew } from './train.js'
import type { TrainFlags } from './TrainFlags.js'

/**
 * The two phases of transfer learning. The body starts from random weights, because no weights are available offline.
 */
const twoPhases = Recipe.sequence(
  Recipe.freeze,
  Recipe.fitOneCycle(1, 1e-2),
  Recipe.unfreeze,
  Recipe.fitOneCycle(1, slice(1e-3, 1e-2))
)

/** What each phase learned, and the number of trained parameters. */
const phaseLines = ({ model, data, history }: Learner): ReadonlyArray<string> => {
  const accuracyAfter = (phase: number): string => (history.rows[phase]?.metrics[0] ?? NaN).toFixed(4)
  const trained = pipe(
    plan({ input: data.shape, task: data.task })(freeze(model)),
    E.match(
      () => '',
      (frozen) => `: ${costOf(frozen).trainable} of ${costOf(frozen).parameters} parameters train`
    )
  )
  return [
    `phase 1  the body is frozen${trained}; accuracy ${accuracyAfter(0)}`,
    `phase 2  everything trains, at lower rates towards the input; accuracy ${accuracyAfter(1)}`
  ]
}

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
            phaseLines(learner).forEach(terminal.result)
            terminal.result(`pictures ${data.root} (drawn by graft: no photographs of handwriting)`)
            terminal.result(`loaded the model again; of ${file}, a ${label}, it says ${p.class}`)
            terminal.result(`more: ${invocation()} predict ${run.directory} ${picture}`)
          }
          reportRun(terminal, flags.json === true, run, history, figures)
        })
      )
    }
    return pipe(
      TE.fromEither(readFlags({ n: whole('--n', 1, '640')(flags.n) })),
      // random weights, because it must run without a network
      TE.chain((values) =>
        trainNew(TE.right(digits(given(values))), { ...flags, pretrained: false }, terminal, ending, twoPhases)
      )
    )
  }
