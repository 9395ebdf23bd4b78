/**
 * Shape inference: the input and output shapes of every layer. A layer that does not accept its input is an error;
 * inference continues with the output it would have, or with `anySize` if that is unknown, so that one mistake gives
 * one error.
 */
import * as E from 'fp-ts/lib/Either.js'
import {
  channelAxis,
  concatShape,
  foldLayer,
  join,
  type Layer,
  type LayerNode,
  type Pair,
  positions,
  type Primitive,
  type Shape,
  sizeOf
} from '../model/index.js'
import { agree, type Fit, misfit, needsMap, shown } from './Fit.js'
import { type PlanError, shapeError } from './PlanError.js'
import { impossible, without } from './ranges.js'
import { attended, embedded, merged, normalised, pooledTokens, scaled, toTokens, withTokens } from './tokenShapes.js'

const windowed = (
  layer: { readonly kernelSize: Pair; readonly stride: Pair; readonly padding: Pair; readonly ceilMode?: boolean },
  dilation: Pair,
  channels: number,
  h: number,
  w: number
): Fit => {
  const smallest = (i: number): number => {
    const over = layer.ceilMode === true ? layer.stride[i]! - 1 : 0
    return Math.max(1, (layer.kernelSize[i]! - 1) * dilation[i]! + 1 - 2 * layer.padding[i]! - over)
  }
  const [oh, ow] = [h, w].map((side, i) =>
    positions({
      kernel: layer.kernelSize[i]!,
      stride: layer.stride[i]!,
      padding: layer.padding[i]!,
      dilation: dilation[i]!,
      ceil: layer.ceilMode ?? false
    })(side)
  )
  if (!(oh! <= 0) && !(ow! <= 0)) return E.right([channels, oh!, ow!])
  return E.left({
    expected: `a feature map of at least ${[0, 1].map(smallest).join('×')}`,
    found: `${h}×${w}`,
    hint: 'use larger images, or cut earlier',
    output: [channels, Math.max(1, oh!), Math.max(1, ow!)],
    small: true
  })
}

