/** `graft interpret`: shows what a trained model gets wrong. */
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataSpec, type Points, type Target, withValidBatchSize } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  accuracyThresh,
  classScores,
  otherTask,
  type ClassScore,
  type Confused,
  evaluateMetric,
  type Interpretation,
  type InterpretError,
  labelScores,
  misclassified,
  mostConfused,
  predictedClasses,
  meanSquaredError,
  pointDistance,
  rootMeanSquaredError,
  worstPoints
} from '../../interpret/index.js'
import { nodeFiles, nodeIo, openData, withImagesOf } from '../../io/index.js'
import {
  type GraftEnv,
  interpretPredictor,
  loadPredictor,
  preparedFor,
  readRun,
  runFiles,
  savedModel,
  settingError,
  withNodeEnv
} from '../../learn/index.js'
import { exitCodes } from '../output/exit.js'
import { interpretationFigures } from '../output/figures.js'
import { engineFlag, given, oneOf, readFlags, whole } from '../flags/flags.js'
import { dividedBy, type DivisionFlags, readDivisionFlags } from '../flags/holdoutFlag.js'
import { archsWith, namedData } from '../named/named.js'
import { watcher } from '../output/progress.js'
import { arrangedBy, readSourceFlags, type SourceFlags, withoutDataFlags } from '../flags/sourceFlags.js'
import type { Terminal } from '../output/Terminal.js'
import { showWarning } from '../training/trainRun.js'

