import * as fc from 'fast-check'
import { Transform } from '../../src/data/index.js'

type Tag = Transform.Transform['_tag']

const between = (low: number, high: number): fc.Arbitrary<Transform.Between> => {
  const one = fc.integer({ min: 0, max: 20 }).map((n) => low + ((high - low) * n) / 20)
  return fc.oneof(
    one,
    fc.tuple(one, one).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  )
}

const whole = (high: number): fc.Arbitrary<Transform.Between> =>
  fc.oneof(
    fc.nat({ max: high }),
    fc.tuple(fc.nat({ max: high }), fc.nat({ max: high })).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  )

const part = between(0, 1)
const placed = fc.record({ row: part, col: part }, { requiredKeys: [] })
const magnitude = between(-0.3, 0.3)
const p = fc.integer({ min: 0, max: 4 }).map((n) => n / 4)

const each: { readonly [T in Tag]: fc.Arbitrary<Transform.Transform> } = {
  CropPad: fc.tuple(placed, p).map(([at, often]) => Transform.cropPad(at, often)),
  FlipLr: p.map(Transform.flipLr),
  Dihedral: fc.tuple(whole(7), p).map(([k, often]) => Transform.dihedral(k, often)),
  DihedralAffine: fc.tuple(whole(7), p).map(([k, often]) => Transform.dihedralAffine(k, often)),
  Rotate: fc.tuple(between(-90, 90), p).map(([degrees, often]) => Transform.rotate(degrees, often)),
  Zoom: fc.tuple(between(1, 2), placed, p).map(([scale, at, often]) => Transform.zoom(scale, at, often)),
  Squish: fc.tuple(between(0.75, 1.5), placed, p).map(([scale, at, often]) => Transform.squish(scale, at, often)),
  SymmetricWarp: fc
    .tuple(magnitude, magnitude, magnitude, magnitude, p)
    .map(([a, b, c, d, often]) => Transform.symmetricWarp([a, b, c, d], often)),
  Tilt: fc.tuple(whole(3), magnitude, p).map(([k, m, often]) => Transform.tilt(k, m, often)),
  Skew: fc.tuple(whole(7), magnitude, p).map(([k, m, often]) => Transform.skew(k, m, often)),
  Brightness: fc.tuple(between(0.3, 0.7), p).map(([change, often]) => Transform.brightness(change, often)),
  Contrast: fc.tuple(between(0.5, 2), p).map(([scale, often]) => Transform.contrast(scale, often))
}

/**
 * Transforms without mistakes, of every kind.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { checkSpec, imageFolder, withTransforms } from 'graft-vision'
 * import * as fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(arbitrary.transforms, (t) => checkSpec(withTransforms([t])(imageFolder('photos'))).length === 0),
 *   { seed: 1, numRuns: 20 }
 * )
 *
 * @since 0.1.0
 */
export const transforms: fc.Arbitrary<Transform.Transform> = fc.oneof(...Object.values(each))
