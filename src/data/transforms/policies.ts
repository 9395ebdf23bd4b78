/**
 * Policies that draw other transforms: torchvision's `TrivialAugmentWide` and `RandAugment`, with its magnitudes.
 *
 * @since 0.1.0
 */
import type { Generator } from '../../Seed.js'
import type { Between, DrawnTransform, Transform } from './Change.js'

/**
 * One change of 14, chosen at random and at a random one of 31 magnitudes (torchvision's `TrivialAugmentWide`):
 * identity, shear, translation, rotation, brightness, colour, contrast, sharpness, posterising, solarising, automatic
 * contrast, equalising. Has no parameters to tune.
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * const list = [Transform.randomResizedCrop(), Transform.flipLr(), Transform.trivialAugment()]
 * const drawn = Transform.drawAll(42, 'epoch', 0, 'item', 3)(list)
 * assert.strictEqual(drawn[0]?._tag, 'RandomResizedCrop')
 *
 * @category transforms
 * @since 0.1.0
 */
export const trivialAugment = (p = 1): Transform => ({ _tag: 'TrivialAugment', p })

/**
 * `n` (2) changes of 14 in sequence, each of magnitude `m` (9 of 0 to 30) in either direction (torchvision's
 * `RandAugment`).
 *
 * @example
 * import { Transform } from 'graft-vision'
 *
 * assert.deepStrictEqual(Transform.randAugment(2, 9), { _tag: 'RandAugment', n: 2, m: 9, p: 1 })
 *
 * @category transforms
 * @since 0.1.0
 */
export const randAugment = (n: Between = 2, m: Between = 9, p = 1): Transform => ({ _tag: 'RandAugment', n, m, p })

/** The number of magnitudes. */
const bins = 31

/** Element `i` of torch's `linspace(0, end, 31)`, in float32; that from 255 to 0 is its reverse. */
const linspace = (end: number, i: number): number => {
  const step = Math.fround(Math.fround(end) / (bins - 1))
  return i < Math.floor(bins / 2)
    ? Math.fround(step * i)
    : Math.fround(Math.fround(end) - Math.fround(step * (bins - 1 - i)))
}

/** What a policy's largest magnitudes are. */
interface Space {
  readonly shear: number
  /** Bit depth that the largest magnitude removes. */
  readonly posterize: number
  readonly degrees: number
  readonly factor: number
  readonly translate: (axis: 'x' | 'y', sign: number, bin: number) => DrawnTransform
}

const wide: Space = {
  shear: 0.99,
  posterize: 6,
  degrees: 135,
  factor: 0.99,
  translate: (axis, sign, bin) => ({ _tag: 'Translate', x: 0, y: 0, [axis]: sign * linspace(32, bin) })
}

const usual: Space = {
  shear: 0.3,
  posterize: 4,
  degrees: 30,
  factor: 0.9,
  // 150 of 331 pixels
  translate: (axis, sign, bin) => ({ _tag: 'TranslateRel', x: 0, y: 0, [axis]: (sign * bin * 150) / 331 / (bins - 1) })
}

type Op = (space: Space, sign: () => number, bin: () => number) => ReadonlyArray<DrawnTransform>

const factor =
  (_tag: 'AdjustBrightness' | 'Colour' | 'AdjustContrast' | 'Sharpness'): Op =>
  (space, sign, bin) => [{ _tag, factor: 1 + sign() * linspace(space.factor, bin()) }]

/** In torchvision's order. */
const ops: ReadonlyArray<Op> = [
  () => [],
  ({ shear }, sign, bin) => [{ _tag: 'Shear', x: sign() * linspace(shear, bin()), y: 0 }],
  ({ shear }, sign, bin) => [{ _tag: 'Shear', x: 0, y: sign() * linspace(shear, bin()) }],
  ({ translate }, sign, bin) => [translate('x', sign(), bin())],
  ({ translate }, sign, bin) => [translate('y', sign(), bin())],
  ({ degrees }, sign, bin) => [{ _tag: 'RotateNearest', degrees: sign() * linspace(degrees, bin()) }],
  factor('AdjustBrightness'),
  factor('Colour'),
  factor('AdjustContrast'),
  factor('Sharpness'),
  ({ posterize }, _, bin) => [{ _tag: 'Posterize', bits: 8 - Math.round((bin() * posterize) / (bins - 1)) }],
  (_, __, bin) => [{ _tag: 'Solarize', threshold: 255 - 8.5 * bin() }],
  () => [{ _tag: 'AutoContrast' }],
  () => [{ _tag: 'Equalize' }]
]

const oneOf = (random: Generator, space: Space, bin: () => number): ReadonlyArray<DrawnTransform> =>
  ops[random.integer(ops.length)]!(space, () => (random.integer(2) === 0 ? 1 : -1), bin)

/** The changes that `trivialAugment` draws. */
export const drawTrivial = (random: Generator): ReadonlyArray<DrawnTransform> =>
  oneOf(random, wide, () => random.integer(bins))

/** The changes that `randAugment` draws. */
export const drawRand = (random: Generator, n: number, m: number): ReadonlyArray<DrawnTransform> =>
  Array.from({ length: n }, () => oneOf(random, usual, () => m)).flat()