export interface InterpretFlags extends SourceFlags, DivisionFlags {
  readonly seed?: string
  readonly set?: string
  readonly k?: string
  readonly minVal?: string
  readonly bs?: string
  readonly engine?: string
  readonly threads?: string
  readonly workers?: string
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
    threads: whole('--threads', 1, '2', 512)(flags.threads),
    workers: whole('--workers', 0, '2', 512)(flags.workers),
    seed: whole('--seed', 0, '42')(flags.seed),
    ...readDivisionFlags(flags),
    ...readSourceFlags(flags)
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

/** The report of an interpretation: lines, the same as JSON, and the final number. */
interface Told {
  readonly lines: ReadonlyArray<string>
  readonly json: object
  readonly score: readonly [name: string, value: number]
}

const ofClasses = (i: Interpretation, minVal: number | undefined): E.Either<InterpretError, Told> =>
  pipe(
    E.Do,
    E.bind('scores', () => classScores(i)),
    E.bind('confused', () => mostConfused(minVal)(i)),
    E.map((json): Told => {
      const predicted = predictedClasses(i)
      const hits = i.targets.filter((target, k) => target === predicted[k]).length
      return {
        lines: [...drawScores(json.scores), ...drawConfused(json.confused)],
        json,
        score: ['accuracy', hits / i.targets.length]
      }
    })
  )

const measured = (
  i: Interpretation,
  metric: Parameters<typeof evaluateMetric>[0]
): E.Either<InterpretError, Told['score']> => {
  const width = i.predictions[0]?.length ?? 1
  const batch = {
    outputs: Float32Array.from(i.predictions.flat()),
    targets: Float32Array.from(i.targets.flat()),
    width,
    n: i.predictions.length
  }
  return E.map((value: number): Told['score'] => [metric.name, value])(evaluateMetric(metric)([batch]))
}

/** The mean distance of each point, and the images with the largest ones. */
const ofPoints = (i: Interpretation, { names }: Points): E.Either<InterpretError, Told> =>
  pipe(
    E.Do,
    E.bind('worst', () => worstPoints(Math.min(10, i.losses.length))(i)),
    E.bind('score', () => measured(i, pointDistance)),
    E.bind('distances', () =>
      pipe(
        names,
        E.traverseArrayWithIndex((k) => {
          const pair = (row: Target): ReadonlyArray<number> => [row].flat().slice(2 * k, 2 * k + 2)
          return measured({ ...i, predictions: i.predictions.map(pair), targets: i.targets.map(pair) }, pointDistance)
        })
      )
    ),
    E.map(({ worst, score, distances }): Told => {
      const width = Math.max(5, ...names.map(({ length }) => length))
      return {
        lines: [
          `${'point'.padEnd(width)}  distance in pixels`,
          ...names.map((name, k) => `${name.padEnd(width)}  ${distances[k]![1].toFixed(2)}`),
          ...worst.map(({ file, distance }) => `${file ?? ''}: ${distance.toFixed(1)}`)
        ],
        json: { distances: Object.fromEntries(names.map((name, k) => [name, distances[k]![1]])), worst },
        score
      }
    })
  )

const toldOf = (i: Interpretation, minVal: number | undefined): E.Either<InterpretError, Told> => {
  switch (i.task._tag) {
    case 'MultiLabel':
      return pipe(
        E.Do,
        E.bind('scores', () => labelScores()(i)),
        E.bind('misclassified', () => misclassified(i)),
        E.bind('score', () => measured(i, accuracyThresh({ sigmoid: false }))),
        E.map(({ score, ...json }): Told => ({
          lines: [
            ...drawScores(json.scores),
            ...json.misclassified
              .slice(0, 10)
              .map(
                ({ file, predicted, actual }) =>
                  `${file ?? ''}: ${predicted}, actually ${actual.join(';') || 'nothing'}`
              )
          ],
          json,
          score
        }))
      )
    case 'Regression':
      return E.map((score: Told['score']): Told => ({ lines: [], json: {}, score }))(
        measured(i, rootMeanSquaredError())
      )
    case 'Points':
      return ofPoints(i, i.task)
    case 'ImageRegression':
      return E.map((score: Told['score']): Told => ({ lines: [], json: {}, score }))(measured(i, meanSquaredError))
    default:
      return ofClasses(i, minVal)
  }
}

/** The data that a run was trained and validated on; other data may hold out images it was trained on. */
const dataOfRun = (model: string, file: string, flags: InterpretFlags): TE.TaskEither<GraftError, DataSpec> => {
  const io = nodeIo()
  const directory = dirname(file)
  return pipe(
    TE.fromEither(withoutDataFlags(flags)),
    TE.chainW(() => io.files.exists(runFiles(directory).description)),
    TE.filterOrElseW(
      (isRun) => isRun,
      () =>
        settingError(
          'DATA',
          'images to interpret, because the model does not belong to a run with data',
          'nothing',
          `pass them: graft interpret ${model} DATA`
        )
    ),
    TE.chain(() => readRun(directory, archsWith)(io)),
    TE.map(({ description }) => description.data)
  )
}

const forMasks = 'see the masks that graft predict writes, and the metrics of graft train'

/** `graft interpret MODEL [DATA]`: the exit code. */
export const interpretCommand =
  (model: string, data: string | undefined, flags: InterpretFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const { onEvent, progress, note } = watcher({ json: flags.json === true, quiet: false }, terminal)
    return pipe(
      TE.fromEither(readInterpretFlags(flags)),
      TE.bindTo('n'),
      TE.bind('file', () => savedModel(model)(nodeIo())),
      TE.bind('spec', ({ n, file }) =>
        data === undefined
          ? dataOfRun(model, file, flags)
          : pipe(
              namedData(data),
              TE.chainEitherK((spec) =>
                pipe(
                  arrangedBy(flags, n)(spec.source),
                  E.chain(dividedBy(n)),
                  E.map((source) => ({ ...spec, source }))
                )
              )
            )
      ),
      TE.bind('directory', ({ file }) => TE.right(flags.out ?? join(dirname(file), 'figures'))),
      TE.chain(({ n, file, spec, directory }) =>
        withNodeEnv({ ...given({ engine: n.engine, threads: n.threads, workers: n.workers }), onEvent, progress })(
          pipe(
            loadPredictor(file),
            RTE.bindTo('predictor'),
            RTE.filterOrElseW(
              ({ predictor }) => predictor.task._tag !== 'Segmentation',
              ({ predictor }) =>
                otherTask('interpret', 'a class, labels or numbers of an image', predictor.task._tag, forMasks)
            ),
            RTE.bindW('opened', ({ predictor }) =>
              openData(preparedFor(predictor)(n.bs === undefined ? spec : withValidBatchSize(n.bs)(spec)))
            ),
            RTE.chainFirstIOK(({ opened }) => () => {
              for (const warning of opened.warnings) note(`warning: ${showWarning(warning)}`)
            }),
            // checked before anything that takes long: the folder must be writable
            RTE.chainFirstTaskEitherKW(() => nodeFiles.makeDir(directory)),
            RTE.bindW('i', ({ predictor, opened }) =>
              interpretPredictor(opened, { set: n.set === 'train' ? 'fix' : 'valid' })(predictor)
            ),
            RTE.bindW('told', ({ i }) => RTE.fromEither(toldOf(i, n.minVal))),
            RTE.bindW('figures', ({ i, opened, predictor }) =>
              pipe(
                interpretationFigures(directory, i, predictor, n.k ?? Math.min(9, i.losses.length)),
                RTE.local((env: GraftEnv) => withImagesOf(opened)(env))
              )
            ),
            RTE.let('interpretation', () => join(directory, 'interpretation.json')),
            RTE.chainFirstTaskEitherKW(({ i, interpretation }) =>
              nodeFiles.write(interpretation, `${JSON.stringify(i)}\n`)
            )
          )
        )
      ),
      TE.map(({ told: { lines, json, score }, figures, interpretation }) => {
        const [name, value] = score
        const written = { ...figures, interpretation }
        if (flags.json === true) terminal.result(JSON.stringify({ [name]: value, ...json, figures: written }))
        else
          [
            ...lines,
            ...Object.entries(written).map(([figure, path]) => `${figure} ${path}`),
            `${name} ${value.toFixed(4)}`
          ].forEach(terminal.result)
        return exitCodes.done
      })
    )
  }
