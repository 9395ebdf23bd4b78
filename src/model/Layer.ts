/**
 * `Layer`: a network as a closed union of primitives and three ways to combine them:
 *
 *     Layer = primitive | sequential(children) | sum(branches) | concat(branches)
 *
 * Names are torch's, and a name is not a tree position: a *nameless* child is transparent, it adds no segment to the
 * paths of the parameters below it and a cut does not count it. So a torchvision state dict's keys are the paths.
 *
 * @since 0.1.0
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, showValue } from '../Value.js'
import { constant, type Init, torchDefault } from './Init.js'
import type { Reparametrised } from './Reparametrised.js'
import type { SelfAttention } from './SelfAttention.js'
import { type Pair, pair } from './Shape.js'
import type { Upsampling } from './Upsampling.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** A part of a combination; `name` null is transparent. @since 0.1.0 */
export interface Child {
  readonly name: string | null
  readonly layer: Layer
}

/** A 2-D convolution; torch's fields, pairs vertical first. @since 0.1.0 */
export interface Conv2d {
  readonly _tag: 'Conv2d'
  readonly inChannels: number
  readonly outChannels: number
  readonly kernelSize: Pair
  readonly stride: Pair
  readonly padding: Pair
  readonly dilation: Pair
  readonly groups: number
  readonly bias: boolean
  readonly weightInit: Init
  readonly biasInit: Init
}

/** A fully connected layer. @since 0.1.0 */
export interface Linear {
  readonly _tag: 'Linear'
  readonly inFeatures: number
  readonly outFeatures: number
  readonly bias: boolean
  readonly weightInit: Init
  readonly biasInit: Init
}

/** A batch normalisation; `momentum` is the share of the new statistics, as torch has it. @since 0.1.0 */
export interface BatchNorm {
  readonly _tag: 'BatchNorm'
  readonly features: number
  readonly eps: number
  readonly momentum: number
  readonly weightInit: Init
  readonly biasInit: Init
}

/** A max pooling; `ceilMode` rounds the number of windows up. @since 0.1.0 */
export interface MaxPool2d {
  readonly _tag: 'MaxPool2d'
  readonly kernelSize: Pair
  readonly stride: Pair
  readonly padding: Pair
  readonly ceilMode: boolean
}

/** An average pooling. @since 0.1.0 */
export interface AvgPool2d {
  readonly _tag: 'AvgPool2d'
  readonly kernelSize: Pair
  readonly stride: Pair
}

/** A pooling to a given height and width, whatever comes in. @since 0.1.0 */
export interface AdaptivePool2d {
  readonly _tag: 'AdaptiveAvgPool2d' | 'AdaptiveMaxPool2d' | 'AdaptiveConcatPool2d'
  readonly outputSize: Pair
}

/** A function of each value alone. @since 0.1.0 */
export type Activation =
  | { readonly _tag: 'Relu' }
  | { readonly _tag: 'Relu6' }
  | { readonly _tag: 'LeakyRelu'; readonly negativeSlope: number }
  | { readonly _tag: 'Sigmoid' }
  | { readonly _tag: 'Tanh' }
  | { readonly _tag: 'SigmoidRange'; readonly low: number; readonly high: number }

/** What has no parts. @since 0.1.0 */
export type Primitive =
  | Conv2d
  | Linear
  | BatchNorm
  | MaxPool2d
  | AvgPool2d
  | AdaptivePool2d
  | Activation
  | Upsampling
  | SelfAttention
  | Reparametrised
  | { readonly _tag: 'Flatten' }
  | { readonly _tag: 'Identity' }
  | { readonly _tag: 'Dropout'; readonly p: number }

