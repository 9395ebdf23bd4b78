/**
 * Networks that fit together: free choices (which layer, how wide, how strided) are folded over the shape that flows,
 * so that choices shrink one by one and what is left always fits.
 */
import * as fc from 'fast-check'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  adaptiveMaxPool2d,
  attention,
  avgPool2d,
  batchNorm,
  blur,
  type Child,
  classToken,
  concat,
  type Conv2d,
  conv2d,
  dropout,
  flatten,
  gelu,
  groupNorm,
  hardSigmoid,
  hardSwish,
  identity,
  isCombination,
  type Layer,
  layerNorm,
  layerScale,
  leakyRelu,
  linear,
  linear2d,
  maxPool2d,
  meanTokens,
  named,
  padChannels,
  parametersOf,
  patchMerging,
  pixelShuffle,
  positionEmbedding,
  product,
  relu,
  relu6,
  resizeNearest,
  scale,
  selfAttention,
  sequential,
  type Shape,
  sigmoid,
  sigmoidRange,
  silu,
  sizeOf,
  spectralNorm,
  stochasticDepth,
  sum,
  takeToken,
  tanh,
  tokens,
  weightNorm,
  type Window,
  windowAttention
} from '../../src/model/index.js'
import { placements } from './placements.js'

/**
 * A network with what flows in and what must come out, by arithmetic of the laws' own.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export interface Fitted {
  readonly input: Shape
  readonly network: Layer
  readonly output: Shape
}

/** What may be varied about a layer; each kind takes what it has. */
interface Knobs {
  readonly out: number
  readonly kernel: number
  readonly stride: number
  readonly padded: boolean
  readonly yes: boolean
  readonly p: number
}

interface Choice {
  readonly tag: Layer['_tag']
  readonly nameless: boolean
  readonly knobs: Knobs
  readonly inner: ReadonlyArray<Choice>
}

interface Step {
  readonly layer: Layer
  readonly output: Shape
}

/** Gives each named part its number, so that no two names are the same. */
export type Naming = (kind: string) => string

export const naming = (): Naming => {
  let count = 0
  return (kind) => `${kind}${count++}`
}

type Make = (knobs: Knobs, input: Shape, inner: ReadonlyArray<Choice>, name: Naming) => Step | null

const same =
  (layer: Layer): Make =>
  (_, output) => ({ layer, output })

const slid = (
  input: Shape,
  channels: number,
  w: Omit<Window, 'dilation' | 'ceil'> & Partial<Window>,
  layer: Layer
): Step | null => {
  const [h, v] = input.slice(1).map((side) => placements({ dilation: 1, ceil: false, ...w }, side))
  return input.length === 3 && h! > 0 && v! > 0 ? { layer, output: [channels, h!, v!] } : null
}

const pooled =
  (layer: (size: number) => Layer, times: number): Make =>
  ({ stride }, [c, ...sides]) =>
    sides.length === 2 ? { layer: layer(stride), output: [times * c!, stride, stride] } : null

/** Tokens have their channels last. */
const channelAxisOf = (input: Shape): number => (input.length === 2 ? 1 : 0)
const channelsIn = (input: Shape): number => input[channelAxisOf(input)]!

/** A layer for maps alone. */
const onMaps =
  (layer: (input: Shape) => Layer): Make =>
  (_, input) =>
    input.length === 3 ? { layer: layer(input), output: input } : null

const convolved =
  (layer: (conv: Conv2d) => Layer): Make =>
  ({ out, kernel, stride, yes }, input) => {
    const conv = conv2d(input[0]!, out, kernel, { stride, bias: yes })
    return slid(input, out, { kernel, stride, padding: 0 }, layer(conv))
  }

