/** Valid values of a layer's own options, whatever its input. */
import { type Conv2d, isReparametrised, kindOf, type LayerField, type Primitive } from '../model/index.js'
import { showValue } from '../Value.js'

/** A size that follows from an invalid layer. It equals every other size, so that a mistake is reported once. */
export const anySize = NaN

type Rule = readonly [expected: string, holds: (n: number) => boolean]

const reals: { readonly [W in Extract<LayerField, { readonly _tag: 'Real' }>['within']]: Rule } = {
  finite: ['a finite number', Number.isFinite],
  positive: ['a positive number', (n) => n > 0 && n < Infinity],
  share: ['a number in [0, 1]', (n) => n >= 0 && n <= 1],
  probability: ['a probability in [0, 1]', (n) => n >= 0 && n <= 1]
}

const ruleOf = (field: LayerField): Rule | null => {
  switch (field._tag) {
    case 'Whole':
    case 'Sides':
      return [`an integer of at least ${field.min}`, (n) => Number.isInteger(n) && n >= field.min]
    case 'Real':
      return reals[field.within]
    case 'Flag':
    case 'Init':
    // the inner layer is checked by its own rules
    case 'Convolution':
      return null
  }
}

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
  const found = Object.entries(kindOf(layer).fields).flatMap(([field, of]) => {
    const rule = ruleOf(of)
    if (rule === null) return []
    const [expected, holds] = rule
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