/** What has parts: one after the other, added, or joined along channels. @since 0.1.0 */
export type Combination =
  | { readonly _tag: 'Sequential'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Sum'; readonly children: ReadonlyArray<Child> }
  | { readonly _tag: 'Concat'; readonly children: ReadonlyArray<Child> }

export type Layer = Primitive | Combination

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** torch's names and defaults: stride 1, padding 0 (zeros), dilation 1, groups 1, bias, `torchDefault`. @since 0.1.0 */
export interface Conv2dOptions {
  readonly stride?: number | Pair
  readonly padding?: number | Pair
  readonly dilation?: number | Pair
  readonly groups?: number
  readonly bias?: boolean
  readonly weightInit?: Init
  readonly biasInit?: Init
}

/**
 * 2-D convolution: `[inChannels, H, W]` → `[outChannels, H', W']`; arguments in torch's order.
 * @example
 * import { conv2d } from 'graft-vision'
 * assert.deepStrictEqual(conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }).stride, [2, 2])
 * @since 0.1.0 */
export const conv2d = (
  inChannels: number,
  outChannels: number,
  kernelSize: number | Pair,
  options: Conv2dOptions = {}
): Conv2d => ({
  _tag: 'Conv2d',
  inChannels,
  outChannels,
  kernelSize: pair(kernelSize),
  stride: pair(options.stride ?? 1),
  padding: pair(options.padding ?? 0),
  dilation: pair(options.dilation ?? 1),
  groups: options.groups ?? 1,
  bias: options.bias ?? true,
  weightInit: options.weightInit ?? torchDefault,
  biasInit: options.biasInit ?? torchDefault
})

/**
 * Fully connected layer: `[inFeatures]` → `[outFeatures]`; a bias and `torchDefault` starts unless said otherwise.
 * @example
 * import { linear, parametersOf } from 'graft-vision'
 * assert.deepStrictEqual(parametersOf(linear(512, 10)).map((p) => p.shape), [[10, 512], [10]])
 * @since 0.1.0 */
export const linear = (
  inFeatures: number,
  outFeatures: number,
  options: { readonly bias?: boolean; readonly weightInit?: Init; readonly biasInit?: Init } = {}
): Linear => ({
  _tag: 'Linear',
  inFeatures,
  outFeatures,
  bias: options.bias ?? true,
  weightInit: options.weightInit ?? torchDefault,
  biasInit: options.biasInit ?? torchDefault
})

/**
 * Batch normalisation over `[C, H, W]` or `[F]` (torch's BatchNorm2d, BatchNorm1d): eps 1e-5, momentum 0.1, weight 1,
 * bias 0 by default. In training the biased variance normalises, the unbiased one moves the running variance.
 * @example
 * import { batchNorm } from 'graft-vision'
 * assert.deepStrictEqual([batchNorm(8).eps, batchNorm(8, { momentum: 0.01 }).momentum], [1e-5, 0.01])
 * @since 0.1.0 */
export const batchNorm = (
  features: number,
  options: {
    readonly eps?: number
    readonly momentum?: number
    readonly weightInit?: Init
    readonly biasInit?: Init
  } = {}
): BatchNorm => ({
  _tag: 'BatchNorm',
  features,
  eps: options.eps ?? 1e-5,
  momentum: options.momentum ?? 0.1,
  weightInit: options.weightInit ?? constant(1),
  biasInit: options.biasInit ?? constant(0)
})

/**
 * Max pooling; `stride` defaults to the kernel size, padding (default 0) counts as −∞.
 * @example
 * import { maxPool2d } from 'graft-vision'
 * assert.deepStrictEqual([maxPool2d(2).stride, maxPool2d(3, { stride: 2, padding: 1 }).padding], [[2, 2], [1, 1]])
 * @since 0.1.0 */
export const maxPool2d = (
  kernelSize: number | Pair,
  options: { readonly stride?: number | Pair; readonly padding?: number | Pair; readonly ceilMode?: boolean } = {}
): MaxPool2d => ({
  _tag: 'MaxPool2d',
  kernelSize: pair(kernelSize),
  stride: pair(options.stride ?? kernelSize),
  padding: pair(options.padding ?? 0),
  ceilMode: options.ceilMode ?? false
})

/**
 * Average pooling without padding; `stride` defaults to the kernel size.
 * @example
 * import { avgPool2d } from 'graft-vision'
 * assert.deepStrictEqual(avgPool2d([2, 4]).stride, [2, 4])
 * @since 0.1.0 */
export const avgPool2d = (kernelSize: number | Pair, options: { readonly stride?: number | Pair } = {}): AvgPool2d => ({
  _tag: 'AvgPool2d',
  kernelSize: pair(kernelSize),
  stride: pair(options.stride ?? kernelSize)
})

/**
 * Averages over `h`×`w` bins: `[C, H, W]` → `[C, h, w]`.
 * @example
 * import { adaptiveAvgPool2d } from 'graft-vision'
 * assert.deepStrictEqual(adaptiveAvgPool2d(1).outputSize, [1, 1])
 * @since 0.1.0 */
export const adaptiveAvgPool2d = (outputSize: number | Pair): AdaptivePool2d => ({
  _tag: 'AdaptiveAvgPool2d',
  outputSize: pair(outputSize)
})

/**
 * Maxima over `h`×`w` bins: `[C, H, W]` → `[C, h, w]`.
 * @example
 * import { adaptiveMaxPool2d } from 'graft-vision'
 * assert.deepStrictEqual(adaptiveMaxPool2d([7, 5]).outputSize, [7, 5])
 * @since 0.1.0 */
export const adaptiveMaxPool2d = (outputSize: number | Pair): AdaptivePool2d => ({
  _tag: 'AdaptiveMaxPool2d',
  outputSize: pair(outputSize)
})

/**
 * fastai's concat pool: `[C, H, W]` → `[2C, h, w]`, the maxima first, then the averages.
 * @example
 * import { adaptiveConcatPool2d, showLayer } from 'graft-vision'
 * assert.strictEqual(showLayer.show(adaptiveConcatPool2d(1)), 'AdaptiveConcatPool2d(outputSize: [1, 1])')
 * @since 0.1.0 */
export const adaptiveConcatPool2d = (outputSize: number | Pair): AdaptivePool2d => ({
  _tag: 'AdaptiveConcatPool2d',
  outputSize: pair(outputSize)
})

/** max(0, x). @since 0.1.0 */
export const relu: Activation = { _tag: 'Relu' }
/** min(6, max(0, x)). @since 0.1.0 */
export const relu6: Activation = { _tag: 'Relu6' }
/**
 * x where positive, `negativeSlope`·x elsewhere.
 * @example
 * import { leakyRelu, showLayer } from 'graft-vision'
 * assert.strictEqual(showLayer.show(leakyRelu(0.1)), 'LeakyRelu(negativeSlope: 0.1)')
 * @since 0.1.0 */
export const leakyRelu = (negativeSlope: number): Activation => ({ _tag: 'LeakyRelu', negativeSlope })
/** 1/(1 + e^−x). @since 0.1.0 */
export const sigmoid: Activation = { _tag: 'Sigmoid' }
/** (e^x − e^−x)/(e^x + e^−x). @since 0.1.0 */
export const tanh: Activation = { _tag: 'Tanh' }
/**
 * low + (high − low)·sigmoid(x): outputs of a known range (fastai's `SigmoidRange`, `y_range`).
 * @example
 * import { showLayer, sigmoidRange } from 'graft-vision'
 * assert.strictEqual(showLayer.show(sigmoidRange(0, 5)), 'SigmoidRange(low: 0, high: 5)')
 * @since 0.1.0 */
export const sigmoidRange = (low: number, high: number): Activation => ({ _tag: 'SigmoidRange', low, high })
/** `[C, H, W]` → `[C·H·W]` in torch's order (channels outermost). @since 0.1.0 */
export const flatten: Layer = { _tag: 'Flatten' }
/** What comes in: the bare branch of a residual `sum`. @since 0.1.0 */
export const identity: Layer = { _tag: 'Identity' }
/**
 * Zeroes each value with probability `p`, in [0, 1], in training and scales the rest by 1/(1−p).
 * @example
 * import { dropout } from 'graft-vision'
 * assert.deepStrictEqual(dropout(0.5), { _tag: 'Dropout', p: 0.5 })
 * @since 0.1.0 */
export const dropout = (p: number): Layer => ({ _tag: 'Dropout', p })

/**
 * A child with a name: a segment of its parameters' paths.
 * @example
 * import { leaves, linear, named, sequential } from 'graft-vision'
 * assert.strictEqual(leaves(sequential(named('fc', linear(4, 2))))[0]?.path, 'fc')
 * @since 0.1.0 */
export const named = (name: string, layer: Layer): Child => ({ name, layer })

const isChild = (part: Child | Layer): part is Child => !('_tag' in part)
const childOf = (part: Child | Layer): Child => (isChild(part) ? part : { name: null, layer: part })

/**
 * One after the other, in data-flow order; a bare layer is a nameless child.
 * @example
 * import { batchNorm, conv2d, leaves, named, relu, sequential } from 'graft-vision'
 * const stem = sequential(named('conv1', conv2d(3, 8, 3)), named('bn1', batchNorm(8)), relu)
 * assert.deepStrictEqual(leaves(stem).map((l) => l.path), ['conv1', 'bn1', '/relu'])
 * @since 0.1.0 */
export const sequential = (...parts: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Sequential',
  children: parts.map(childOf)
})

