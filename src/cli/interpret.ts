/**
 * `graft interpret`: what a trained model gets wrong.
 */
import { dirname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { withValidBatchSize } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { classScores, type ClassScore, type Confused, mostConfused, predictedClasses } from '../interpret/index.js'
import { nodeFiles, openData } from '../io/index.js'
import { interpretPredictor, loadPredictor, preparedFor, withNodeEnv } from '../learn/index.js'
import { exitCodes } from './exit.js'
import { interpretationFigures } from './figures.js'
import { engineFlag, given, oneOf, readFlags, whole } from './flags.js'
import { namedData } from './named.js'
import { savedModel } from './saved.js'
import type { Terminal } from './Terminal.js'

export interface InterpretFlags {
  readonly set?: string
  readonly k?: string
  readonly minVal?: string
  readonly bs?: string
  readonly engine?: string
  readonly threads?: string
  readonly out?: string
  readonly json?: boolean
}

const readInterpretFlags = (flags: InterpretFlags) =>
  readFlags({
    set: oneOf('--set', ['valid', 'train'])(flags.set),
    k: whole('--k', 1, '9')(flags.k),
    minVal: whole('--min-val', 1, '2')(flags.minVal),
    bs: whole('--bs', 1, '64')(flags.bs),
    engine: engineFlag(flags.engine),
    threads: whole('--threads', 1, '2')(flags.threads)
  })

const drawScores = (scores: ReadonlyArray<ClassScore>): ReadonlyArray<string> => {
  const width = Math.max(5, ...scores.map((s) => s.class.length))
  return [
    `${'class'.padEnd(width)}  precision  recall  f1      images`,
    ...scores.map(
      ({ class: name, precision, recall, f1, support }) =>
        `${name.padEnd(width)}  ${precision.toFixed(4)}     ${recall.toFixed(4)}  ${f1.toFixed(4)}  ${support}`
    )
  ]
}

const drawConfused = (confused: ReadonlyArray<Confused>): ReadonlyArray<string> =>
  confused.slice(0, 10).map(({ actual, predicted, count }) => `${actual} taken for ${predicted}: ${count}`)

/** `graft interpret MODEL DATA`: the exit code. */
export const interpretCommand =
  (model: string, data: string, flags: InterpretFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const file = savedModel(model)
    const directory = flags.out ?? join(dirname(file), 'figures')
    return pipe(
      TE.fromEither(readInterpretFlags(flags)),
      TE.bindTo('n'),
      TE.bind('spec', () => namedData(data)),
      TE.chain(({ n, spec }) =>
        withNodeEnv(given({ engine: n.engine, threads: n.threads }))(
          pipe(
            loadPredictor(file),
            RTE.bindTo('predictor'),
            RTE.bindW('opened', ({ predictor }) =>
              openData(preparedFor(predictor)(n.bs === undefined ? spec : withValidBatchSize(n.bs)(spec)))
            ),
            RTE.bindW('i', ({ predictor, opened }) =>
              interpretPredictor(opened, { set: n.set === 'train' ? 'fix' : 'valid' })(predictor)
            ),
            RTE.bindW('scores', ({ i }) => RTE.fromEither(classScores(i))),
            RTE.bindW('confused', ({ i }) => RTE.fromEither(mostConfused(n.minVal)(i))),
            RTE.bindW('figures', ({ i, predictor }) =>
              interpretationFigures(directory, i, predictor, n.k ?? Math.min(9, i.losses.length))
            ),
            RTE.chainFirstTaskEitherKW(({ i }) =>
              nodeFiles.write(join(directory, 'interpretation.json'), `${JSON.stringify(i)}\n`)
            )
          )
        )
      ),
      TE.map(({ i, scores, confused, figures }) => {
        const predicted = predictedClasses(i)
        const accuracy = i.targets.filter((target, k) => target === predicted[k]).length / i.targets.length
        const written = { ...figures, interpretation: join(directory, 'interpretation.json') }
        if (flags.json === true) terminal.result(JSON.stringify({ accuracy, scores, confused, figures: written }))
        else
          [
            ...drawScores(scores),
            ...drawConfused(confused),
            ...Object.entries(written).map(([name, path]) => `${name} ${path}`),
            `accuracy ${accuracy.toFixed(4)}`
          ].forEach(terminal.result)
        return exitCodes.done
      })
    )
  }
