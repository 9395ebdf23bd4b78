/**
 * Losses as JSON: `"crossEntropy"`, `{ "crossEntropy": { "weight": [1, 2] } }`, `{ "labelSmoothing": { "eps": 0.2 } }`,
 * `"bceWithLogits"`, `"mse"`.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import { bceWithLogits, crossEntropy, labelSmoothing, type Loss, mse } from '../recipe/index.js'
import { brief, codec, refused } from './Codec.js'
import type { FormatErrors } from './FormatError.js'
import { makeSchema, type TypeOf } from './Grammar.js'

/**
 * The form of losses.
 *
 * @example
 * import { decodeWith, lossSchema } from 'graft-vision'
 *
 * assert.strictEqual(decodeWith(lossSchema)('mse')._tag, 'Right')
 *
 * @category schemas
 * @since 0.1.0
 */
export const lossSchema = makeSchema((g) =>
  g.union(
    g.literal('crossEntropy', 'labelSmoothing', 'bceWithLogits', 'mse'),
    g.keyed({
      crossEntropy: g.object({}, { weight: g.list(g.number) }),
      labelSmoothing: g.object({}, { eps: g.number })
    })
  )
)

/**
 * A loss's JSON form.
 *
 * @category model
 * @since 0.1.0
 */
export type LossJson = TypeOf<typeof lossSchema>

const named = { crossEntropy: crossEntropy(), labelSmoothing: labelSmoothing(), bceWithLogits, mse }

const lossFrom = (json: LossJson): Loss =>
  typeof json === 'string'
    ? named[json]
    : 'crossEntropy' in json
      ? crossEntropy(json.crossEntropy)
      : labelSmoothing(json.labelSmoothing.eps)

const lossTo = (loss: Loss): unknown => {
  switch (loss._tag) {
    case 'CrossEntropy':
      return brief('crossEntropy', loss.weight === null ? {} : { weight: loss.weight })
    case 'LabelSmoothing':
      return { labelSmoothing: { eps: loss.eps } }
    case 'BceWithLogits':
      return 'bceWithLogits'
    case 'Mse':
      return 'mse'
    case 'CustomLoss':
      return null
  }
}

const lossCodec = codec<LossJson, Loss>({
  schema: lossSchema,
  from: lossFrom,
  to: lossTo,
  refusals: (loss) =>
    loss._tag === 'CustomLoss' ? [refused('loss', 'a loss', loss.f, 'use a named loss, or give it in a program')] : []
})

/**
 * Reads a loss.
 *
 * @example
 * import { decodeLoss, labelSmoothing } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(decodeLoss({ labelSmoothing: { eps: 0.2 } }), E.right(labelSmoothing(0.2)))
 *
 * @since 0.1.0
 */
export const decodeLoss: (u: unknown) => E.Either<FormatErrors, Loss> = lossCodec.decode

/**
 * Writes a loss; a function of one's own is refused by its label.
 *
 * @example
 * import { crossEntropy, encodeLoss } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(encodeLoss(crossEntropy()), E.right('crossEntropy'))
 *
 * @since 0.1.0
 */
export const encodeLoss: (loss: Loss) => E.Either<FormatErrors, Json> = lossCodec.encode