/** How each layer of the union is made to fit; null where it cannot. */
const make: { readonly [T in Layer['_tag']]: Make } = {
  Conv2d: ({ out, kernel, stride, padded, yes }, input) => {
    const padding = padded ? Math.floor(kernel / 2) : 0
    const channels = yes ? input[0]! : out
    const dilation = 1 + (out % 2)
    const options = { stride, padding, dilation, groups: yes ? channels : 1, bias: !padded }
    return slid(input, channels, { kernel, stride, padding, dilation }, conv2d(input[0]!, channels, kernel, options))
  },
  Linear: ({ out, yes }, input) =>
    input.length < 3
      ? { layer: linear(input.at(-1)!, out, { bias: yes }), output: [...input.slice(0, -1), out] }
      : null,
  Linear2d: ({ out, yes }, [c, ...sides]) =>
    sides.length === 2 ? { layer: linear2d(c!, out, { bias: yes }), output: [out, ...sides] } : null,
  BatchNorm: (_, input) => (input.length === 2 ? null : { layer: batchNorm(input[0]!), output: input }),
  LayerNorm: (_, input) => ({ layer: layerNorm(channelsIn(input)), output: input }),
  GroupNorm: onMaps(([c]) => groupNorm(c! % 2 === 0 ? 2 : 1, c!)),
  MaxPool2d: ({ kernel, stride, padded, yes }, input) => {
    const padding = padded ? Math.floor(kernel / 2) : 0
    const layer = maxPool2d(kernel, { stride, padding, ceilMode: yes })
    return slid(input, input[0]!, { kernel, stride, padding, ceil: yes }, layer)
  },
  AvgPool2d: ({ kernel, stride, yes }, input) =>
    slid(input, input[0]!, { kernel, stride, padding: 0, ceil: yes }, avgPool2d(kernel, { stride, ceilMode: yes })),
  AdaptiveAvgPool2d: pooled(adaptiveAvgPool2d, 1),
  AdaptiveMaxPool2d: pooled(adaptiveMaxPool2d, 1),
  AdaptiveConcatPool2d: pooled(adaptiveConcatPool2d, 2),
  Relu: same(relu),
  Relu6: same(relu6),
  LeakyRelu: same(leakyRelu(0.1)),
  Sigmoid: same(sigmoid),
  Tanh: same(tanh),
  SigmoidRange: same(sigmoidRange(-1, 2)),
  PixelShuffle: ({ stride }, [c, ...sides]) =>
    sides.length === 2 && c! % stride ** 2 === 0
      ? { layer: pixelShuffle(stride), output: [c! / stride ** 2, ...sides.map((side) => side * stride)] }
      : null,
  Blur: onMaps(() => blur),
  ResizeNearest: ({ kernel, stride }, [c, ...sides]) =>
    sides.length === 2
      ? { layer: resizeNearest([kernel + 1, stride + 2]), output: [c!, kernel + 1, stride + 2] }
      : null,
  SelfAttention: onMaps(([c]) => selfAttention(c!)),
  Attention: ({ yes }, input) =>
    input.length === 2
      ? { layer: attention(input[1]!, input[1]! % 2 === 0 ? 2 : 1, { qkNorm: yes, torchNames: !yes }), output: input }
      : null,
  WindowAttention: ({ kernel, padded }, input) =>
    input.length === 3
      ? { layer: windowAttention(input[0]!, 1, kernel + 1, { shift: padded ? 1 : 0 }), output: input }
      : null,
  Tokens: (_, input) => (input.length === 3 ? { layer: tokens, output: [input[1]! * input[2]!, input[0]!] } : null),
  LearnedTokens: (_, input) =>
    input.length === 2 ? { layer: classToken(input[1]!), output: [input[0]! + 1, input[1]!] } : null,
  PositionEmbedding: ({ kernel, stride }, [c, ...sides], _, name) => {
    if (sides.length !== 2) return null
    const positions = named(name('positions'), positionEmbedding(c!, [kernel, stride]))
    return { layer: sequential(tokens, positions), output: [sides[0]! * sides[1]!, c!] }
  },
  TakeToken: ({ yes }, input) =>
    input.length === 2 ? { layer: takeToken(yes ? input[0]! - 1 : 0), output: [input[1]!] } : null,
  MeanTokens: ({ yes }, input) =>
    input.length === 2 ? { layer: meanTokens(yes ? input[0]! - 1 : 0), output: [input[1]!] } : null,
  LayerScale: ({ yes }, input) => ({ layer: layerScale(channelsIn(input), { expanded: yes }), output: input }),
  StochasticDepth: ({ p }, input) => ({ layer: stochasticDepth(p), output: input }),
  PatchMerging: (_, [c, ...sides]) =>
    sides.length === 2 ? { layer: patchMerging, output: [4 * c!, ...sides.map((side) => Math.ceil(side / 2))] } : null,
  Gelu: same(gelu),
  Silu: same(silu),
  HardSigmoid: same(hardSigmoid),
  HardSwish: same(hardSwish),
  WeightNorm: convolved(weightNorm),
  SpectralNorm: convolved(spectralNorm),
  Identity: same(identity),
  Scale: same(scale(0.2)),
  PadChannels: ({ kernel, stride }, input) => ({
    layer: padChannels(kernel, stride),
    output: input.with(channelAxisOf(input), kernel + channelsIn(input) + stride)
  }),
  Dropout: ({ p }, input) => ({ layer: dropout(p), output: input }),
  Flatten: (_, input) => ({ layer: flatten, output: [sizeOf(input)] }),
  Sequential: (_, input, inner, name) => {
    const { parts, output } = chained(inner, input, name)
    return parts.length === 0 ? null : { layer: sequential(...parts), output }
  },
  Sum: ({ out, stride }, input, _, name) => {
    if (input.length !== 3) return null
    const c = input[0]!
    const shortcut = stride === 1 && out === c ? identity : named(name('shortcut'), conv2d(c, out, 1, { stride }))
    const main = named(name('conv'), conv2d(c, out, 3, { stride, padding: 1, bias: false }))
    const layer = sum(sequential(main, named(name('bn'), batchNorm(out))), shortcut)
    return slid(input, out, { kernel: 3, stride, padding: 1 }, layer)
  },
  Product: ({ out, yes }, input, _, name) => {
    if (input.length !== 3) return null
    const c = input[0]!
    const gate = yes ? sequential(adaptiveAvgPool2d(1), named(name('gate'), conv2d(c, c, 1)), sigmoid) : sigmoid
    return { layer: product(out > 2 ? identity : relu, gate), output: input }
  },
  Concat: ({ out, yes }, input, _, name) => {
    if (input.length !== 3) return null
    const [c, ...sides] = input
    const wide = named(name('expand'), conv2d(c!, out, 3, { padding: 1 }))
    return { layer: concat(wide, yes ? identity : relu), output: [out + c!, ...sides] }
  }
}

