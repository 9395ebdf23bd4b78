/**
 * `tensorboardHandler`: losses, rates, metrics, histograms and images for TensorBoard.
 *
 * @since 0.1.0
 */
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  tensorboardHistogram,
  tensorboardRecord,
  type TensorboardContent,
  type TensorboardValue
} from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import { type HasClock, type HasFiles, nodeClock, nodeFiles } from '../../io/index.js'
import type { Event } from '../../recipe/index.js'
import type { Callback, Learner, LearnerNow } from '../learner/Learner.js'
import { growingFile, type GrowingFile } from './growingFile.js'
import { epochOfRun, placeAt, type RunPlace } from './runPlace.js'

/**
 * Options of `tensorboardHandler`.
 *
 * @category training
 * @since 0.1.0
 */
export interface TensorboardOptions {
  /** Number of training batches between two points of the loss, an integer from 1; default 1. */
  readonly every?: number
  /** Whether to write a histogram of each parameter after each epoch; default false. */
  readonly histograms?: boolean
  /** PNG images to write after each epoch, by tag, given the learner; default none. */
  readonly images?: (l: Learner) => TE.TaskEither<GraftError, Readonly<Record<string, Uint8Array>>>
}

const scalar = (tag: string, value: number): TensorboardValue => ({ _tag: 'Scalar', tag, value })

type Of<T extends Event['_tag']> = Extract<Event, { readonly _tag: T }>

const ofBatch = ({ loss, smoothedLoss, lrs, mom }: Of<'BatchEnd'>): ReadonlyArray<TensorboardValue> => [
  scalar('train/loss', loss),
  scalar('train/smoothed_loss', smoothedLoss),
  ...lrs.map((lr, group) => scalar(lrs.length === 1 ? 'train/lr' : `train/lr/group_${group}`, lr)),
  scalar('train/momentum', mom)
]

const ofEpoch = ({ row }: Of<'EpochEnd'>, { metricNames }: RunPlace): ReadonlyArray<TensorboardValue> => [
  ...(row.validLoss === null ? [] : [scalar('valid/loss', row.validLoss)]),
  ...row.metrics.map((value, i) => scalar(`valid/${metricNames[i] ?? i}`, value))
]

const histogramsOf = ({ state }: Learner): ReadonlyArray<TensorboardValue> =>
  [...state].flatMap(([tag, values]) => {
    const histogram = tensorboardHistogram(values)
    return histogram === null ? [] : [{ _tag: 'Histogram' as const, tag, histogram }]
  })

const learnerValues = (
  { histograms = false, images = () => TE.right({}) }: TensorboardOptions,
  now: LearnerNow
): TE.TaskEither<GraftError, ReadonlyArray<TensorboardValue>> =>
  pipe(
    TE.fromEither(now()),
    TE.bindTo('l'),
    TE.bind('drawn', ({ l }) => images(l)),
    TE.map(({ l, drawn }) => [
      ...(histograms ? histogramsOf(l) : []),
      ...Object.entries(drawn).map(([tag, png]) => ({ _tag: 'Image' as const, tag, png }))
    ])
  )

/**
 * A callback that writes an event file for TensorBoard into a folder: loss, smoothed loss, learning rates and momentum
 * of the training batches, and after each epoch the validation loss and the metrics; with `histograms`, the parameters'
 * distributions; with `images`, PNG images of the learner. Steps count the training batches of the run. A resumed
 * training adds a file, and TensorBoard drops what an earlier one wrote beyond the checkpoint. If a file cannot be
 * written, training ends with the `IoError`.
 *
 * @example
 * import { digits, plotLosses, Recipe, squeezenet1_1, withBatchSize } from 'graft-vision'
 * import { cnnLearner, figurePng, openData, tensorboardHandler, train, withNodeEnv } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 * import { readdirSync } from 'node:fs'
 *
 * const board = tensorboardHandler('logs/board', {
 *   histograms: true,
 *   images: (l) => pipe(figurePng(plotLosses()(l.history)), TE.map((png) => ({ losses: png })))
 * })
 * const program = pipe(
 *   openData(withBatchSize(4)(digits({ n: 8, valid: 4 }))),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, callbacks: [board] })),
 *   RTE.chainW(train(Recipe.fit(1, 1e-3)))
 * )
 * assert.ok(E.isRight(await withNodeEnv()(program)()))
 * assert.ok(readdirSync('logs/board')[0]?.startsWith('events.out.tfevents.'))
 *
 * @category training
 * @since 0.1.0
 */
export const tensorboardHandler = (
  folder: string,
  options: TensorboardOptions = {},
  env: HasFiles & HasClock = { files: nodeFiles, clock: nodeClock }
): Callback => {
  const { every = 1, histograms = false, images } = options
  let place: RunPlace | undefined
  let log: GrowingFile | undefined
  const record = (step: number, content: TensorboardContent): Uint8Array =>
    tensorboardRecord(env.clock.now() / 1000, step, content)
  const begin = (step: number): GrowingFile => {
    const now = env.clock.now()
    // TensorBoard reads files in the order of their names
    const [seconds, milliseconds] = [Math.floor(now / 1000), String(Math.floor(now % 1000)).padStart(3, '0')]
    const file = growingFile(env, path.join(folder, `events.out.tfevents.${seconds}.graft.${milliseconds}`))
    file.add(record(0, { _tag: 'Version' }))
    file.add(record(step, { _tag: 'Start' }))
    return file
  }
  return (event, now) => async () => {
    if (event._tag === 'TrainBegin') {
      const at = placeAt(event, now)
      if (E.isLeft(at)) return at
      place = at.right
      log ??= begin(epochOfRun(place, event) * place.batches + event.batch)
    }
    if (place === undefined || log === undefined || !('epoch' in event)) return E.right('continue')
    const step = epochOfRun(place, event) * place.batches
    if (event._tag === 'BatchEnd' && event.train && event.batch % every === 0)
      log.add(record(step + event.batch, { _tag: 'Values', values: ofBatch(event) }))
    if (event._tag === 'EpochEnd') {
      const asked = histograms || images ? await learnerValues(options, now)() : E.right([])
      if (E.isLeft(asked)) return asked
      const values = [...ofEpoch(event, place), ...asked.right]
      log.add(record(step + place.batches, { _tag: 'Values', values }))
    }
    const ends = event._tag === 'EpochEnd' || event._tag === 'TrainEnd'
    return E.map(() => 'continue' as const)(ends ? await log.flush() : E.right(undefined))
  }
}