const primitive = (layer: Primitive, input: Shape, grid: Pair | null): Fit => {
  switch (layer._tag) {
    case 'Conv2d':
      return needsMap(input, (c, h, w) => {
        const fit = windowed(layer, layer.dilation, layer.outChannels, h, w)
        const output = E.isRight(fit) ? fit.right : fit.left.output
        if (layer.inChannels % layer.groups !== 0 || layer.outChannels % layer.groups !== 0)
          return misfit(
            `channels divisible by ${layer.groups} groups`,
            `${layer.inChannels} in, ${layer.outChannels} out`,
            'change groups or channels',
            output
          )
        return agree(c, layer.inChannels)
          ? fit
          : misfit(
              `${layer.inChannels} channels`,
              `${c} channels (${shown(input)})`,
              `use conv2d(${c}, ${layer.outChannels}, ...)`,
              output
            )
      })
    case 'Linear':
      return input.length < 3 && agree(input.at(-1) ?? 0, layer.inFeatures)
        ? E.right([...input.slice(0, -1), layer.outFeatures])
        : misfit(
            `${layer.inFeatures} features`,
            shown(input),
            input.length < 3 ? `use linear(${input.at(-1)}, ${layer.outFeatures})` : 'flatten before it',
            input.length === 2 ? [input[0]!, layer.outFeatures] : [layer.outFeatures]
          )
    case 'Linear2d':
      return needsMap(input, (c, h, w) =>
        agree(c, layer.inChannels)
          ? E.right([layer.outChannels, h, w])
          : misfit(
              `${layer.inChannels} channels`,
              `${c} channels (${shown(input)})`,
              `use linear2d(${c}, ${layer.outChannels})`,
              [layer.outChannels, h, w]
            )
      )
    case 'LayerNorm':
      return normalised(layer.features, 'layerNorm', input)
    case 'GroupNorm':
      return needsMap(input, () =>
        layer.channels % layer.groups === 0 || Number.isNaN(layer.channels % layer.groups)
          ? normalised(layer.channels, `groupNorm(${layer.groups}, ...)`, input)
          : misfit(`channels divisible by ${layer.groups} groups`, `${layer.channels} channels`, 'change groups', input)
      )
    case 'BatchNorm':
      if (input.length === 2)
        return misfit('a feature map or features', `tokens (${shown(input)})`, 'use layerNorm', input)
      return agree(input[0] ?? 0, layer.features)
        ? E.right([Number.isNaN(layer.features) ? input[0]! : layer.features, ...input.slice(1)])
        : misfit(`${layer.features} channels`, `${input[0]} channels (${shown(input)})`, `use batchNorm(${input[0]})`, [
            layer.features,
            ...input.slice(1)
          ])
    case 'MaxPool2d':
      return needsMap(input, (c, h, w) => windowed(layer, [1, 1], c, h, w))
    case 'AvgPool2d':
      return needsMap(input, (c, h, w) => windowed({ ...layer, padding: [0, 0] }, [1, 1], c, h, w))
    case 'AdaptiveAvgPool2d':
    case 'AdaptiveMaxPool2d':
      return needsMap(input, (c) => E.right([c, ...layer.outputSize]))
    case 'AdaptiveConcatPool2d':
      return needsMap(input, (c) => E.right([2 * c, ...layer.outputSize]))
    case 'WeightNorm':
    case 'SpectralNorm':
      return primitive(layer.layer, input, grid)
    case 'PixelShuffle':
      return needsMap(input, (c, h, w) => {
        const { scale } = layer
        const output = [Math.max(1, Math.floor(c / scale ** 2)), h * scale, w * scale]
        return Number.isNaN(c) || c % scale ** 2 === 0
          ? E.right([c / scale ** 2, ...output.slice(1)])
          : misfit(`channels divisible by ${scale ** 2}`, `${c} channels (${shown(input)})`, 'change channels', output)
      })
    case 'Blur':
      return needsMap(input, () => E.right(input))
    case 'ResizeNearest':
      return needsMap(input, (c) => E.right([c, ...layer.outputSize]))
    case 'SelfAttention':
      return needsMap(input, (c) =>
        agree(c, layer.channels)
          ? E.right(input)
          : misfit(`${layer.channels} channels`, `${c} channels (${shown(input)})`, `use selfAttention(${c})`, input)
      )
    case 'Flatten':
      return E.right([sizeOf(input)])
    case 'Attention':
    case 'WindowAttention':
      return attended(layer, input)
    case 'Tokens':
      return toTokens(input)
    case 'LearnedTokens':
      return withTokens(layer, input)
    case 'PositionEmbedding':
      return embedded(layer, input, grid)
    case 'TakeToken':
    case 'MeanTokens':
      return pooledTokens(layer, input)
    case 'LayerScale':
      return scaled(layer, input)
    case 'PatchMerging':
      return merged(input)
    case 'PadChannels': {
      const axis = channelAxis(input)
      return E.right(input.with(axis, layer.before + (input[axis] ?? 0) + layer.after))
    }
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'Gelu':
    case 'Silu':
    case 'HardSigmoid':
    case 'HardSwish':
    case 'Identity':
    case 'Dropout':
    case 'StochasticDepth':
    case 'Scale':
      return E.right(input)
  }
}

/** What flows between layers: a shape, and for tokens the height and width of the feature map they come from. */
interface Flowing {
  readonly shape: Shape
  readonly grid: Pair | null
}

const gridAfter = (layer: Primitive, { shape, grid }: Flowing, output: Shape): Pair | null =>
  output.length !== 2 ? null : layer._tag === 'Tokens' && shape.length === 3 ? [shape[1]!, shape[2]!] : grid

/** A layer that accepts no input at all is reported for that alone. */
const possible = (layer: Primitive, { shape: input, grid }: Flowing): Fit => {
  const wrong = impossible(layer)
  if (wrong.length === 0) return primitive(layer, input, grid)
  const fields = wrong.map(({ field }) => field)
  const fit = primitive(without(layer, fields), input, grid)
  return misfit(
    wrong.map(({ field, expected }) => `${expected} for ${field}`).join('; '),
    wrong.map(({ field, found }) => `${field} ${found}`).join('; '),
    `change ${fields.join(', ')}`,
    E.isRight(fit) ? fit.right : fit.left.output
  )
}

