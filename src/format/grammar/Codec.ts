/**
 * `Codec`: conversion of values to JSON and back. Encoded values are decoded again before they are returned, so that
 * nothing is written that could not be read.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Json } from 'fp-ts/lib/Json.js'
import type { Opaque } from '../../Opaque.js'
import { eqValue } from '../../Value.js'
import { decodeWith } from './Decoder.js'
import { type FormatError, type FormatErrors, isNonEmpty, opaqueFunction } from '../FormatError.js'
import type { Schema } from './Grammar.js'

/**
 * Both directions between a value and its JSON form.
 *
 * @category schemas
 * @since 0.1.0
 */
export interface Codec<A> {
  readonly decode: (u: unknown) => E.Either<FormatErrors, A>
  readonly encode: (value: A) => E.Either<FormatErrors, Json>
}

/** The error for a user's function, which JSON cannot represent. */
export const refused = (path: string, what: string, f: Opaque<string, unknown>, hint: string): FormatError =>
  opaqueFunction(path, `${what} that has a JSON form`, `the function labelled ${JSON.stringify(f.label)}`, hint)

export const codec = <J, A>(of: {
  readonly schema: Schema<J>
  readonly from: (json: J) => A
  /** Its results where `refusals` reports something are ignored. */
  readonly to: (value: A) => unknown
  readonly refusals: (value: A) => ReadonlyArray<FormatError>
}): Codec<A> => ({
  decode: (u) => pipe(decodeWith(of.schema)(u), E.map(of.from)),
  encode: (value) => {
    const refusals = of.refusals(value)
    if (isNonEmpty(refusals)) return E.left(refusals)
    const json = of.to(value)
    return pipe(
      decodeWith(of.schema)(json),
      E.map(() => json as Json)
    )
  }
})

type Plain = Readonly<Record<string, unknown>>

/** The fields that differ from those of a default value. */
export const differing = (fields: object, from: object): Plain =>
  Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => !eqValue<unknown>().equals(value, (from as Plain)[key]))
  )

/** `"name"` if there are no fields, otherwise `{ "name": {...} }`. */
export const brief = (name: string, fields: Plain): unknown =>
  Object.keys(fields).length === 0 ? name : { [name]: fields }
