/**
 * Laws of holdouts, batches and transforms: every item occurs once, and order and transforms depend only on seed and
 * epoch.
 */
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import {
  batchOrder,
  drawnItems,
  foldsOf,
  type Pixels,
  separateGroups,
  separateRandomly,
  separateStratified,
  Transform
} from '../src/data/index.js'
import { applyTransforms } from '../src/data/pixel/index.js'
import { generator } from '../src/Seed.js'
import { transforms } from './arbitrary/transforms.js'
import { equal, holds } from './claim.js'
import { type Law, law } from './Law.js'

const seeds = fc.nat({ max: 2 ** 31 - 1 })
const counts = fc.integer({ min: 1, max: 200 })
const hundredths = fc.integer({ min: 0, max: 99 }).map((n) => n / 100)

const ascending = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)
const sorted = (list: ReadonlyArray<number>): ReadonlyArray<number> => [...list].sort((a, b) => a - b)

const keys = fc.array(fc.constantFrom(...'abcde'), { minLength: 1, maxLength: 60 })
const fewKeys = fc.array(fc.constantFrom(...'pqrstuv'), { minLength: 1, maxLength: 40 })

const sizesIn = (names: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>()
  for (const name of names) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  return sizes
}

const pictures: fc.Arbitrary<Pixels> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 3), seeds)
  .map(([height, width, channels, seed]) => {
    const { integer } = generator(seed)
    return { height, width, channels, data: Uint8Array.from({ length: height * width * channels }, () => integer(256)) }
  })

const lists = fc.array(transforms, { maxLength: 4 })
const ownSize = { size: O.none, resize: 'crop' } as const

/** Transforms that move samples without interpolation or lighting. */
const stepping: ReadonlyArray<Transform.Transform['_tag']> = ['CropPad', 'FlipLr', 'Dihedral']

/** Pairs of exact inverses, which move samples without interpolation. */
const inverses: ReadonlyArray<readonly [Transform.DrawnTransform, Transform.DrawnTransform]> = [
  [{ _tag: 'FlipLr' }, { _tag: 'FlipLr' }],
  // bits 0 and 1 change places when rows and columns do
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((k) => {
    const back = (k & 4) === 0 ? k : 4 | ((k & 1) << 1) | ((k & 2) >> 1)
    return [
      { _tag: 'Dihedral', k },
      { _tag: 'Dihedral', k: back }
    ] as const
  })
]

const batchings = fc.record({
  n: counts,
  bs: fc.integer({ min: 1, max: 64 }),
  shuffle: fc.boolean(),
  dropLast: fc.boolean(),
  seed: seeds,
  epoch: fc.nat({ max: 50 })
})

/**
 * The laws of holdouts, of the order of batches and of transforms.
 *
 * @example
 * import { dataLaws } from 'graft-vision/laws'
 *
 * for (const law of dataLaws()) await law.check({ seed: 1, numRuns: 10 })
 *
 * @category laws
 * @since 0.1.0
 */
