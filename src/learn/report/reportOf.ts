/**
 * `reportOf`: the report of a run, from its learner: predictions of the validation set, examples and all that is known.
 *
 * @since 0.1.0
 */
import { basename } from 'node:path'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { drawError, type GraftError } from '../../GraftError.js'
import type { Chart } from '../../interpret/draw/index.js'
import { confusionMatrix, type Interpretation, predictedClasses } from '../../interpret/index.js'
import { dataCounts, type HasFiles, type HasImages, withImagesOf } from '../../io/index.js'
import type { PageImage } from '../../page/index.js'
import {
  aboutSection,
  type ClassedImage,
  confusionSection,
  curvesSection,
  dataSection,
  examplesSection,
  lrFindSection,
  masksSection,
  networkSection,
  numbersSection,
  type Report,
  type ReportSection,
  scoresSection
} from '../../report/index.js'
import type { HasEngine } from '../Env.js'
import type { Learner } from '../learner/Learner.js'
import { interpretationOf } from '../looking/interpret.js'
import { batchPictures } from '../looking/showBatch.js'
import { askedOf, predictSet } from '../predicting/getPreds.js'
import { predictorOf } from '../predicting/Predictor.js'
import type { Run } from '../saved/RunDescription.js'
import { aboutOf } from './about.js'
import { captionOfImage, examplesOf, worstPictures } from './examplesOf.js'
import { pageImage, thumbnailsOf, type ThumbnailOf } from './pageImages.js'
import { predictedPictures } from './predictedPictures.js'
import { type Sampled, sampledOf } from './sampled.js'

/**
 * Options of a report.
 *
 * @category reports
 * @since 0.1.0
 */
export interface ReportOptions {
  /** How many validation images are predicted at most, evenly spaced. Default: all. */
  readonly images?: number
  /** How many thumbnails there are at most below the confusion matrix. Default 1000. */
  readonly thumbnails?: number
}

/** A run and what is known of it. */
export interface Reported {
  readonly run: Run
  /** Its data may be empty. */
  readonly learner: Learner
  /** Why there are no images; null: there are. */
  readonly without: GraftError | null
  /** The chart of a learning rate finder, if there is one. */
  readonly lrFind: Chart | null
  /** What a reader must know first. */
  readonly notes: ReadonlyArray<string>
}

type Env = HasEngine & HasFiles & HasImages
type Sections = ReadonlyArray<ReportSection>

/** Characters of thumbnails in a file of at most 5 MB: the rest is charts, examples and text. */
const roomForThumbnails = 3_600_000

const thumbnailsWanted = 1000

/** Mistakes first, then images that are right, each class in turn, so that none is left out when there are too many. */
const inTurn = (i: Interpretation, most: number): ReadonlyArray<ThumbnailOf<readonly [number, number]>> => {
  const predicted = predictedClasses(i)
  const queues = new Map<string, Array<number>>()
  predicted.forEach((p, k) => {
    const key = `${i.targets[k] as number}-${p}`
    queues.set(key, [...(queues.get(key) ?? []), k])
  })
  const wrong = [...queues].filter(([key]) => key.split('-')[0] !== key.split('-')[1])
  const right = [...queues].filter(([key]) => key.split('-')[0] === key.split('-')[1])
  const turns = (all: typeof wrong): ReadonlyArray<number> => {
    const longest = Math.max(0, ...all.map(([, queue]) => queue.length))
    return Array.from({ length: longest }, (_, at) => all.flatMap(([, queue]) => queue[at] ?? [])).flat()
  }
  return [...turns(wrong), ...turns(right)].slice(0, most).map((k) => ({
    file: i.files[k]!,
    caption: captionOfImage(i, k),
    of: [i.targets[k] as number, predicted[k]!] as const
  }))
}

const classified = (
  i: Interpretation,
  l: Learner,
  { thumbnails = thumbnailsWanted }: ReportOptions
): RTE.ReaderTaskEither<Env, GraftError, Sections> => {
  const wanted = inTurn(i, thumbnails)
  return pipe(
    RTE.fromEither(confusionMatrix(i)),
    RTE.mapLeft((e): GraftError => e),
    RTE.bindTo('counts'),
    RTE.bindW('shown', () => (env: Env) => thumbnailsOf(wanted, roomForThumbnails, predictorOf(l))(env)),
    RTE.map(({ counts, shown: { made, side } }) => {
      const images = made.map(({ of: [actual, predicted], image }): ClassedImage => ({ actual, predicted, image }))
      const notes =
        made.length === i.targets.length
          ? []
          : [
              `${made.length} of ${i.targets.length} images have a thumbnail, of ${side} pixels: mistakes come first, and the file is kept below 5 MB.`
            ]
      const classes = i.task._tag === 'Classification' ? i.task.classes : []
      return [confusionSection(classes, counts, images, notes)]
    })
  )
}