/**
 * torch's `nn.Sequential`: children named '0', '1', ...
 * @example
 * import { leaves, linear, numbered, relu } from 'graft-vision'
 * assert.deepStrictEqual(leaves(numbered(linear(4, 2), relu)).map((l) => l.path), ['0', '1'])
 * @since 0.1.0 */
export const numbered = (...layers: ReadonlyArray<Layer>): Layer => ({
  _tag: 'Sequential',
  children: layers.map((layer, i) => named(String(i), layer))
})

/**
 * Branches over the same input, added: a residual connection is `sum(path, identity)`.
 * @example
 * import { conv2d, identity, sum } from 'graft-vision'
 * assert.strictEqual(sum(conv2d(8, 8, 3, { padding: 1 }), identity)._tag, 'Sum')
 * @since 0.1.0 */
export const sum = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Sum',
  children: branches.map(childOf)
})

/**
 * Branches over the same input, joined along channels in the order given.
 * @example
 * import { concat, identity, relu, showLayer } from 'graft-vision'
 * assert.strictEqual(showLayer.show(concat(relu, identity)), 'Concat(\n  Relu()\n  Identity()\n)')
 * @since 0.1.0 */
export const concat = (...branches: ReadonlyArray<Child | Layer>): Layer => ({
  _tag: 'Concat',
  children: branches.map(childOf)
})

