/** The HTTP status of every error. */
import { type GraftError, mistakesOf } from '../GraftError.js'
import type { ServeError } from './ServeError.js'

const statuses: Readonly<Record<ServeError['_tag'] | 'UnreadableImage', number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  UnknownResource: 404,
  MethodNotAllowed: 405,
  RequestTimeout: 408,
  ContentTooLarge: 413,
  UnsupportedMediaType: 415,
  UnreadableImage: 415,
  WrongTask: 422,
  InternalError: 500,
  Overloaded: 503,
  ResponseTimeout: 504
}

/** The status of a response; an error that is not about the request is the server's. */
export const statusOf = (error: GraftError): number => {
  const { _tag } = mistakesOf(error)[0]
  return Object.hasOwn(statuses, _tag) ? statuses[_tag as keyof typeof statuses] : 500
}
