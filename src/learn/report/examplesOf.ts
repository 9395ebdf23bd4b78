/** Images of a report, for each task: largest losses with heat maps, confident mistakes, worst masks. */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { hasHeatmaps } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Heatmap, heatmapLayer, heatmapThreshold } from '../../interpret/draw/index.js'
import { argMax, type Interpretation, topLosses } from '../../interpret/index.js'
import type { HasFiles, HasImages } from '../../io/index.js'
import type { PageImage } from '../../page/index.js'
import type { Examples } from '../../report/index.js'
import type { HasEngine } from '../Env.js'
import { gradCam } from '../looking/plotTopLosses.js'
import { pixelsOf } from '../predicting/networkInput.js'
import type { Predictor } from '../predicting/Predictor.js'
import { heatUrl, pageImage } from './pageImages.js'
import type { PredictedPictures } from './predictedPictures.js'

type Env = HasEngine & HasFiles & HasImages

/** Images of the largest losses. */
const largest = 12

const heatSide = 56

/** The file with its last folder, which is usually its class. */
export const shortFile = (file: string): string => file.split(/[/\\]/).slice(-2).join('/')

const three = (value: number): string => String(Number(value.toPrecision(3)))

/** What is said of image `k`. */
export const captionOfImage = (i: Interpretation, k: number): ReadonlyArray<string> => {
  const [row, target, file] = [i.predictions[k]!, i.targets[k]!, shortFile(i.files[k] ?? '')]
  const loss = `loss ${i.losses[k]!.toFixed(3)}`
  switch (i.task._tag) {
    case 'Classification': {
      const { classes } = i.task
      const predicted = argMax(row)
      const actual = target as number
      return [
        `${classes[predicted]!} ${(100 * row[predicted]!).toFixed(1)} %`,
        predicted === actual ? 'right' : `actually ${classes[actual]!} ${(100 * row[actual]!).toFixed(1)} %`,
        loss,
        file
      ]
    }
    case 'MultiLabel': {
      const { classes } = i.task
      const labels = target as ReadonlyArray<number>
      const named = (is: (c: number) => boolean): string => classes.filter((_, c) => is(c)).join(', ') || 'nothing'
      return [`predicted ${named((c) => row[c]! >= 0.5)}`, `actually ${named((c) => labels[c] === 1)}`, loss, file]
    }
    default:
      return i.task._tag === 'Points'
        ? [file, loss]
        : [`predicted ${row.map(three).join(', ')}`, `actually ${[target].flat().map(three).join(', ')}`, loss, file]
  }
}

/** The class whose heat map is shown: the actual one, or the most probable label. */
const classAt = (i: Interpretation, k: number): number => {
  const target = i.targets[k]!
  return i.task._tag === 'Classification' ? (target as number) : argMax(i.predictions[k]!)
}

const imageAt =
  (i: Interpretation, p: Predictor, k: number, map?: Heatmap): RTE.ReaderTaskEither<Env, GraftError, PageImage> =>
  (env) =>
    pipe(
      pixelsOf(p, i.files[k]!)(env),
      TE.chain(pageImage(captionOfImage(i, k))),
      TE.chain((image) =>
        map === undefined
          ? TE.right(image)
          : pipe(
              heatUrl(heatmapLayer([heatSide, Math.round((heatSide * image.width) / image.height)])(map)),
              TE.map((heat) => ({ ...image, heat }))
            )
      )
    )

const imagesAt = (
  i: Interpretation,
  p: Predictor,
  indices: ReadonlyArray<number>,
  withHeat: boolean
): RTE.ReaderTaskEither<Env, GraftError, ReadonlyArray<PageImage>> =>
  pipe(
    withHeat && hasHeatmaps(p.plan, heatmapThreshold)
      ? gradCam(
          indices.map((k) => i.files[k]!),
          indices.map((k) => classAt(i, k)),
          { least: heatmapThreshold }
        )(p)
      : RTE.right<Env, GraftError, ReadonlyArray<Heatmap>>([]),
    RTE.chain((maps) =>
      pipe(
        indices,
        RTE.traverseSeqArrayWithIndex((at, k) => imageAt(i, p, k, maps[at]))
      )
    )
  )

/** The wrong predictions with the largest probabilities. */
const confident = (i: Interpretation): ReadonlyArray<number> =>
  i.predictions
    .flatMap((row, k) => (argMax(row) === i.targets[k] ? [] : [{ k, sure: Math.max(...row) }]))
    .sort((a, b) => b.sure - a.sure)
    .slice(0, largest)
    .map(({ k }) => k)

/** Images of predictions that are classes, labels, numbers or points. */
export const examplesOf =
  (i: Interpretation) =>
  (p: Predictor): RTE.ReaderTaskEither<Env, GraftError, ReadonlyArray<Examples>> => {
    const isClassified = i.task._tag === 'Classification'
    return pipe(
      RTE.fromEither(topLosses(Math.min(largest, i.losses.length))(i)),
      RTE.mapLeft((e): GraftError => e),
      RTE.chain((top) =>
        imagesAt(
          i,
          p,
          top.map(({ index }) => index),
          isClassified || i.task._tag === 'MultiLabel'
        )
      ),
      RTE.bindTo('losses'),
      RTE.bind('mistakes', () => imagesAt(i, p, isClassified ? confident(i) : [], false)),
      RTE.map(({ losses, mistakes }) => [
        {
          title: isClassified ? 'Largest losses, with heat maps of the actual class' : 'Largest losses',
          images: losses
        },
        { title: 'Most confident mistakes', images: mistakes }
      ])
    )
  }

/** Images of predictions that are masks or images. */
export const worstPictures = ({ worst }: PredictedPictures): TE.TaskEither<GraftError, ReadonlyArray<Examples>> =>
  pipe(
    worst,
    TE.traverseSeqArray(({ file, loss, actual, predicted }) =>
      pipe(
        TE.Do,
        TE.bind('one', () => pageImage([`predicted, loss ${loss.toFixed(3)}`, shortFile(file)])(predicted)),
        TE.bind('other', () => pageImage(['actual', shortFile(file)])(actual))
      )
    ),
    TE.map((pairs) => [{ title: 'Largest losses', images: pairs.flatMap(({ one, other }) => [one, other]) }])
  )