export const dataLaws = (): ReadonlyArray<Law> => [
  law(
    'puts each item into one set, ⌊pct·n⌋ of them into validation',
    fc.property(counts, hundredths, seeds, (n, pct, seed) => {
      const { train, valid } = separateRandomly(pct, seed)(n)
      equal(sorted([...train, ...valid]), ascending(n), 'all items')
      equal(valid.length, Math.floor(pct * n), 'validation items')
    })
  ),
  law(
    'holds out less than one image more or fewer of each class than its part, and some of every class of two or more',
    fc.property(keys, hundredths, seeds, (strata, pct, seed) => {
      const { train, valid } = separateStratified(pct, seed)(strata)
      equal(sorted([...train, ...valid]), ascending(strata.length), 'all items')
      for (const [stratum, n] of sizesIn(strata)) {
        const held = valid.filter((i) => strata[i] === stratum).length
        if (n === 1 || pct === 0) equal(held, 0, `held out of ${stratum}`)
        else holds(held >= 1 && held < n && Math.abs(held - pct * n) < 1, `${held} of ${n} held out for ${pct}`)
      }
    })
  ),
  law(
    'holds out whole groups, as near to the part as any choice of groups is',
    fc.property(fewKeys, hundredths, seeds, (groups, pct, seed) => {
      const { train, valid } = separateGroups(pct, seed)(groups)
      equal(sorted([...train, ...valid]), ascending(groups.length), 'all items')
      const sizes = [...sizesIn(groups)]
      if (sizes.length < 2) return equal(valid.length, 0, 'held out of one group')
      for (const [group, n] of sizes)
        holds([0, n].includes(valid.filter((i) => groups[i] === group).length), `${group} is on both sides`)
      const sums = sizes.reduce<ReadonlyArray<number>>((all, [, n]) => [...all, ...all.map((sum) => sum + n)], [0])
      const best = Math.min(...sums.slice(1, -1).map((sum) => Math.abs(sum - pct * groups.length)))
      equal(Math.abs(valid.length - pct * groups.length), best, 'distance from the part')
    })
  ),
  law(
    'puts each image into one fold, classes evenly, or groups undivided',
    fc.property(keys, fewKeys, fc.integer({ min: 2, max: 4 }), seeds, (strata, names, k, seed) => {
      const folds = foldsOf({ k, strata, groups: null, seed })
      holds(
        folds.every((f) => Number.isInteger(f) && f >= 0 && f < k),
        'a fold that is not there'
      )
      for (const [stratum] of sizesIn(strata)) {
        const its = folds.filter((_, i) => strata[i] === stratum)
        const parts = ascending(k).map((f) => its.filter((one) => one === f).length)
        holds(Math.max(...parts) - Math.min(...parts) <= 1, `${stratum} is uneven: ${parts.join()}`)
      }
      const groups = strata.map((_, i) => names[i % names.length]!)
      if (new Set(groups).size < k) return
      const grouped = foldsOf({ k, strata, groups, seed })
      equal(new Set(grouped).size, k, 'folds with images')
      for (const group of new Set(groups))
        equal(new Set(grouped.filter((_, i) => groups[i] === group)).size, 1, `folds of ${group}`)
    })
  ),
  law(
    'puts each item into one batch of an epoch, except those of a dropped last batch',
    fc.property(batchings, (of) => {
      const batches = batchOrder(of)
      const items = batches.flat()
      equal(new Set(items).size, items.length, 'different items')
      equal(items.length, of.dropLast ? of.n - (of.n % of.bs) : of.n, 'items')
      holds(
        batches.slice(0, -1).every((b) => b.length === of.bs),
        'a batch before the last is not full'
      )
    })
  ),
  law(
    'orders items by seed and epoch alone, and keeps their order without shuffle',
    fc.property(batchings, (of) => {
      equal(batchOrder(of), batchOrder({ ...of }), 'the order the second time')
      if (!of.shuffle) equal(batchOrder(of).flat(), ascending(batchOrder(of).flat().length), 'the order')
    })
  ),
  law(
    'draws classes as balanced sampling says, and images of a class equally often, to one',
    fc.property(
      fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 60 }),
      seeds,
      fc.nat({ max: 9 }),
      (classes, seed, epoch) => {
        const items = drawnItems({ power: 1, classes }, seed, epoch)
        equal(items.length, classes.length, 'items')
        const times = classes.map((_, i) => items.filter((item) => item === i).length)
        const drawn = [...new Set(classes)].map((c) => times.filter((_, i) => classes[i] === c))
        const totals = drawn.map((its) => its.reduce((a, b) => a + b, 0))
        holds(Math.max(...totals) - Math.min(...totals) <= 1, `classes are drawn ${totals.join()} times`)
        for (const its of drawn) holds(Math.max(...its) - Math.min(...its) <= 1, `images are drawn ${its.join()} times`)
        const plain = { n: classes.length, bs: 7, shuffle: true, dropLast: false, seed, epoch }
        equal(batchOrder({ ...plain, draws: { power: 0, classes } }), batchOrder(plain), 'the order for power 0')
      }
    )
  ),
  law(
    'draws another order for another epoch',
    fc.property(seeds, fc.nat({ max: 50 }), (seed, epoch) => {
      const order = (e: number) => batchOrder({ n: 50, bs: 50, shuffle: true, dropLast: false, seed, epoch: e })
      holds(JSON.stringify(order(epoch)) !== JSON.stringify(order(epoch + 1)), 'two epochs have one order')
    })
  ),
  law(
    'draws transforms by seed, epoch and item alone, in whatever order they are drawn',
    fc.property(lists, seeds, fc.nat({ max: 9 }), fc.nat({ max: 9 }), (list, seed, epoch, item) => {
      const drawn = Transform.drawAll(seed, epoch, item)(list)
      Transform.drawAll(seed, epoch, item + 1)(list)
      equal(Transform.drawAll(seed, epoch, item)(list), drawn, 'what is drawn the second time')
      const more = Transform.drawAll(seed, epoch, item)([...list, Transform.flipLr(1)])
      equal(more.slice(0, -1), drawn, 'what is drawn before one that was added')
    })
  ),
  law(
    'transforms deterministically to the requested size without changing the input',
    fc.property(lists, seeds, pictures, fc.integer({ min: 1, max: 9 }), (list, seed, image, side) => {
      const drawn = Transform.drawAll(seed)(list)
      const before = image.data.slice()
      const apply = applyTransforms(drawn, { size: O.some([side, side + 1]), resize: 'crop' })
      const result = apply(image)
      equal([result.height, result.width, result.channels], [side, side + 1, image.channels], 'the sides')
      equal(apply(image), result, 'the pixels the second time')
      equal(image.data, before, 'the image')
    })
  ),
  law(
    'undoes flips and symmetries with their inverses',
    fc.property(pictures, fc.constantFrom(...inverses), (image, [there, back]) => {
      const once = applyTransforms([there], ownSize)(image)
      equal(applyTransforms([back], ownSize)(once), image, `${JSON.stringify(there)} and back`)
    })
  ),
  law(
    'moves a mask exactly as its image, for transforms without interpolation',
    fc.property(pictures, lists, seeds, (image, list, seed) => {
      const drawn = Transform.drawAll(seed)(list.filter(({ _tag }) => stepping.includes(_tag)))
      const [asMask, asImage] = [true, false].map((mask) => applyTransforms(drawn, { ...ownSize, mask })(image))
      equal(asMask, asImage, 'mask and image')
    })
  ),
  law(
    'adds no class to a transformed mask, except those of ignored pixels and of padding by zeros',
    fc.property(pictures, lists, seeds, fc.integer({ min: 1, max: 9 }), (mask, list, seed, side) => {
      const ignored = 255
      const padding = list.some((t) => 'padding' in t && t.padding === 'zeros') ? [0] : []
      const held = new Set([...mask.data, ignored, ...padding])
      const after = applyTransforms(Transform.drawAll(seed)(list), { size: O.some(side), resize: 'pad', mask: true })
      holds(
        after(mask).data.every((value) => held.has(value)),
        'a class that was not there'
      )
    })
  )
]
