/**
 * What a U-Net is made of: encoders that make their maps smaller several times, at any depth, and decoders' options.
 */
import * as fc from 'fast-check'
import {
  adaptiveAvgPool2d,
  arch,
  type Arch,
  avgPool2d,
  batchNorm,
  conv2d,
  type Layer,
  maxPool2d,
  named,
  normTypes,
  numbered,
  relu,
  sequential,
  sum,
  type UnetOptions
} from '../../src/model/index.js'
import { chained, mapChoices, naming, stem } from './network.js'

/** Ways to half a map, from so many channels to so many: in one layer, within sequences, and in branches. */
const halvings: ReadonlyArray<(from: number, to: number) => Layer> = [
  (from, to) => conv2d(from, to, 3, { stride: 2, padding: 1 }),
  (from, to) => numbered(maxPool2d(3, { stride: 2, padding: 1 }), conv2d(from, to, 1)),
  (from, to) => numbered(batchNorm(from), numbered(relu, conv2d(from, to, 1), avgPool2d(2, { ceilMode: true }))),
  (from, to) =>
    sum(
      named('main', conv2d(from, to, 3, { stride: 2, padding: 1 })),
      named('shortcut', conv2d(from, to, 1, { stride: 2 }))
    )
]

const width = fc.integer({ min: 1, max: 6 })

const stage = fc.record({
  halving: fc.nat({ max: halvings.length - 1 }),
  width,
  between: mapChoices(2)
})

/**
 * Architectures whose bodies make a U-Net's encoder: up to four stages and whatever layers are between them, before the
 * pool at which they are cut; the smallest is two convolutions, and crosses nothing.
 *
 * @example
 * import { arbitrary, checkLaws, unetLaws } from 'graft-vision/laws'
 *
 * const reports = await checkLaws(unetLaws(arbitrary.encoders), { seed: 1, numRuns: 3 })()
 * assert.deepStrictEqual(reports.filter((r) => r.failed), [])
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const encoders: fc.Arbitrary<Arch> = fc
  .record({
    side: fc.integer({ min: 8, max: 24 }),
    channels: fc.integer({ min: 1, max: 3 }),
    first: width,
    stages: fc.array(stage, { maxLength: 4 }),
    last: fc.integer({ min: 2, max: 8 })
  })
  .map(({ side, channels, first, stages, last }) => {
    const name = naming()
    const { parts, output } = stages.reduce(
      (before, { halving, width: to, between }) => {
        const [from, ...sides] = before.output
        const half = named(name('half'), halvings[halving]!(from!, to))
        const rest = chained(between, [to, ...sides.map((n) => Math.ceil(n / 2))], name)
        return { parts: [...before.parts, half, ...rest.parts], output: rest.output }
      },
      stem([channels, side, side], first, name)
    )
    return arch({
      name: 'encoder',
      network: sequential(
        ...parts,
        // the first block of a decoder halves what comes out of its encoder
        named('last', conv2d(output[0]!, last, 1)),
        named('pool', adaptiveAvgPool2d(1))
      ),
      input: { channels, size: side, mean: Array(channels).fill(0.5), std: Array(channels).fill(0.25), crop: 1 }
    })
  })

const options: { readonly [K in keyof UnetOptions]: fc.Arbitrary<UnetOptions[K]> } = {
  blur: fc.boolean(),
  blurFinal: fc.boolean(),
  normType: fc.constantFrom(...normTypes),
  selfAttention: fc.boolean(),
  yRange: fc.option(fc.constant([-1, 2] as const)),
  lastCross: fc.boolean(),
  bottle: fc.boolean()
}

/**
 * What may be chosen about a U-Net's decoder; the smallest crosses the input no more.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const unetOptions: fc.Arbitrary<UnetOptions> = fc.record(options)
