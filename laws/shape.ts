/**
 * Laws of shapes: inferred shapes equal those found by sliding windows explicitly, and one mistake is one error, at its
 * layer. That an engine returns these shapes is a law of engines.
 */
import * as fc from 'fast-check'
import {
  adaptiveBins,
  arch,
  batchNorm,
  conv2d,
  isCombination,
  type Conv2d,
  type Layer,
  leaves,
  linear,
  maxPool2d,
  modifyAt,
  named,
  positions,
  sequential,
  type Shape,
  type Window
} from '../src/model/index.js'
import type { PlanLayer } from '../src/plan/index.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Fitted, networks } from './arbitrary/network.js'
import { placements } from './arbitrary/placements.js'
import { equal, holds } from './claim.js'
import { drawn, type Law, law, type Subject } from './Law.js'
import { mistakes, planned } from './planning.js'

const windows: fc.Arbitrary<Window> = fc
  .record({
    kernel: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 4 }),
    pad: fc.nat({ max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    ceil: fc.boolean()
  })
  // torch allows no more than half a kernel
  .map(({ pad, ...w }) => ({ ...w, padding: Math.min(pad, Math.floor(w.kernel / 2)) }))

const sides = fc.integer({ min: 1, max: 40 })

/** The same layer for one input channel more; its output is unchanged. */
const widened = (layer: Layer): Layer | null => {
  switch (layer._tag) {
    case 'Conv2d':
      return { ...layer, inChannels: layer.inChannels + layer.groups }
    case 'WeightNorm':
    case 'SpectralNorm':
      return { ...layer, layer: widened(layer.layer) as Conv2d }
    case 'SelfAttention':
      return { ...layer, channels: layer.channels + 1 }
    case 'Linear':
      return { ...layer, inFeatures: layer.inFeatures + 1 }
    default:
      return null
  }
}

const asArch = (network: Layer) => arch({ name: 'generated', network })

/** Named layers that accept only one input shape, whatever they return. */
const particular = (network: Layer): ReadonlyArray<string> =>
  leaves(network).flatMap(({ path, layer }) => (path.includes('/') || widened(layer) === null ? [] : [path]))

/** The output of a network, from what each layer says it returns; removes the layers from the list. */
const flowing = (network: Layer, input: Shape, left: Array<PlanLayer>): Shape => {
  if (!isCombination(network)) {
    const layer = left.shift()
    equal(layer?.input, input, `what ${layer?.path} gets`)
    return layer!.output
  }
  if (network._tag === 'Sequential')
    return network.children.reduce((shape, child) => flowing(child.layer, shape, left), input)
  const outputs = network.children.map((child) => flowing(child.layer, input, left))
  const [first, ...rest] = outputs
  switch (network._tag) {
    case 'Sum':
      for (const other of rest) equal(other, first, 'what a branch gives')
      return first!
    case 'Product':
      // a gate has one number a channel
      for (const other of rest)
        equal(other, other[1] === 1 && other[2] === 1 ? [first![0], 1, 1] : first, 'what a branch gives')
      return first!
    case 'Concat':
      for (const other of rest) equal(other.slice(1), first!.slice(1), 'what a branch gives')
      return [outputs.reduce((sum, [c]) => sum + c!, 0), ...first!.slice(1)]
  }
}

/** Options of a layer, each with values that are never valid. */
const never: Readonly<Record<string, ReadonlyArray<number>>> = {
  kernelSize: [0, -1, 1.5, NaN],
  stride: [0, -1, 0.5],
  padding: [-1, 0.5, NaN],
  dilation: [0, -2, 1.5],
  groups: [0, -1, 0.5],
  inChannels: [0, -3, 1.5],
  outChannels: [0, -3, 1.5, Infinity],
  inFeatures: [0, -1, 2.5],
  outFeatures: [0, -1, 2.5, NaN],
  features: [0, -1, 2.5],
  scale: [0, -1, 1.5],
  channels: [0, -1, 2.5],
  outputSize: [0, -1, 1.5]
}

interface Refusal {
  readonly path: string
  readonly field: string
  readonly value: number
}

/** Every way to make a named layer of a network invalid. */
const refusals = (network: Layer): ReadonlyArray<Refusal> =>
  leaves(network)
    .filter(({ path }) => !path.includes('/'))
    .flatMap(({ path, layer }) =>
      Object.entries(never).flatMap(([field, values]) =>
        field in layer ? values.map((value) => ({ path, field, value })) : []
      )
    )

const spoilt =
  ({ field, value }: Refusal, both: boolean) =>
  (layer: Layer): Layer => {
    const old = (layer as unknown as Readonly<Record<string, number | readonly [number, number]>>)[field]!
    return { ...layer, [field]: typeof old === 'number' ? value : [both ? value : old[0], value] }
  }

