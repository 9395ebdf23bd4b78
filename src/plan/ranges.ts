/** Valid values of a layer's own options, whatever its input. */
import { type Conv2d, isReparametrised, type Primitive } from '../model/index.js'
import { showValue } from '../Value.js'

/** A size that follows from an invalid layer. It equals every other size, so that a mistake is reported once. */
export const anySize = NaN

type Rule = readonly [expected: string, holds: (n: number) => boolean]

const positive: Rule = ['a whole number from 1', (n) => Number.isInteger(n) && n >= 1]
const padding: Rule = ['a whole number from 0', (n) => Number.isInteger(n) && n >= 0]
const eps: Rule = ['a positive number', (n) => n > 0 && n < Infinity]
const share: Rule = ['a number in [0, 1]', (n) => n >= 0 && n <= 1]
const probability: Rule = ['a probability in [0, 1]', (n) => n >= 0 && n <= 1]
const finite: Rule = ['a finite number', Number.isFinite]

/** The member of a union with this tag, even if the member has several tags. */
type Of<P, T> = P extends { readonly _tag: infer S } ? (T extends S ? P : never) : never
type Rules = { readonly [T in Primitive['_tag']]: { readonly [K in keyof Of<Primitive, T>]?: Rule } }

const window = { kernelSize: positive, stride: positive }

const rules = {
  Conv2d: {
    inChannels: positive,
    outChannels: positive,
    ...window,
    padding,
    dilation: positive,
    groups: positive
  },
  Linear: { inFeatures: positive, outFeatures: positive },
  BatchNorm: { features: positive, eps, momentum: share },
  MaxPool2d: { ...window, padding },
  AvgPool2d: window,
  AdaptiveAvgPool2d: { outputSize: positive },
  AdaptiveMaxPool2d: { outputSize: positive },
  AdaptiveConcatPool2d: { outputSize: positive },
  SigmoidRange: { low: finite, high: finite },
  PixelShuffle: { scale: positive },
  ResizeNearest: { outputSize: positive },
  SelfAttention: { channels: positive },
  LeakyRelu: { negativeSlope: finite },
  Dropout: { p: probability },
  Scale: { factor: finite },
  PadChannels: { before: padding, after: padding },
  // the inner layer is checked by its own rules
  WeightNorm: {},
  SpectralNorm: {},
  Relu: {},
  Relu6: {},
  Sigmoid: {},
  Tanh: {},
  Blur: {},
  Flatten: {},
  Identity: {}
} satisfies Rules

const rulesOf: Readonly<Record<Primitive['_tag'], Readonly<Record<string, Rule>>>> = rules

/** An invalid option of a layer. */
export interface Impossible {
  readonly field: string
  readonly expected: string
  readonly found: string
}

const tooPadded = (layer: Primitive): ReadonlyArray<Impossible> =>
  layer._tag === 'MaxPool2d' && layer.padding.some((p, i) => 2 * p > layer.kernelSize[i]!)
    ? [
        {
          field: 'padding',
          // a window inside the padding would have no input (torch.nn.MaxPool2d rejects it too)
          expected: 'at most half of kernelSize',
          found: `${showValue(layer.padding)} of ${showValue(layer.kernelSize)}`
        }
      ]
    : []

/** A layer's invalid options. */
export const impossible = (layer: Primitive): ReadonlyArray<Impossible> => {
  if (isReparametrised(layer)) return impossible(layer.layer)
  const found = Object.entries(rulesOf[layer._tag]).flatMap(([field, [expected, holds]]) => {
    const value = (layer as unknown as Readonly<Record<string, number | ReadonlyArray<number>>>)[field]!
    const numbers = typeof value === 'number' ? [value] : value
    return numbers.every(holds) ? [] : [{ field, expected, found: showValue(value) }]
  })
  return found.length > 0 ? found : tooPadded(layer)
}

/** The layer to continue with: its invalid options match everything. */
export const without = (layer: Primitive, fields: ReadonlyArray<string>): Primitive => {
  if (isReparametrised(layer)) return { ...layer, layer: without(layer.layer, fields) as Conv2d }
  return Object.fromEntries(
    Object.entries(layer).map(([field, value]) => [
      field,
      !fields.includes(field) ? value : typeof value === 'number' ? anySize : [anySize, anySize]
    ])
  ) as unknown as Primitive
}
