/** Weights of classes as JSON: `"balanced"`, `"effective"`, `{ "effective": 0.99 }`, `[1, 3]`. */
import type * as E from 'fp-ts/lib/Either.js'
import type { ClassWeights } from '../../data/index.js'
import type { FormatErrors } from '../FormatError.js'
import { decodeWith } from '../grammar/Decoder.js'
import { makeSchema } from '../grammar/Grammar.js'

/**
 * The schema of weights of classes.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.classWeightsSchema)({ effective: 0.99 })._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const classWeightsSchema = makeSchema((g) =>
  g.union(g.literal('balanced', 'effective'), g.object({ effective: g.number }, {}), g.list(g.number))
)

/**
 * Reads weights of classes.
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.decodeClassWeights([1, 3]), E.right([1, 3]))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeClassWeights: (u: unknown) => E.Either<FormatErrors, ClassWeights> = decodeWith(classWeightsSchema)
