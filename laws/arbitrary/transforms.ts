import * as fc from 'fast-check'
import {
  fieldsOf,
  isPadded,
  paddingModes,
  type Transform,
  type TransformField,
  transformKinds,
  transformOf
} from '../../src/data/index.js'

type Tag = Transform.Transform['_tag']

const values = ({ usual: [low, high], draws }: TransformField): fc.Arbitrary<Transform.Between> => {
  const one =
    draws === 'whole'
      ? fc.integer({ min: low, max: high })
      : draws === 'odd'
        ? fc.integer({ min: 0, max: (high - low) / 2 }).map((n) => low + 2 * n)
        : fc.integer({ min: 0, max: 20 }).map((n) => low + ((high - low) * n) / 20)
  return fc.oneof(
    one,
    fc.tuple(one, one).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  )
}

const p = fc.integer({ min: 0, max: 4 }).map((n) => n / 4)

const ofKind = (tag: Tag): fc.Arbitrary<Transform.Transform> => {
  const fields = fieldsOf(tag).map(
    ([name, field]) =>
      [
        name,
        typeof field.values === 'object' ? fc.tuple(...field.values.map(() => values(field))) : values(field)
      ] as const
  )
  const required = fieldsOf(tag).flatMap(([name, field]) => (field.default === null ? [name] : []))
  const padding = isPadded(tag) ? [['padding', fc.constantFrom(...paddingModes)] as const] : []
  return fc
    .tuple(fc.record(Object.fromEntries<fc.Arbitrary<unknown>>([...fields, ...padding]), { requiredKeys: required }), p)
    .map(([given, often]) => transformOf(tag, { ...given, p: often }))
}

/**
 * Transforms without mistakes, of every kind.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { imageFolder, withTransforms } from 'graft-vision'
 * import { checkSpec } from '../../src/data/index.js'
 * import * as fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(arbitrary.transforms, (t) => checkSpec(withTransforms([t])(imageFolder('photos'))).length === 0),
 *   { seed: 1, numRuns: 20 }
 * )
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const transforms: fc.Arbitrary<Transform.Transform> = fc.oneof(
  ...(Object.keys(transformKinds) as ReadonlyArray<Tag>).map(ofKind)
)
