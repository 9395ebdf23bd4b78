// What TypeScript draws, for the tests of graft_torch (test/torch/python), which read the same files. To write them
// again after a change: npx vitest run test/torch/vectors.test.ts --update
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { trainOrder, validOrder, type Batching } from '../../src/data/index.js'
import { repeatsIn } from '../../src/data/Sampling.js'
import { generator, permutation, type Seed, splitSeed } from '../../src/Seed.js'
import * as O from 'fp-ts/lib/Option.js'

/** An object, each entry on a line of its own. */
const lines = (of: Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(of)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')}\n}\n`

const recorded = async (file: string, of: Readonly<Record<string, unknown>>): Promise<void> => {
  await expect(lines(of)).toMatchFileSnapshot(`vectors/${file}.json`, 'Python draws what the file says')
}

const seeds: ReadonlyArray<Seed> = [0, 1, 42, 2 ** 31, 2 ** 32 - 1]

const names: ReadonlyArray<ReadonlyArray<string | number>> = [
  [],
  ['order', 0],
  ['order', 1],
  ['dropout', 17, 'head.4'],
  ['transform', 3, 12_395, 'again', 2, 0],
  ['straße 🐝', -1],
  ['']
]

/** Several thousand numbers in few: the last ones of each length depend on all before. */
const tail = (n: number, next: () => number): ReadonlyArray<number> => Array.from({ length: n }, next).slice(-4)

const lengths = [4, 511, 512, 513, 5000]

describe('the recorded vectors', () => {
  it('are those of seeds and generators', () =>
    recorded('seed', {
      splitSeed: seeds.flatMap((seed) => names.map((its) => ({ seed, names: its, split: splitSeed(seed, ...its) }))),
      uniform: seeds.flatMap((seed) => lengths.map((n) => ({ seed, n, last: tail(n, generator(seed).uniform) }))),
      normal: seeds.flatMap((seed) => lengths.map((n) => ({ seed, n, last: tail(n, generator(seed).normal) }))),
      integer: seeds.map((seed) => ({ seed, last: tail(9, () => generator(seed).integer(1000)) })),
      mixed: seeds.map((seed) => {
        const { uniform, normal, integer } = generator(seed)
        return { seed, drawn: [normal(), uniform(), integer(7), normal(), ...tail(601, normal), uniform(), normal()] }
      }),
      permutation: [0, 1, 2, 3, 10, 700].map((n) => ({ seed: 42, n, order: permutation(42, n) }))
    }))

  it('are those of the order of batches', () => {
    const classes = Array.from({ length: 61 }, (_, i) => (i % 7 === 0 ? 2 : i % 3 === 0 ? 5 : 0))
    const cases: ReadonlyArray<Batching & { readonly n: number; readonly epoch: number }> = [
      { n: 61, bs: 8, shuffle: true, dropLast: true, seed: 1, epoch: 0 },
      { n: 61, bs: 8, shuffle: true, dropLast: false, seed: 1, epoch: 3 },
      { n: 61, bs: 8, shuffle: false, dropLast: false, seed: 1, epoch: 0 },
      ...[0, 0.5, 1].flatMap((power) =>
        [0, 1].map((epoch) => ({
          n: 61,
          bs: 8,
          shuffle: true,
          dropLast: true,
          seed: 42,
          epoch,
          draws: { power, classes }
        }))
      )
    ]
    return recorded('order', {
      train: cases.map(({ n, epoch, ...batching }) => {
        const found = trainOrder(batching, n)(epoch)
        if (E.isLeft(found)) throw new Error(found.left.found)
        return { n, epoch, ...batching, batches: found.right, repeats: repeatsIn(found.right) }
      }),
      valid: [1, 63, 64, 65].map((n) => ({
        n,
        bs: 16,
        batches: validOrder({ bs: 64, validBs: O.some(16), seed: 1 }, n)
      }))
    })
  })
})
