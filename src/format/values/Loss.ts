/**
 * Losses as JSON: `"crossEntropy"`, `{ "crossEntropy": { "weight": [1, 2] } }`, `{ "labelSmoothing": { "eps": 0.2 } }`,
 * `{ "mixupLoss": "crossEntropy" }`, `"bceWithLogits"`, `"mse"`.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import {
  bceWithLogits,
  type ClassLoss,
  crossEntropy,
  labelSmoothing,
  type Loss,
  mixupLoss,
  mse
} from '../../recipe/index.js'
import { brief, codec, refused } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

const ofClasses = <S>(g: Grammar<S>) => ({
  crossEntropy: g.object({}, { weight: g.list(g.number), ignoreIndex: g.number }),
  labelSmoothing: g.object({}, { eps: g.number })
})

const classLoss = makeSchema((g) => g.union(g.literal('crossEntropy', 'labelSmoothing'), g.keyed(ofClasses(g))))

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
    g.keyed({ ...ofClasses(g), mixupLoss: classLoss(g) })
  )
)

/**
 * A loss's JSON form.
 *
 * @category model
 * @since 0.1.0
 */
export type LossJson = TypeOf<typeof lossSchema>

const ofClass = { crossEntropy: crossEntropy(), labelSmoothing: labelSmoothing() }
const named = { ...ofClass, bceWithLogits, mse }

const classLossFrom = (json: TypeOf<typeof classLoss>): ClassLoss =>
  typeof json === 'string'
    ? ofClass[json]
    : 'crossEntropy' in json
      ? crossEntropy(json.crossEntropy)
      : labelSmoothing(json.labelSmoothing.eps)

const lossFrom = (json: LossJson): Loss =>
  typeof json === 'string'
    ? named[json]
    : 'mixupLoss' in json
      ? mixupLoss(classLossFrom(json.mixupLoss))
      : classLossFrom(json)

const lossTo = (loss: Loss): unknown => {
  switch (loss._tag) {
    case 'CrossEntropy':
      return brief('crossEntropy', {
        ...(loss.weight === null ? {} : { weight: loss.weight }),
        ...(loss.ignoreIndex === null ? {} : { ignoreIndex: loss.ignoreIndex })
      })
    case 'LabelSmoothing':
      return { labelSmoothing: { eps: loss.eps } }
    case 'MixUp':
      return { mixupLoss: lossTo(loss.of) }
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
