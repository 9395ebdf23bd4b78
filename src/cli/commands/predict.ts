/**
 * `graft predict`: predicts images with a trained model. An unreadable image does not prevent the others from being
 * predicted.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, type Task } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import {
  type GraftEnv,
  type Picture,
  predictEach,
  type Prediction,
  type Predictor,
  withNodeEnv
} from '../../learn/index.js'
import { complain } from '../output/complain.js'
import { exitCodes } from '../output/exit.js'
import { engineFlag, given, readFlags, refuseUnused, whole } from '../flags/flags.js'
import { type NamedPicture, type NamedPictures, namedPictures } from '../named/pictures.js'
import { namedPredictor } from '../named/saved.js'
import { watcher } from '../output/progress.js'
import { legendFile, pictureFiles, pointFiles, segmentedFiles } from './segment.js'
import type { Terminal } from '../output/Terminal.js'

export interface PredictFlags {
  readonly arch?: string
  readonly bs?: string
  readonly engine?: string
  readonly threads?: string
  readonly out?: string
  readonly tta?: boolean
  readonly json?: boolean
}

/** An image that was read, and its name on the command line. */
export interface ReadPicture {
  readonly name: string
  readonly picture: Picture
}

/** Describes images, each with a line or an error of its own. */
export type Describe = (
  pictures: ReadonlyArray<ReadPicture>
) => RTE.ReaderTaskEither<GraftEnv, GraftError, ReadonlyArray<E.Either<GraftError, string>>>

/** Numbers and points have no probability. */
const probabilityOf = (p: Prediction, task: Task): number | undefined =>
  task._tag === 'Regression' || task._tag === 'Points' ? undefined : p.probabilities[p.index]

const widest = (texts: ReadonlyArray<string>): number => texts.reduce((most, { length }) => Math.max(most, length), 0)

/** `image  class  probability`, in columns as wide as the longest name. */
export const drawPrediction =
  (names: ReadonlyArray<string>, task: Task) =>
  (p: Prediction): string => {
    const label = task._tag === 'Classification' ? widest(classesOf(task)) : 0
    const probability = probabilityOf(p, task)?.toFixed(4) ?? ''
    return `${p.image.padEnd(widest(names))}  ${p.class.padEnd(label)}  ${probability}`.trimEnd()
  }

const predictionJson =
  (task: Task) =>
  (p: Prediction): string =>
    JSON.stringify(
      task._tag === 'Regression'
        ? { image: p.image, numbers: p.probabilities }
        : p.points !== undefined
          ? { image: p.image, points: Object.fromEntries(p.points.map(({ name, x, y }) => [name, [x, y]])) }
          : { ...p, classes: classesOf(task), probability: probabilityOf(p, task) }
    )

const classified =
  (p: Predictor, names: ReadonlyArray<string>, flags: PredictFlags, bs: number): Describe =>
  (pictures) => {
    const line = flags.json === true ? predictionJson(p.task) : drawPrediction(names, p.task)
    return pipe(
      p,
      predictEach(
        pictures.map(({ picture }) => picture),
        { bs, ...(flags.tta === true ? { tta: {} } : {}) }
      ),
      RTE.map((each) =>
        each.map((one, i) => E.map((said: Prediction) => line({ ...said, image: pictures[i]!.name }))(one))
      )
    )
  }

const describing = (
  p: Predictor,
  names: ReadonlyArray<string>,
  flags: PredictFlags,
  bs: number
): E.Either<GraftError, Describe> => {
  const pictures = p.task._tag === 'Segmentation' || p.task._tag === 'ImageRegression'
  const drawn = p.task._tag === 'Points' && flags.out !== undefined
  const unused = pictures
    ? refuseUnused('a model whose output is an image', { '--tta': flags.tta, '--bs': flags.bs })
    : drawn
      ? refuseUnused('points that are drawn', { '--bs': flags.bs })
      : refuseUnused('a model whose output is not an image', { '--out': flags.out })
  const files = { names, folder: flags.out ?? '.', json: flags.json === true }
  return E.map((): Describe => {
    switch (p.task._tag) {
      case 'Segmentation':
        return segmentedFiles(p, files)
      case 'ImageRegression':
        return pictureFiles(p, files)
      case 'Points': {
        const line = flags.json === true ? predictionJson(p.task) : drawPrediction(names, p.task)
        return drawn ? pointFiles(p, files, flags.tta === true, line) : classified(p, names, flags, bs)
      }
      default:
        return classified(p, names, flags, bs)
    }
  })(unused)
}

/** Replaces the path of an error about bytes, which have none, by the name on the command line. */
const about =
  (name: string) =>
  (error: GraftError): GraftError =>
    error._tag !== 'Mistakes' && error.path === 'image' ? { ...error, path: name } : error

/** Prints the lines and errors of images; returns the number of errors. */
const printed =
  (describe: Describe, terminal: Terminal, json: boolean) =>
  (pictures: ReadonlyArray<NamedPicture>): RTE.ReaderTaskEither<GraftEnv, GraftError, number> =>
  (env) =>
  async () => {
    const say = complain(terminal, json)
    const read = await pipe(
      pictures,
      RA.wilt(T.ApplicativePar)(({ name, read }) =>
        pipe(
          read(env),
          TE.map((picture): ReadPicture => ({ name, picture }))
        )
      )
    )()
    read.left.forEach(say)
    const described = await describe(read.right)(env)()
    return pipe(
      described,
      E.map((each) => {
        each.forEach((one, i) => pipe(one, E.mapLeft(about(read.right[i]!.name)), E.fold(say, terminal.result)))
        return read.left.length + each.filter(E.isLeft).length
      })
    )
  }

const predicted =
  (terminal: Terminal, flags: PredictFlags, bs: number, { pictures, errors }: NamedPictures) =>
  (p: Predictor): RTE.ReaderTaskEither<GraftEnv, GraftError, number> =>
    pipe(
      RTE.fromEither(
        describing(
          p,
          pictures.map(({ name }) => name),
          flags,
          bs
        )
      ),
      RTE.chainFirst(() => (p.task._tag === 'Segmentation' ? legendFile(p, flags.out ?? '.') : RTE.right(undefined))),
      RTE.chainFirstIOK(() => () => errors.forEach(complain(terminal, flags.json === true))),
      RTE.chain((describe) =>
        pipe(RA.chunksOf(bs)(pictures), RTE.traverseSeqArray(printed(describe, terminal, flags.json === true)))
      ),
      RTE.map((broken) => (errors.length > 0 || broken.some((n) => n > 0) ? exitCodes.failed : exitCodes.done))
    )

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
          threads: whole('--threads', 1, '2', 512)(flags.threads)
        })
      ),
      TE.bindTo('n'),
      TE.bind('named', () => namedPictures(images)),
      TE.chain(({ n: { bs = 64, engine, threads }, named }) =>
        withNodeEnv({ ...given({ engine, threads }), onEvent, progress })(
          pipe(namedPredictor(model, flags.arch), RTE.chainW(predicted(terminal, flags, bs, named)))
        )
      )
    )
  }
