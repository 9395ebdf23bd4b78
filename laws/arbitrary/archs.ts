import * as fc from 'fast-check'
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  flatten,
  linear,
  named,
  namedChildren,
  sequential
} from '../../src/model/index.js'
import { chained, mapChoices, naming, stem } from './network.js'

/** The position of a choice among `n`: a number that shrinks to 0. */
const among = (choice: number, n: number): number => choice % n

/**
 * Small architectures with a classifier that an average pool precedes, with and without a cut and a split of their own;
 * the smallest is a convolution and a linear layer.
 *
 * @example
 * import { arbitrary, archLaws, checkLaws } from 'graft-vision/laws'
 *
 * const reports = await checkLaws(archLaws(arbitrary.archs), { seed: 1, numRuns: 3 })()
 * assert.deepStrictEqual(reports.filter((r) => r.failed), [])
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const archs: fc.Arbitrary<Arch> = fc
  .record({
    side: fc.integer({ min: 8, max: 16 }),
    channels: fc.integer({ min: 1, max: 3 }),
    width: fc.integer({ min: 1, max: 6 }),
    body: mapChoices(),
    classes: fc.integer({ min: 1, max: 5 }),
    ownCut: fc.option(fc.record({ at: fc.nat({ max: 9 }), fromEnd: fc.boolean() })),
    ownSplit: fc.option(fc.nat({ max: 9 }))
  })
  .map(({ side, channels, width, body, classes, ownCut, ownSplit }) => {
    const name = naming()
    const first = stem([channels, side, side], width, name)
    const rest = chained(body, first.output, name)
    const inBody = namedChildren(sequential(...first.parts, ...rest.parts)).map((child) => child.name)
    const kept = ownCut === null ? inBody.length : 1 + among(ownCut.at, inBody.length)
    const starts = inBody.slice(1, kept)
    return arch({
      name: 'generated',
      network: sequential(
        ...first.parts,
        ...rest.parts,
        named('pool', adaptiveAvgPool2d(1)),
        flatten,
        named('fc', linear(rest.output[0]!, classes))
      ),
      input: { channels, size: side, mean: Array(channels).fill(0.5), std: Array(channels).fill(0.25), crop: 0.875 },
      ...(ownCut === null ? {} : { cut: ownCut.fromEnd ? kept - inBody.length - 2 : kept }),
      ...(ownSplit === null || starts.length === 0 ? {} : { split: [starts[among(ownSplit, starts.length)]!] })
    })
  })
