/**
 * `graft predict`: the classes of pictures by a trained model.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Task } from '../data/index.js'
import type { GraftError } from '../GraftError.js'
import { type GraftEnv, predictAll, type Prediction, type Predictor, withNodeEnv } from '../learn/index.js'
import { exitCodes } from './exit.js'
import { engineFlag, given, readFlags, refuseUnused, whole } from './flags.js'
import { namedPredictor } from './saved.js'
import { drawSegmented, pictureAll, segmentAll } from './segment.js'
import { watcher } from './progress.js'
import type { Terminal } from './Terminal.js'

export interface PredictFlags {
  readonly arch?: string
  readonly bs?: string
  readonly engine?: string
  readonly threads?: string
  readonly out?: string
  readonly tta?: boolean
  readonly json?: boolean
}

/** Numbers that are predicted have none. */
const probabilityOf = (p: Prediction, task: Task['_tag']): number | undefined =>
  task === 'Regression' ? undefined : p.probabilities[p.index]

/** `image  class  probability`, in columns. */
export const drawPredictions = (all: ReadonlyArray<Prediction>, task: Task['_tag']): ReadonlyArray<string> => {
  const widest = (texts: ReadonlyArray<string>): number => Math.max(...texts.map((text) => text.length))
  const [image, name] = [widest(all.map((p) => p.image)), widest(all.map((p) => p.class))]
  return all.map((p) =>
    `${p.image.padEnd(image)}  ${p.class.padEnd(name)}  ${probabilityOf(p, task)?.toFixed(4) ?? ''}`.trimEnd()
  )
}

type Lines = RTE.ReaderTaskEither<GraftEnv, GraftError, ReadonlyArray<string>>

const classified = (images: ReadonlyArray<string>, flags: PredictFlags, bs: number | undefined, p: Predictor): Lines =>
  pipe(
    predictAll(images, { ...given({ bs }), ...(flags.tta === true ? { tta: {} } : {}) })(p),
    RTE.map((all) =>
      flags.json === true
        ? all.map((one) => JSON.stringify({ ...one, probability: probabilityOf(one, p.task._tag) }))
        : drawPredictions(all, p.task._tag)
    )
  )

const segmented = (images: ReadonlyArray<string>, flags: PredictFlags, p: Predictor): Lines =>
  pipe(
    segmentAll(images, flags.out ?? '.')(p),
    RTE.map((all) => (flags.json === true ? all.map((one) => JSON.stringify(one)) : drawSegmented(all)))
  )

/** `image  predicted`, a line each. */
const pictured = (images: ReadonlyArray<string>, flags: PredictFlags, p: Predictor): Lines =>
  pipe(
    pictureAll(images, flags.out ?? '.')(p),
    RTE.map((all) => all.map((one) => (flags.json === true ? JSON.stringify(one) : `${one.image}  ${one.predicted}`)))
  )

const linesOf = (images: ReadonlyArray<string>, flags: PredictFlags, bs: number | undefined, p: Predictor): Lines => {
  const givesPictures = p.task._tag === 'Segmentation' || p.task._tag === 'ImageRegression'
  const unused = givesPictures
    ? refuseUnused('a model that gives pictures', { '--tta': flags.tta, '--bs': flags.bs })
    : refuseUnused('a model that gives no pictures', { '--out': flags.out })
  const lines = (): Lines => {
    switch (p.task._tag) {
      case 'Segmentation':
        return segmented(images, flags, p)
      case 'ImageRegression':
        return pictured(images, flags, p)
      default:
        return classified(images, flags, bs, p)
    }
  }
  return pipe(RTE.fromEither(unused), RTE.chain(lines))
}

/** `graft predict MODEL IMAGE...`: the exit code. */
export const predictCommand =
  (model: string, images: ReadonlyArray<string>, flags: PredictFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const { onEvent, progress } = watcher({ json: flags.json === true, quiet: false }, terminal)
    return pipe(
      TE.fromEither(
        readFlags({
          bs: whole('--bs', 1, '64')(flags.bs),
          engine: engineFlag(flags.engine),
          threads: whole('--threads', 1, '2')(flags.threads)
        })
      ),
      TE.chain(({ bs, engine, threads }) =>
        withNodeEnv({ ...given({ engine, threads }), onEvent, progress })(
          pipe(
            namedPredictor(model, flags.arch),
            RTE.chainW((p) => linesOf(images, flags, bs, p))
          )
        )
      ),
      TE.map((lines) => {
        lines.forEach(terminal.result)
        return exitCodes.done
      })
    )
  }
