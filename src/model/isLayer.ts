import type { Init } from './Init.js'
import type { Combination, Layer } from './Layer.js'
import type { Primitive } from './Primitive.js'

type Check = (u: unknown) => boolean
type Fields<A> = { readonly [K in Exclude<keyof A, '_tag'>]: Check }
type FieldsOf<U extends { readonly _tag: string }> = {
  readonly [T in U['_tag']]: Fields<U extends { readonly _tag: infer S } ? (T extends S ? U : never) : never>
}

const number: Check = (u) => typeof u === 'number'
const boolean: Check = (u) => typeof u === 'boolean'
const sides: Check = (u) => Array.isArray(u) && u.length === 2 && u.every(number)
const mode: Check = (u) => u === 'fanIn' || u === 'fanOut'

/** A check for records: the tag must be in the table, and the fields must satisfy it. */
const tagged =
  (table: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (u) => {
    if (typeof u !== 'object' || u === null || !('_tag' in u)) return false
    if (typeof u._tag !== 'string' || !Object.hasOwn(table, u._tag)) return false
    return Object.entries(table[u._tag]!).every(([field, check]) => check((u as Record<string, unknown>)[field]))
  }

const inits: FieldsOf<Init> = {
  KaimingNormal: { mode },
  KaimingUniform: { mode },
  TorchDefault: {},
  Normal: { std: number },
  Constant: { value: number },
  Icnr: { scale: number }
}
const init = tagged(inits)

const weightAndBias = { bias: boolean, weightInit: init, biasInit: init }
const adaptive = { outputSize: sides }

const conv: Check = (u) => tagged({ Conv2d: primitives.Conv2d })(u)

const primitives: FieldsOf<Primitive> = {
  Conv2d: {
    inChannels: number,
    outChannels: number,
    kernelSize: sides,
    stride: sides,
    padding: sides,
    dilation: sides,
    groups: number,
    ...weightAndBias
  },
  Linear: { inFeatures: number, outFeatures: number, ...weightAndBias },
  BatchNorm: { features: number, eps: number, momentum: number, weightInit: init, biasInit: init },
  MaxPool2d: { kernelSize: sides, stride: sides, padding: sides, ceilMode: boolean },
  AvgPool2d: { kernelSize: sides, stride: sides, ceilMode: boolean },
  AdaptiveAvgPool2d: adaptive,
  AdaptiveMaxPool2d: adaptive,
  AdaptiveConcatPool2d: adaptive,
  Relu: {},
  Relu6: {},
  LeakyRelu: { negativeSlope: number },
  Sigmoid: {},
  Tanh: {},
  SigmoidRange: { low: number, high: number },
  PixelShuffle: { scale: number },
  Blur: {},
  ResizeNearest: { outputSize: sides },
  SelfAttention: { channels: number },
  WeightNorm: { layer: conv },
  SpectralNorm: { layer: conv },
  Flatten: {},
  Identity: {},
  Dropout: { p: number },
  Scale: { factor: number },
  PadChannels: { before: number, after: number }
}

const child: Check = (u) =>
  typeof u === 'object' &&
  u !== null &&
  'name' in u &&
  (u.name === null || typeof u.name === 'string') &&
  'layer' in u &&
  isLayer(u.layer)
const children: Check = (u) => Array.isArray(u) && u.every(child)

const combinations: FieldsOf<Combination> = {
  Sequential: { children },
  Sum: { children },
  Product: { children },
  Concat: { children }
}

const layer = /*#__PURE__*/ tagged({ ...primitives, ...combinations })

/**
 * Returns whether a value is a network. For results of a user's function, which may return anything.
 *
 * @example
 * import { nn } from 'graft-vision'
 * import { isLayer } from './index.js'
 *
 * assert.deepStrictEqual([isLayer(nn.relu), isLayer(undefined), isLayer({ _tag: 'Conv2d' })], [true, false, false])
 *
 * @since 0.1.0
 */
export const isLayer = (u: unknown): u is Layer => layer(u)