// -------------------------------------------------------------------------------------
// refinements and instances
// -------------------------------------------------------------------------------------

/**
 * Has it parts?
 * @example
 * import { isCombination, numbered, relu } from 'graft-vision'
 * assert.deepStrictEqual([isCombination(numbered(relu)), isCombination(relu)], [true, false])
 * @since 0.1.0 */
export const isCombination = (layer: Layer): layer is Combination =>
  layer._tag === 'Sequential' || layer._tag === 'Sum' || layer._tag === 'Concat'

/**
 * A network is read by a fold: what a primitive is, and what a combination is given its parts' results.
 * @example
 * import { foldLayer, numbered, relu, flatten } from 'graft-vision'
 * const count = foldLayer<number>(() => 1, (_, parts) => parts.reduce((n, part) => n + part.value, 0))
 * assert.strictEqual(count(numbered(relu, flatten, numbered(relu))), 3)
 * @since 0.1.0 */
export const foldLayer =
  <B>(
    onPrimitive: (layer: Primitive) => B,
    onCombination: (layer: Combination, parts: ReadonlyArray<{ readonly name: string | null; readonly value: B }>) => B
  ) =>
  (layer: Layer): B =>
    isCombination(layer)
      ? onCombination(
          layer,
          layer.children.map((c) => ({ name: c.name, value: foldLayer(onPrimitive, onCombination)(c.layer) }))
        )
      : onPrimitive(layer)

/** Structural equality: names and starts count too. @since 0.1.0 */
export const eqLayer: Eq<Layer> = eqValue()

const fields = (layer: Primitive): string => {
  const entries = Object.entries(layer).filter(([k]) => k !== '_tag' && !k.endsWith('Init'))
  return entries.map(([k, v]) => `${k}: ${showValue(v)}`).join(', ')
}

const lines: (layer: Layer) => ReadonlyArray<string> = foldLayer(
  (p) => [`${p._tag}(${fields(p)})`],
  (c, parts) => [
    `${c._tag}(`,
    ...parts.flatMap(({ name, value: [first, ...rest] }) => [
      `  ${name === null ? '' : `(${name}): `}${first ?? ''}`,
      ...rest.map((line) => `  ${line}`)
    ]),
    ')'
  ]
)

/**
 * The tree as torch prints a module, nameless parts without brackets.
 * @since 0.1.0 */
export const showLayer: Show<Layer> = { show: (layer) => lines(layer).join('\n') }