const windowLaws: ReadonlyArray<Law> = [
  law(
    'counts the positions of a window as an explicit loop does',
    fc.property(windows, sides, (w, side) => equal(positions(w)(side), placements(w, side), 'positions'))
  ),
  law(
    'covers a side with the bins of adaptive pooling, in order and without gaps',
    fc.property(sides, fc.integer({ min: 1, max: 12 }), (side, count) => {
      const bins = adaptiveBins(side, count)
      equal([bins[0]?.[0], bins.at(-1)?.[1], bins.length], [0, side, count], 'first, last and number')
      bins.forEach(([from, to], i) => {
        holds(from < to, `bin ${i} is empty`)
        holds(i === 0 || from <= bins[i - 1]![1], `a gap before bin ${i}`)
      })
    })
  )
]

const inferenceLaws = (cases: fc.Arbitrary<Fitted>): ReadonlyArray<Law> => [
  law(
    'is inferred for every valid network',
    fc.property(cases, ({ network, input, output }) =>
      equal(planned({ input }, asArch(network)).output, output, 'the output')
    )
  ),
  law(
    'is passed from each layer of a sequence to the next, and to every branch',
    fc.property(cases, ({ network, input }) => {
      const { layers, output } = planned({ input }, asArch(network))
      const left = [...layers]
      equal(flowing(network, input, left), output, 'what the network gives')
      equal(left.length, 0, 'layers that nothing flows through')
    })
  ),
  law(
    'is an error at the layer that does not accept its input, and only there',
    fc.property(cases, fc.nat({ max: 9 }), ({ network, input }, i) => {
      const paths = particular(network)
      fc.pre(paths.length > 0)
      const path = paths[i % paths.length]!
      const broken = modifyAt(path, (layer) => widened(layer)!)(network)
      const errors = mistakes({ input }, asArch(O.getOrElse(() => network)(broken)))
      equal(
        errors.map((e) => [e._tag, e.path]),
        [['ShapeError', path]],
        'errors'
      )
    })
  ),
  law(
    'is an error at a layer with invalid options, and only there',
    fc.property(cases, fc.nat(), fc.boolean(), ({ network, input }, i, both) => {
      const all = refusals(network)
      fc.pre(all.length > 0)
      const refusal = all[i % all.length]!
      const broken = modifyAt(refusal.path, spoilt(refusal, both))(network)
      const errors = mistakes({ input }, asArch(O.getOrElse(() => network)(broken)))
      equal(
        errors.map((e) => [e._tag, e.path]),
        [['ShapeError', refusal.path]],
        `errors for ${refusal.field} ${refusal.value}`
      )
      holds(errors[0]!.hint.includes(refusal.field), `the hint does not name ${refusal.field}: ${errors[0]!.hint}`)
    })
  ),
  law(
    'is one error however many layers are too large for the feature map',
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), (side, more) => {
      const large = Array.from({ length: more }, (_, i) => named(`pool${i}`, maxPool2d(side + 1)))
      const errors = mistakes({ input: [1, side, side] }, asArch(sequential(...large)))
      equal(
        errors.map((e) => [e._tag, e.path]),
        [['ShapeError', 'pool0']],
        'errors'
      )
    })
  ),
  law(
    'is an error where branches of a sum differ and where a map meets a row',
    fc.property(fc.integer({ min: 1, max: 4 }), (c) => {
      const branches: Layer = {
        _tag: 'Sum',
        children: [named('a', conv2d(c, c, 1)), named('b', conv2d(c, c + 1, 1))]
      }
      const at = (network: Layer) => mistakes({ input: [c, 4, 4] }, asArch(network)).map((e) => [e._tag, e.path])
      equal(at(sequential(named('sum', branches))), [['ShapeError', 'sum']], 'errors of the sum')
      equal(at(sequential(named('fc', linear(c, 2)))), [['ShapeError', 'fc']], 'errors of the linear layer')
      equal(at(sequential(named('bn', batchNorm(c + 1)))), [['ShapeError', 'bn']], 'errors of the batch norm')
    })
  )
]

/**
 * The laws of shape inference on every network, or on yours with its input and expected output.
 *
 * @example
 * import { shapeLaws } from 'graft-vision/laws'
 * import { resnet18 } from 'graft-vision'
 *
 * const mine = { network: resnet18.network, input: [3, 64, 64], output: [1000] }
 * for (const law of shapeLaws(mine)) await law.check({ seed: 1, numRuns: 3 })
 *
 * @category laws
 * @since 0.1.0
 */
export const shapeLaws = (mine: Subject<Fitted> = networks): ReadonlyArray<Law> => [
  ...windowLaws,
  ...inferenceLaws(drawn(mine))
]