/** The output of branches, given the first one's and the others'; without branches, only the input is known. */
type Joining = (first: Shape, rest: ReadonlyArray<Shape>) => Fit

const shownAll = (outputs: ReadonlyArray<Shape>): string => outputs.map(shown).join(' and ')

const agreeing = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => agree(n, b[i]!))

const added: Joining = (first, rest) =>
  rest.every((other) => agreeing(other, first))
    ? E.right(first)
    : misfit('branches of equal shape', shownAll([first, ...rest]), 'change channels or strides of a branch', first)

/** One number a channel scales a whole map. */
const scales = (gate: Shape, first: Shape): boolean => first.length === 3 && agreeing(gate, [first[0]!, 1, 1])

const multiplied: Joining = (first, rest) =>
  rest.every((other) => agreeing(other, first) || scales(other, first))
    ? E.right(first)
    : misfit(
        "branches of the first one's shape, or with one value per channel",
        shownAll([first, ...rest]),
        'change channels of a branch, or end it with adaptiveAvgPool2d(1)',
        first
      )

const concatenated: Joining = (first, rest) => {
  const output = concatShape([first, ...rest])
  const apart = (shape: Shape): Shape => shape.toSpliced(channelAxis(shape), 1)
  return rest.every((other) => other.length === first.length && agreeing(apart(other), apart(first)))
    ? E.right(output)
    : misfit(
        'branches of equal height and width',
        shownAll([first, ...rest]),
        'give the branches the same strides',
        output
      )
}

/** The input and output shapes of a layer. */
export interface Flow {
  readonly path: string
  readonly layer: Primitive
  readonly input: Shape
  readonly output: Shape
  /** For tokens: height and width of the feature map that they come from; otherwise null. */
  readonly grid: Pair | null
}

export interface Inference {
  readonly flows: ReadonlyArray<Flow>
  readonly output: Shape
  readonly errors: ReadonlyArray<PlanError>
}

/** The shapes in a network whose path is `path`. */
export const infer = (network: Layer, input: Shape, path: string): Inference => {
  const flows: Array<Flow> = []
  const errors: Array<PlanError> = []
  let small = false
  const settle = (at: string, fit: Fit): Shape => {
    if (E.isRight(fit)) return fit.right
    if (!(fit.left.small === true && small))
      errors.push(shapeError(at, fit.left.expected, fit.left.found, fit.left.hint))
    small ||= fit.left.small === true
    return fit.left.output
  }
  const placed = (own: string): string => (own === '' ? path : own.startsWith('/') ? `${path}${own}` : join(path, own))
  const branching =
    (joining: Joining) =>
    (branches: ReadonlyArray<(incoming: Flowing) => Flowing>, at: LayerNode) =>
    (incoming: Flowing): Flowing => {
      const outputs = branches.map((branch) => branch(incoming))
      const [first, ...rest] = outputs.map(({ shape }) => shape)
      const shape = settle(
        placed(at.path),
        first === undefined
          ? misfit('at least one branch', 'none', 'add a branch', incoming.shape)
          : joining(first, rest)
      )
      return { shape, grid: outputs[0]?.grid ?? null }
    }
  const flow = foldLayer<(incoming: Flowing) => Flowing>({
    leaf: (leaf) => (incoming) => {
      // a network of one layer has the path of its parent
      const at = leaf.layer === network && path !== '' ? path : placed(leaf.path)
      const output = settle(at, possible(leaf.layer, incoming))
      const grid = gridAfter(leaf.layer, incoming, output)
      flows.push({ path: at, layer: leaf.layer, input: incoming.shape, output, grid })
      return { shape: output, grid }
    },
    sequential: (parts) => (incoming) => parts.reduce((flowing, part) => part(flowing), incoming),
    sum: branching(added),
    product: branching(multiplied),
    concat: branching(concatenated)
  })(network)
  const output = flow({ shape: input, grid: null }).shape
  return { flows, output, errors }
}
