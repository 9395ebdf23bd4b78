/**
 * Fields that are an `Option`: in JSON, a field that may be missing.
 */
import * as O from 'fp-ts/lib/Option.js'

const fieldTo = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || !('_tag' in value) ? value : O.toUndefined(value as O.Option<unknown>)

export const fields = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fieldTo(value)]))
