/** Mistakes in a file. A single one names the file; several share one mention of it. */
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type GraftError, type Mistake, mistakes } from '../GraftError.js'

const placed = (file: string, error: Mistake): Mistake =>
  error.path.includes(file) ? error : { ...error, path: `${file}: ${error.path}` }

/**
 * Combines the mistakes in a file into one error.
 *
 * @example
 * import { settingError } from 'graft-vision/node'
 * import { mistakesIn } from './index.js'
 *
 * const error = mistakesIn('model.json', [settingError('head.ps', 'a number', 'nothing', 'pass one')])
 * assert.strictEqual(error._tag === 'SettingError' && error.path, 'model.json: head.ps')
 *
 * @since 0.1.0
 */
export const mistakesIn = (file: string, errors: ReadonlyNonEmptyArray<Mistake>): GraftError =>
  errors.length === 1 ? placed(file, errors[0]) : mistakes(file, errors)
