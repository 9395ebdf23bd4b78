/**
 * How images are decoded, as JSON.
 */
import * as O from 'fp-ts/lib/Option.js'
import { type Decoding, defaultDecoding } from '../../data/index.js'
import { differing } from '../grammar/Codec.js'
import type { Grammar } from '../grammar/Grammar.js'
import { fields } from './optionFields.js'

export const decodingSchema = <S>(g: Grammar<S>) => ({
  colour: g.literal('stored', 'convert'),
  orientation: g.literal('apply', 'ignore'),
  range: g.pair(g.number),
  exact: g.boolean
})

/** Missing fields have their defaults. */
export const decodingFrom = ({
  range,
  ...rest
}: Partial<Omit<Decoding, 'range'> & { readonly range: readonly [number, number] }>): Decoding => ({
  ...defaultDecoding,
  ...rest,
  range: O.fromNullable(range)
})

/** The fields that differ from the defaults. */
export const decodingTo = (decoding: Decoding) => fields(differing(decoding, defaultDecoding))
