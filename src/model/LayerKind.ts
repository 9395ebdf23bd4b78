/**
 * `LayerKind`: what the pure rooms must know of a primitive: its fields, role, parameters and buffers. The check of
 * foreign values, the valid range of each field, the JSON codec and the arbitrary of its JSON are derived from it.
 */
import { type Init } from './Init.js'
import type { LayerArray } from './LayerArray.js'
import { type Pair, pair } from './Shape.js'

/**
 * `weighted`: mixes channels or pixels with learned weights, as convolutions do. `reshaping`: moves values, or adds
 * constants.
 *
 * @category networks
 * @since 0.1.0
 */
export type Role = 'weighted' | 'normalisation' | 'pooling' | 'activation' | 'dropout' | 'upsampling' | 'reshaping'

/**
 * A field of a primitive and its default; null: it must be given. `Whole`: an integer of at least `min`. `Sides`: two of
 * them, for height and width; a default may be another field's value. `Real`: a number within a range. `Convolution`: the
 * layer that a reparametrised one is made of.
 *
 * @since 0.1.0
 */
export type LayerField =
  | { readonly _tag: 'Whole'; readonly min: number; readonly default: number | null }
  | { readonly _tag: 'Sides'; readonly min: number; readonly default: number | { readonly as: string } | null }
  | {
      readonly _tag: 'Real'
      readonly within: 'finite' | 'positive' | 'share' | 'probability'
      readonly default: number | null
    }
  | { readonly _tag: 'Flag'; readonly default: boolean }
  | { readonly _tag: 'Init'; readonly default: Init }
  | { readonly _tag: 'Convolution'; readonly default: null }

type FieldFor<V> = Extract<
  LayerField,
  {
    readonly _tag: V extends number
      ? 'Whole' | 'Real'
      : V extends Pair
        ? 'Sides'
        : V extends boolean
          ? 'Flag'
          : V extends Init
            ? 'Init'
            : 'Convolution'
  }
>

export interface LayerKind<L extends { readonly _tag: string }> {
  readonly role: Role
  readonly fields: { readonly [K in Exclude<keyof L, '_tag'>]: FieldFor<L[K]> }
  /** With torch's names and shapes. */
  readonly parameters: (layer: L) => ReadonlyArray<LayerArray>
  readonly buffers: (layer: L) => ReadonlyArray<LayerArray>
}

export const none = (): ReadonlyArray<LayerArray> => []

/** A kind without parameters or buffers. */
export const bare = <const R extends Role, const F>(role: R, fields: F) =>
  ({ role, fields, parameters: none, buffers: none }) as const

export const size = { _tag: 'Whole', min: 1, default: null } as const
export const sides = { _tag: 'Sides', min: 1, default: null } as const
export const finite = { _tag: 'Real', within: 'finite', default: null } as const

/** A layer from its tag and fields: single numbers become pairs, missing fields have their defaults. */
export const layerOf = <L extends { readonly _tag: string }>(
  tag: L['_tag'],
  fields: Readonly<Record<string, LayerField>>,
  given: Readonly<Record<string, unknown>>
): L => {
  const valueOf = (name: string, field: LayerField): unknown => {
    const value = given[name]
    if (field._tag !== 'Sides') return value ?? field.default
    const byDefault = typeof field.default === 'object' ? given[field.default?.as ?? ''] : field.default
    return pair((value ?? byDefault) as number | Pair)
  }
  // the caller's types, or a schema, have seen that these are the fields of the kind
  return {
    _tag: tag,
    ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(name, field)]))
  } as unknown as L
}