const ofPredictions = (
  l: Learner,
  sampled: Sampled,
  options: ReportOptions
): RTE.ReaderTaskEither<Env, GraftError, Sections> =>
  pipe(
    predictSet(askedOf(l)([l.data.valid, sampled.batches])),
    RTE.chainEitherK(interpretationOf(l.data)),
    RTE.chain((i) =>
      pipe(
        i.task._tag === 'Classification' ? classified(i, l, options) : RTE.right<Env, GraftError, Sections>([]),
        RTE.bindTo('confusion'),
        RTE.bind('examples', () => examplesOf(i)(predictorOf(l))),
        RTE.map(({ confusion, examples }) => [
          ...confusion,
          examplesSection(examples),
          i.task._tag === 'Classification' || i.task._tag === 'MultiLabel' ? scoresSection(i) : numbersSection(i)
        ])
      )
    )
  )

const ofPictures = (l: Learner, sampled: Sampled): RTE.ReaderTaskEither<Env, GraftError, Sections> =>
  pipe(
    (env: Env) => predictedPictures(l, sampled, 8)(env),
    RTE.bindTo('all'),
    RTE.bind('examples', ({ all }) => RTE.fromTaskEither(worstPictures(all))),
    RTE.map(({ all, examples }) => [
      ...(l.data.task._tag === 'Segmentation' ? [masksSection(l.data.task.codes, all.counts)] : []),
      examplesSection(examples)
    ])
  )

/** An error becomes a note of its section: the rest of a report stands without it. */
const orNote = (id: string, title: string, of: string) =>
  RTE.orElse((error: GraftError) =>
    RTE.right<Env, GraftError, Sections>([
      { id, title, blocks: [{ _tag: 'Note', severity: 'error', text: `${of}: ${drawError(error)}` }] }
    ])
  )

const batchOf = (l: Learner): RTE.ReaderTaskEither<Env, never, ReadonlyArray<PageImage>> =>
  pipe(
    batchPictures(8, 0)(l),
    RTE.chainTaskEitherK(TE.traverseSeqArray(({ pixels, caption }) => pageImage([caption], 192)(pixels))),
    // a set without training images has no batch, and images that cannot be read are said elsewhere
    RTE.orElse(() => RTE.right<Env, never, ReadonlyArray<PageImage>>([]))
  )

const ofData = (l: Learner): RTE.ReaderTaskEither<Env, GraftError, Sections> =>
  pipe(
    batchOf(l),
    RTE.map((batch) => {
      const { data } = l
      const { classes, train, valid, test } = dataCounts(data)
      return [
        dataSection({
          ...{ classes, train, valid, test, batch },
          root: data.root,
          size: `${data.shape[1]} x ${data.shape[2]} pixels`,
          generated: data.generated,
          warnings: data.warnings.map((w) => `${w.path}: ${w.found}; ${w.hint}`),
          skipped: data.skipped
        })
      ]
    })
  )

const leadOf = ({ history, settings }: Learner, sampled: Sampled): string => {
  const row = history.rows.at(-1)
  if (row === undefined) return 'No epoch has ended.'
  const metrics = settings.metrics.map(({ name }, k) => `${name} ${(row.metrics[k] ?? NaN).toFixed(4)}`)
  const losses = row.validLoss === null ? [] : [`validation loss ${row.validLoss.toFixed(4)}`]
  const images = sampled.of === 0 ? '' : `; ${sampled.of} validation images`
  return `After ${history.rows.length} epochs: ${[...metrics, ...losses].join(', ')}${images}.`
}

/**
 * The report of a run as data. Whatever cannot be made, such as predictions of a network that diverged, is said in its
 * place.
 */
export const reportOf =
  ({ run, learner: l, without, lrFind, notes }: Reported, options: ReportOptions = {}) =>
  (env: Env): TE.TaskEither<GraftError, Report> => {
    const { task, valid, spec } = l.data
    const sampled = sampledOf(valid.length, O.getOrElse(() => spec.bs)(spec.validBs), options.images ?? Infinity)
    const isPicture = task._tag === 'Segmentation' || task._tag === 'ImageRegression'
    const missing =
      without === null
        ? []
        : [`The data cannot be opened, so this report has no images and no predictions: ${drawError(without)}`]
    const part =
      sampled.images === sampled.of
        ? []
        : [`Predictions are those of ${sampled.images} evenly spaced validation images, of ${sampled.of}.`]
    const predicted =
      sampled.images === 0
        ? RTE.right<Env, GraftError, Sections>([])
        : pipe(
            isPicture ? ofPictures(l, sampled) : ofPredictions(l, sampled, options),
            orNote('predictions', 'Predictions', 'The validation set could not be predicted')
          )
    return pipe(
      without === null ? pipe(ofData(l), orNote('data', 'Data', 'The data could not be shown')) : RTE.right([]),
      RTE.bindTo('data'),
      RTE.bind('predictions', () => predicted),
      RTE.map(({ data, predictions }): Report => {
        const names = l.settings.metrics.map(({ name }) => name)
        const { recipe } = run.description
        const where = l.data.root === '' ? '' : ` on ${basename(l.data.root)}`
        return {
          _tag: 'Report',
          title: `${run.description.model.body.arch.name}${where}`,
          lead: leadOf(l, sampled),
          sections: [
            aboutSection(aboutOf(run, l, [...notes, ...missing, ...part])),
            ...data,
            networkSection(l.plan, recipe),
            curvesSection(l.history, recipe, names),
            ...predictions,
            ...(lrFind === null ? [] : [lrFindSection(lrFind)])
          ]
        }
      })
    )(withImagesOf(l.data)(env))
  }
