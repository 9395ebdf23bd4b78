/** The figures that commands write, and their paths. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { hasHeatmaps } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { heatmapThreshold, plotConfusionMatrix, plotLosses, plotLr, plotMetrics } from '../../interpret/draw/index.js'
import type { Interpretation } from '../../interpret/index.js'
import { type Figure, type HasFiles, saveFigure, withImagesOf } from '../../io/index.js'
import {
  type GraftEnv,
  interpret,
  type Learner,
  plotMultiTopLosses,
  plotTopLosses,
  plotWorstPoints,
  type Predictor,
  predictorOf
} from '../../learn/index.js'

/** Name to file. */
export type Written = Readonly<Record<string, string>>

const forms = ['svg', 'json', 'png']

/** Writes a figure in every format, and returns the image's path. */
export const writeFigure = (
  directory: string,
  name: string,
  figure: Figure
): RTE.ReaderTaskEither<HasFiles, GraftError, Written> =>
  pipe(
    forms,
    RTE.traverseSeqArray((form) => saveFigure(join(directory, `${name}.${form}`))(figure)),
    RTE.map(() => ({ [name]: join(directory, `${name}.png`) }))
  )

const all = <R>(
  writing: ReadonlyArray<RTE.ReaderTaskEither<R, GraftError, Written>>
): RTE.ReaderTaskEither<R, GraftError, Written> =>
  pipe(
    writing,
    RTE.sequenceSeqArray,
    RTE.map((each): Written => Object.assign({}, ...each) as Written)
  )

/** The figures for each kind of data: misclassified images for multi-label, the worst points, none for regressions. */
export const interpretationFigures = (
  directory: string,
  i: Interpretation,
  predictor: Predictor,
  k: number
): RTE.ReaderTaskEither<GraftEnv, GraftError, Written> =>
  i.task._tag === 'MultiLabel'
    ? pipe(
        plotMultiTopLosses(Math.min(k, 20))(i),
        RTE.chainW(({ grid }) => writeFigure(directory, 'top-losses', grid))
      )
    : i.task._tag === 'Points'
      ? pipe(
          plotWorstPoints(k, { decoding: predictor.decoding })(i),
          RTE.chainW((grid) => writeFigure(directory, 'worst-points', grid))
        )
      : i.task._tag === 'Regression' || i.task._tag === 'ImageRegression'
        ? RTE.right({})
        : classificationFigures(directory, i, predictor, k)

/** Confusion matrix and top losses, with heat maps if the network supports them. */
const classificationFigures = (
  directory: string,
  i: Interpretation,
  predictor: Predictor,
  k: number
): RTE.ReaderTaskEither<GraftEnv, GraftError, Written> =>
  all([
    pipe(
      RTE.fromEither(plotConfusionMatrix()(i)),
      RTE.chainW((chart) => writeFigure(directory, 'confusion', chart))
    ),
    pipe(
      i,
      plotTopLosses(k, hasHeatmaps(predictor.plan, heatmapThreshold) ? { heatmap: predictor } : {}),
      RTE.chainW((grid) => writeFigure(directory, 'top-losses', grid))
    )
  ])

/** Figures of a training: losses, learning rates and metrics. */
export const historyFigures = (
  directory: string,
  { history, settings }: Learner
): RTE.ReaderTaskEither<HasFiles, GraftError, Written> =>
  all([
    writeFigure(directory, 'losses', plotLosses()(history)),
    writeFigure(directory, 'rates', plotLr({ showMoms: true })(history)),
    writeFigure(directory, 'metrics', plotMetrics(settings.metrics.map(({ name }) => name))(history))
  ])

/** All figures of a trained learner. */
export const learnerFigures = (directory: string, l: Learner): RTE.ReaderTaskEither<GraftEnv, GraftError, Written> =>
  pipe(
    interpret(l),
    RTE.chainW((i) =>
      all<GraftEnv>([
        pipe(
          interpretationFigures(directory, i, predictorOf(l), Math.min(9, i.losses.length)),
          RTE.local((env: GraftEnv) => withImagesOf(l.data)(env))
        ),
        historyFigures(directory, l)
      ])
    )
  )
