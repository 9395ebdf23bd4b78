/**
 * Mistakes in a file: alone, one says which file; together, they say it once.
 */
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type GraftError, type Mistake, mistakes, mistakesOf } from '../GraftError.js'

const placed = (file: string, error: Mistake): Mistake =>
  error.path.includes(file) ? error : { ...error, path: `${file}: ${error.path}` }

export const mistakesIn = (file: string, errors: ReadonlyNonEmptyArray<Mistake>): GraftError =>
  errors.length === 1 ? placed(file, errors[0]) : mistakes(file, errors)

/** An error that came up while a file was read. */
export const inFile =
  (file: string) =>
  (error: GraftError): GraftError =>
    mistakesIn(file, mistakesOf(error))
