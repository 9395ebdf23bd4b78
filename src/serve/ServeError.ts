/**
 * Errors of a request to a served model.
 *
 * @category errors
 * @since 0.1.0
 */
import { type Explained, explained } from '../Explained.js'

export type ServeError =
  /** A request that cannot be read: its JSON, its form, a parameter. */
  | Explained<'BadRequest'>
  /** The bearer token is missing or wrong. */
  | Explained<'Unauthorized'>
  /** No such path, or no model of that name. */
  | Explained<'UnknownResource'>
  | Explained<'MethodNotAllowed'>
  /** The body did not arrive in time. */
  | Explained<'RequestTimeout'>
  /** More bytes, pixels or images than allowed. */
  | Explained<'ContentTooLarge'>
  | Explained<'UnsupportedMediaType'>
  /** The model has no answer of the kind that was asked for. */
  | Explained<'WrongTask'>
  /** The queue is full, or the server is starting or stopping. */
  | Explained<'Overloaded'>
  /** The answer was not ready in time. */
  | Explained<'ResponseTimeout'>
  /** A fault of the server, not of the request. */
  | Explained<'InternalError'>

export const badRequest = explained('BadRequest')
export const unauthorized = explained('Unauthorized')
export const unknownResource = explained('UnknownResource')
export const methodNotAllowed = explained('MethodNotAllowed')
export const requestTimeout = explained('RequestTimeout')
export const contentTooLarge = explained('ContentTooLarge')
export const unsupportedMediaType = explained('UnsupportedMediaType')
export const wrongTask = explained('WrongTask')
export const overloaded = explained('Overloaded')
export const responseTimeout = explained('ResponseTimeout')
export const internalError = explained('InternalError')
