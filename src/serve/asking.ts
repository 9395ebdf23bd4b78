/** From a request with images to the answers of a model. */
import * as E from 'fp-ts/lib/Either.js'
import type { GraftError } from '../GraftError.js'
import { nearest } from '../nearest.js'
import type { Generations } from './generations.js'
import type { PredictionQueue } from './predictionQueue.js'
import { imagesIn, type NamedImage, parameterNames, type Parameters } from './requests/imagesIn.js'
import { type Held, readBody } from './requests/readBody.js'
import { badRequest, unknownResource } from './ServeError.js'
import type { RequestEntry, Settings } from './ServeOptions.js'
import type { Answers, Question, ServedModel } from './threads/ThreadMessage.js'

/** What is noted of a request while it is answered. */
export type Noted = { -readonly [K in 'model' | 'images' | 'error']: RequestEntry[K] }

/** Images with what was asked about them, and of which model. */
export interface Asking {
  readonly images: ReadonlyArray<NamedImage>
  readonly parameters: Parameters
  readonly model: ServedModel
}

export interface Answered extends Asking {
  readonly answers: Answers
}

export interface AskEnv {
  readonly settings: Settings
  readonly held: Held
  readonly generations: Generations
  readonly queue: PredictionQueue
}

const suggestion = (word: string, known: ReadonlyArray<string>, otherwise: string): string => {
  const near = nearest(word, known)
  return near._tag === 'Some' ? `did you mean ${near.value}?` : otherwise
}

const parametersOf = (url: string): E.Either<GraftError, Parameters> => {
  const query = [...new URL(url).searchParams]
  const unknown = query.map(([name]) => name).find((name) => !parameterNames.some((known) => known === name))
  return unknown === undefined
    ? E.right(Object.fromEntries(query))
    : E.left(
        badRequest(
          unknown,
          `one of ${parameterNames.join(', ')}`,
          'an unknown parameter',
          suggestion(unknown, parameterNames, 'leave it out')
        )
      )
}

const modelNamed = (
  models: ReadonlyArray<ServedModel>,
  name: string | undefined
): E.Either<GraftError, ServedModel> => {
  const found = name === undefined ? models[0] : models.find((model) => model.name === name)
  const names = models.map((model) => model.name)
  return found === undefined
    ? E.left(
        unknownResource(
          'model',
          `one of ${names.join(', ')}`,
          JSON.stringify(name ?? null),
          suggestion(name ?? '', names, 'GET /models lists them')
        )
      )
    : E.right(found)
}

/** The threshold of labels. */
export const threshOf = ({ thresh = '0.5' }: Parameters): E.Either<GraftError, number> => {
  const value = thresh.trim() === '' ? NaN : Number(thresh)
  return value >= 0 && value <= 1
    ? E.right(value)
    : E.left(badRequest('thresh', 'a number from 0 to 1', JSON.stringify(thresh), 'write e.g. thresh=0.5'))
}

/** A signal that is aborted when the time is up, or the client gone. */
const limited = (request: Request, ms: number): { readonly signal: AbortSignal; readonly end: () => void } => {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const timer = setTimeout(abort, ms)
  request.signal.addEventListener('abort', abort)
  if (request.signal.aborted) abort()
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', abort)
    }
  }
}

/** Reads a request, and asks the model that it names. */
export const answered =
  ({ settings, held, generations, queue }: AskEnv) =>
  async (
    request: Request,
    noted: Noted,
    questionOf: (asking: Asking) => E.Either<GraftError, Question>
  ): Promise<E.Either<GraftError, Answered>> => {
    const query = parametersOf(request.url)
    if (E.isLeft(query)) return query
    const body = await readBody(request, held, settings)
    if (E.isLeft(body)) return body
    const { bytes, release } = body.right
    const { signal, end } = limited(request, settings.timeout)
    try {
      const upload = await imagesIn(bytes, request.headers.get('content-type') ?? '', settings.maxImages)
      if (E.isLeft(upload)) return upload
      const { images } = upload.right
      const parameters = { ...query.right, ...upload.right.parameters }
      const { id, models } = generations.current()
      const model = modelNamed(models, parameters.model)
      if (E.isLeft(model)) return model
      noted.model = model.right.name
      noted.images = images.length
      const asking = { images, parameters, model: model.right }
      const question = questionOf(asking)
      if (E.isLeft(question)) return question
      generations.begin(id)
      const answers = await queue.ask({
        generation: id,
        model: model.right.name,
        question: question.right,
        images: images.map((image) => image.bytes),
        signal
      })
      generations.done(id)
      return E.map((given: Answers): Answered => ({ ...asking, answers: given }))(answers)
    } finally {
      end()
      release()
    }
  }
