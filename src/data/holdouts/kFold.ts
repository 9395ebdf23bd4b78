/**
 * `kFold`: a description of data for each of k folds.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { badSpec, type DataError } from '../DataError.js'
import type { DataSpec } from '../DataSpec.js'
import { type FoldOptions, holdoutByFold } from './Holdout.js'
import { kindOfSource } from '../sources/sourceKinds.js'

/**
 * Divides the images of a description into `k` folds (at least 2) and returns, for each fold, a description that holds it
 * out, so that every image is validated on once. `stratified` keeps the proportions of the classes in each fold; `group`
 * keeps groups of images undivided. The test set is in no fold. `crossValidate` trains on each in turn.
 *
 * Errors: `BadSpec` for fewer than 2 folds and for data with sets of their own. Opening the data fails with
 * `TooFewItems` for fewer images or groups than folds, and with `EmptyClass` for fewer images of a class than
 * stratified folds.
 *
 * @example
 * import { imageFolder, kFold } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const folds = kFold(5, { stratified: true })(imageFolder('photos'))
 * assert.ok(E.isRight(folds) && folds.right.length === 5)
 *
 * @category data
 * @since 0.1.0
 */
export const kFold =
  (k: number, options: FoldOptions = {}) =>
  (spec: DataSpec): E.Either<DataError, RNEA.ReadonlyNonEmptyArray<DataSpec>> => {
    const { source } = spec
    const { withHoldout, what } = kindOfSource(source)
    if (!Number.isSafeInteger(k) || k < 2)
      return E.left(badSpec('kFold', 'at least 2 folds, a whole number', String(k), 'use kFold(5)'))
    if (withHoldout === null)
      return E.left(badSpec('kFold', 'images without sets of their own', `${what}, which has them`, 'use other data'))
    return pipe(
      RNEA.range(0, k - 1),
      RNEA.map((fold) => ({ ...spec, source: withHoldout(holdoutByFold(fold, k, options))(source) })),
      E.right
    )
  }
