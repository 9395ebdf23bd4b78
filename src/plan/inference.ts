/**
 * Shape inference: the input and output shapes of every layer. A layer that does not accept its input is an error;
 * inference continues with the output it would have, or with `anySize` if that is unknown, so that one mistake gives
 * one error.
 */
import * as E from 'fp-ts/lib/Either.js'
import {
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
import { type PlanError, shapeError } from './PlanError.js'
import { impossible, without } from './ranges.js'

/** A layer that does not accept its input, and the output to continue with. */
interface Misfit {
  readonly expected: string
  readonly found: string
  readonly hint: string
  readonly output: Shape
  /** The feature map is too small; reported once, because everything after it is smaller still. */
  readonly small?: true
}

type Fit = E.Either<Misfit, Shape>

const misfit = (expected: string, found: string, hint: string, output: Shape): Fit =>
  E.left({ expected, found, hint, output })

const agree = (a: number, b: number): boolean => a === b || Number.isNaN(a) || Number.isNaN(b)

const shown = (shape: Shape): string =>
  shape.length === 0 ? 'scalar' : shape.map((n) => (Number.isNaN(n) ? '?' : n)).join('×')

const needsMap = (input: Shape, f: (c: number, h: number, w: number) => Fit): Fit => {
  const [c, h, w] = input
  return input.length === 3
    ? f(c!, h!, w!)
    : misfit('channels×height×width', shown(input), 'put it before the flatten', input)
}

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

const primitive = (layer: Primitive, input: Shape): Fit => {
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
      return input.length === 1 && agree(input[0]!, layer.inFeatures)
        ? E.right([layer.outFeatures])
        : misfit(
            `${layer.inFeatures} features`,
            shown(input),
            input.length === 1 ? `use linear(${input[0]}, ${layer.outFeatures})` : 'flatten before it',
            [layer.outFeatures]
          )
    case 'BatchNorm':
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
      return primitive(layer.layer, input)
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
    case 'PadChannels':
      return E.right([layer.before + (input[0] ?? 0) + layer.after, ...input.slice(1)])
    case 'Relu':
    case 'Relu6':
    case 'LeakyRelu':
    case 'Sigmoid':
    case 'Tanh':
    case 'SigmoidRange':
    case 'Identity':
    case 'Dropout':
    case 'Scale':
      return E.right(input)
  }
}

/** A layer that accepts no input at all is reported for that alone. */
const possible = (layer: Primitive, input: Shape): Fit => {
  const wrong = impossible(layer)
  if (wrong.length === 0) return primitive(layer, input)
  const fields = wrong.map(({ field }) => field)
  const fit = primitive(without(layer, fields), input)
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
  return rest.every((other) => other.length === first.length && agreeing(other.slice(1), first.slice(1)))
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
    (branches: ReadonlyArray<(incoming: Shape) => Shape>, at: LayerNode) =>
    (incoming: Shape): Shape => {
      const [first, ...rest] = branches.map((branch) => branch(incoming))
      return settle(
        placed(at.path),
        first === undefined ? misfit('at least one branch', 'none', 'add a branch', incoming) : joining(first, rest)
      )
    }
  const flow = foldLayer<(incoming: Shape) => Shape>({
    leaf: (leaf) => (incoming) => {
      // a network of one layer has the path of its parent
      const at = leaf.layer === network && path !== '' ? path : placed(leaf.path)
      const output = settle(at, possible(leaf.layer, incoming))
      flows.push({ path: at, layer: leaf.layer, input: incoming, output })
      return output
    },
    sequential: (parts) => (incoming) => parts.reduce((shape, part) => part(shape), incoming),
    sum: branching(added),
    product: branching(multiplied),
    concat: branching(concatenated)
  })(network)
  const output = flow(input)
  return { flows, output, errors }
}