/** Layers with numbers, and combinations that may hold such, keep their names: they are told apart by them. */
const mustBeNamed = (layer: Layer): boolean => !isCombination(layer) && parametersOf(layer).length > 0

interface Chained {
  readonly parts: ReadonlyArray<Child>
  readonly output: Shape
}

/** One choice after the other, those left out that do not fit. */
export const chained = (choices: ReadonlyArray<Choice>, input: Shape, name: Naming): Chained =>
  choices.reduce<Chained>(
    ({ parts, output }, { tag, knobs, inner, nameless }) => {
      const step = make[tag](knobs, output, inner, name)
      if (step === null) return { parts, output }
      const called = nameless && !mustBeNamed(step.layer) ? null : name(tag.toLowerCase())
      return { parts: [...parts, { name: called, layer: step.layer }], output: step.output }
    },
    { parts: [], output: input }
  )

const knobs: fc.Arbitrary<Knobs> = fc.record({
  out: fc.integer({ min: 1, max: 6 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  padded: fc.boolean(),
  yes: fc.boolean(),
  p: fc.integer({ min: 0, max: 9 }).map((n) => n / 10)
})

const tags = Object.keys(make) as ReadonlyArray<Layer['_tag']>
// what ends the map ends the body: it comes last, not in the middle
const toTokens: ReadonlyArray<Layer['_tag']> = ['Tokens', 'PositionEmbedding']
const poolsTokens: ReadonlyArray<Layer['_tag']> = ['TakeToken', 'MeanTokens']
const onTokens: ReadonlyArray<Layer['_tag']> = [
  'LearnedTokens',
  'Attention',
  'Linear',
  'LayerNorm',
  'LayerScale',
  'Gelu'
]
const last: ReadonlyArray<Layer['_tag']> = [
  'Flatten',
  'Linear',
  'LearnedTokens',
  'Attention',
  ...toTokens,
  ...poolsTokens
]
const mapTags = tags.filter((tag) => !last.includes(tag))

// windows are where sizes go wrong, and batch norms where modes differ: they come more often
const kinds = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Layer['_tag']>('Conv2d', 'MaxPool2d', 'AvgPool2d') },
  { weight: 1, arbitrary: fc.constant<Layer['_tag']>('BatchNorm') },
  { weight: 5, arbitrary: fc.constantFrom(...mapTags) }
)

