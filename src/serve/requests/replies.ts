/** The responses of a server: answers and errors as JSON, images as PNG. */
import * as E from 'fp-ts/lib/Either.js'
import { classesOf } from '../../data/index.js'
import { drawError, type GraftError } from '../../GraftError.js'
import { answerOf, type Prediction } from '../../learn/index.js'
import { statusOf } from '../statusOf.js'
import type { Answer, Answers, ServedModel } from '../threads/ThreadMessage.js'
import type { EmbedJson, ErrorJson, ModelsJson, PredictJson } from './wire.js'

export const errorJson = (error: GraftError): ErrorJson =>
  error._tag === 'Mistakes'
    ? { code: error._tag, message: drawError(error) }
    : {
        code: error._tag,
        message: `${error.path}: expected ${error.expected}, found ${error.found}`,
        path: error.path,
        expected: error.expected,
        found: error.found,
        hint: error.hint
      }

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

export const failure = (error: GraftError, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error: errorJson(error) }, statusOf(error), headers)

export const png = (bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'image/png', ...headers } })

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** Values by their names. */
const named = <A>(names: ReadonlyArray<string>, values: ReadonlyArray<A>): Readonly<Record<string, A>> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]))

type Fields = Readonly<Record<string, unknown>>

const predictionFields = ({ task }: ServedModel, p: Prediction, thresh: number): Fields => {
  const { probabilities, index, abstained } = p
  const why =
    abstained === undefined
      ? {}
      : { abstained: { by: abstained.by, certainty: abstained.certainty, threshold: abstained.threshold } }
  switch (task._tag) {
    case 'Classification':
      return {
        class: p.class,
        probability: probabilities[index],
        probabilities: named(classesOf(task), probabilities),
        ...why
      }
    case 'MultiLabel': {
      const labels = abstained === undefined ? answerOf(task, probabilities, index, thresh).labels : []
      return { labels, probabilities: named(classesOf(task), probabilities), ...why }
    }
    case 'Points':
      return { points: Object.fromEntries((p.points ?? []).map(({ name, x, y }) => [name, [x, y]])) }
    default:
      return { numbers: probabilities }
  }
}

const answerFields = (model: ServedModel, answer: Answer, thresh: number): Fields => {
  switch (answer._tag) {
    case 'Predicted':
      return predictionFields(model, answer.prediction, thresh)
    case 'Drawn':
      return answer.pixels === null
        ? { output: base64(answer.png) }
        : { mask: base64(answer.png), pixels: named(classesOf(model.task), answer.pixels) }
    case 'Embedded':
      return { features: answer.features }
    case 'Explained':
      return {}
  }
}

const about = (name: string, error: GraftError): GraftError =>
  error._tag !== 'Mistakes' && error.path === 'image' ? { ...error, path: name } : error

/** Each image with its fields, or with its error. */
const lines = (
  model: ServedModel,
  names: ReadonlyArray<string>,
  answers: Answers,
  thresh: number
): ReadonlyArray<Fields> =>
  answers.map((answer, i) => ({
    image: names[i]!,
    ...(E.isRight(answer)
      ? answerFields(model, answer.right, thresh)
      : { error: errorJson(about(names[i]!, answer.left)) })
  }))

/** The error of the first image, if no image has an answer. */
export const allFailed = (names: ReadonlyArray<string>, answers: Answers): GraftError | undefined => {
  const [first] = answers
  return first !== undefined && E.isLeft(first) && answers.every(E.isLeft) ? about(names[0]!, first.left) : undefined
}

export const predictJson = (
  model: ServedModel,
  names: ReadonlyArray<string>,
  answers: Answers,
  thresh: number
): PredictJson =>
  // the fields of each task are those of its schema; the tests decode every response with it
  ({ task: model.task._tag, model: model.name, predictions: lines(model, names, answers, thresh) }) as PredictJson

export const embedJson = (model: ServedModel, names: ReadonlyArray<string>, answers: Answers): EmbedJson =>
  ({ model: model.name, embeddings: lines(model, names, answers, 0.5) }) as unknown as EmbedJson

export const modelsJson = (models: ReadonlyArray<ServedModel>): ModelsJson => ({
  models: models.map(({ name, architecture, task, input }, i) => ({
    name,
    default: i === 0,
    architecture,
    task: task._tag,
    classes: classesOf(task),
    input
  }))
})
