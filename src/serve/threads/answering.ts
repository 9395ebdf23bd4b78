/** What a loaded model answers to a question about images. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classesOf, type Pixels } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { overlayHeatmap } from '../../interpret/draw/index.js'
import { gradCam, type GraftEnv, type OpenPredictor, type Predictor } from '../../learn/index.js'
import { parallel } from '../../io/index.js'
import { badRequest, wrongTask } from '../ServeError.js'
import { checkHeader } from './limitedImages.js'
import type { Answer, Answers, Question } from './ThreadMessage.js'

type Answered = TE.TaskEither<GraftError, Answer>

const drawn =
  (env: GraftEnv, pixels: ReadonlyArray<number> | null) =>
  (image: Pixels): Answered =>
    pipe(
      env.images.encode(image),
      TE.map((png): Answer => ({ _tag: 'Drawn', png, pixels }))
    )

/** How many pixels of a mask each class has. */
const countsOf = ({ data }: Pixels, classes: number): ReadonlyArray<number> => {
  const counts = new Array<number>(classes).fill(0)
  for (const value of data) counts[value]!++
  return counts
}

/** The mask or the output image of a network that draws one. */
const drawing =
  (network: OpenPredictor, env: GraftEnv) =>
  (image: Uint8Array): Answered =>
    network.predictor.task._tag === 'Segmentation'
      ? pipe(
          network.predictMask(image),
          TE.chain((mask) => drawn(env, countsOf(mask, classesOf(network.predictor.task).length))(mask))
        )
      : pipe(network.predictImage(image), TE.chain(drawn(env, null)))

/** An index by its name or its number. */
const classIndex = (p: Predictor, name: string): E.Either<GraftError, number> => {
  const classes = classesOf(p.task)
  const index = classes.includes(name) ? classes.indexOf(name) : /^\d+$/.test(name) ? Number(name) : -1
  return index >= 0 && index < classes.length
    ? E.right(index)
    : E.left(
        badRequest(
          'class',
          `a class of the model, or an index below ${classes.length}`,
          JSON.stringify(name),
          'GET /models lists the classes'
        )
      )
}

/** An image as the network sees it, but not normalised. */
const seenBy = (p: Predictor, env: GraftEnv, image: Uint8Array): TE.TaskEither<GraftError, Pixels> => {
  const [, height, width] = p.plan.input as readonly [number, number, number]
  return pipe(
    env.images.decode('image', image, { size: O.some([height, width]), resize: p.resize, decoding: p.decoding }),
    TE.map(({ data, channels }) => ({ height, width, channels, data }))
  )
}

const heated = (network: OpenPredictor, env: GraftEnv, image: Uint8Array, name: string | null): Answered => {
  const p = network.predictor
  return pipe(
    seenBy(p, env, image),
    TE.bindTo('pixels'),
    TE.bind('index', ({ pixels }) =>
      name === null
        ? pipe(
            network.predict(pixels),
            TE.map(({ index }) => index)
          )
        : TE.fromEither(classIndex(p, name))
    ),
    TE.bindW('maps', ({ pixels, index }) => gradCam([pixels], [index], { least: 16 })(p)(env)),
    TE.chainW(({ pixels, index, maps: [map] }) =>
      pipe(
        env.images.encode(overlayHeatmap()(map!)(pixels)),
        TE.map((png): Answer => ({ _tag: 'Explained', png, class: classesOf(p.task)[index] ?? null }))
      )
    )
  )
}

const explained =
  (network: OpenPredictor, env: GraftEnv, name: string | null) =>
  (image: Uint8Array): Answered => {
    switch (network.predictor.task._tag) {
      case 'Classification':
      case 'MultiLabel':
        return heated(network, env, image, name)
      case 'Segmentation':
        return pipe(
          network.segment(image),
          TE.chainW(({ overlay }) => env.images.encode(overlay)),
          TE.map((png): Answer => ({ _tag: 'Explained', png, class: null }))
        )
      default:
        return TE.left(
          wrongTask('explain', 'a model that predicts classes', network.predictor.task._tag, 'use /predict')
        )
    }
  }

/** One after the other; the images are independent. */
const each =
  (answer: (image: Uint8Array) => Answered) =>
  (images: ReadonlyArray<Uint8Array>): TE.TaskEither<GraftError, Answers> =>
    TE.rightTask(parallel(1, answer)(images))

/** All in one batch. */
const predicted =
  (network: OpenPredictor) =>
  (images: ReadonlyArray<Uint8Array>): TE.TaskEither<GraftError, Answers> =>
    pipe(
      network.predictEach(images, { bs: images.length }),
      TE.map(RA.map(E.map((prediction): Answer => ({ _tag: 'Predicted', prediction }))))
    )

/** All in one batch. */
const embedded =
  (network: OpenPredictor) =>
  (images: ReadonlyArray<Uint8Array>): TE.TaskEither<GraftError, Answers> =>
    pipe(
      network.embedEach(images, { bs: images.length }),
      TE.map(RA.map(E.map((features): Answer => ({ _tag: 'Embedded', features: [...features] }))))
    )

/** How a question is answered for images that may be decoded. */
const ask = (network: OpenPredictor, env: GraftEnv, question: Question) => {
  const { task } = network.predictor
  switch (question._tag) {
    case 'Predict':
      return task._tag === 'Segmentation' || task._tag === 'ImageRegression'
        ? each(drawing(network, env))
        : predicted(network)
    case 'Explain':
      return each(explained(network, env, question.class))
    case 'Embed':
      return embedded(network)
  }
}

/** Answers a question about images, in their order. An image that must not be decoded gets an error of its own. */
export const answersTo =
  (network: OpenPredictor, env: GraftEnv, maxPixels: number) =>
  (question: Question, images: ReadonlyArray<Uint8Array>): TE.TaskEither<GraftError, Answers> =>
    pipe(
      TE.rightTask(
        parallel(env.images.workers, (image: Uint8Array) => checkHeader(env.images, maxPixels)('image', image))(images)
      ),
      TE.chain((checks) => {
        const allowed = images.filter((_, i) => E.isRight(checks[i]!))
        return pipe(
          allowed.length === 0 ? TE.right<GraftError, Answers>([]) : ask(network, env, question)(allowed),
          TE.map((answers): Answers => {
            const next = answers.values()
            return checks.map(E.chainW(() => next.next().value!))
          })
        )
      })
    )