const choice = (depth: number, tag = kinds): fc.Arbitrary<Choice> =>
  fc.record({
    tag,
    nameless: fc.boolean(),
    knobs,
    inner: depth === 0 ? fc.constant([]) : fc.array(choice(depth - 1), { minLength: 1, maxLength: 3 })
  })

/** Up to `most` layers and blocks on feature maps; an empty list is the smallest. */
export const mapChoices = (most = 4): fc.Arbitrary<ReadonlyArray<Choice>> => fc.array(choice(1), { maxLength: most })

const oneOf = (some: ReadonlyArray<Layer['_tag']>): fc.Arbitrary<Choice> => choice(0, fc.constantFrom(...some))

/** From a feature map to a vector by way of tokens, or nothing. */
const tokenChoices: fc.Arbitrary<ReadonlyArray<Choice>> = fc.option(
  fc
    .tuple(oneOf(toTokens), fc.array(oneOf(onTokens), { maxLength: 3 }), oneOf(poolsTokens))
    .map(([first, inner, end]) => [first, ...inner, end]),
  { nil: [] }
)

/** Channels, height and width of small images. */
export const inputs: fc.Arbitrary<Shape> = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 6, max: 14 }),
  fc.integer({ min: 6, max: 14 })
)

/** The first layer of generated networks: a named convolution that leaves height and width as they are. */
export const stem = (input: Shape, width: number, name: Naming): Chained => ({
  parts: [named(name('conv'), conv2d(input[0]!, width, 3, { padding: 1 }))],
  output: [width, ...input.slice(1)]
})

/**
 * Networks from images to a row of numbers, of every layer there is; the smallest is a convolution, a flatten and a
 * linear layer.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { arch, plan } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(arbitrary.networks, ({ input, network, output }) => {
 *     const planned = plan({ input })(arch({ name: 'generated', network }))
 *     assert.deepStrictEqual(E.isRight(planned) && planned.right.output, output)
 *   }),
 *   { seed: 1, numRuns: 20 }
 * )
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const networks: fc.Arbitrary<Fitted> = fc
  .record({
    input: inputs,
    width: fc.integer({ min: 1, max: 6 }),
    body: mapChoices(),
    tail: tokenChoices,
    out: fc.integer({ min: 1, max: 5 })
  })
  .map(({ input, width, body, tail, out }) => {
    const name = naming()
    const first = stem(input, width, name)
    const rest = chained([...body, ...tail], first.output, name)
    const features = sizeOf(rest.output)
    const network = sequential(...first.parts, ...rest.parts, flatten, named(name('fc'), linear(features, out)))
    return { input, network, output: [out] }
  })
