/**
 * `Pickled`: the contents of a pickle. Parts may be shared and may contain themselves, so no code may traverse them
 * unconditionally.
 */
import type { Dtype } from '../dtype.js'

export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickledList
  | PickledTuple
  | PickledDict
  | PickledName
  | Placeholder
  | Storage
  | View

export interface PickledList {
  readonly _tag: 'List'
  readonly items: Array<Pickled>
}

export interface PickledTuple {
  readonly _tag: 'Tuple'
  readonly items: ReadonlyArray<Pickled>
}

/** A dict, ordered or not; a map, so that no key is special. */
export interface PickledDict {
  readonly _tag: 'Dict'
  readonly entries: Map<Pickled, Pickled>
}

/** A Python function or class by its full name; only text, never executed. */
export interface PickledName {
  readonly _tag: 'Name'
  readonly name: string
}

/**
 * An object of a class that this reader does not know: `argparse.Namespace`, a NumPy scalar, a whole `torch.nn.Module`.
 * It is not constructed; what the pickle says about it is kept as data.
 */
export interface Placeholder {
  readonly _tag: 'Placeholder'
  /** The class, or the function that would have constructed it. */
  readonly name: string
  /** Items set on it, as on a dict. */
  readonly entries: Map<Pickled, Pickled>
  /** Its attributes. */
  state: Pickled
}

/** A range of values stored outside the pickle. */
export interface Storage {
  readonly _tag: 'Storage'
  readonly dtype: Dtype
  readonly key: string
  /** Number of all values stored under the key. */
  readonly count: number
  readonly start: number
  readonly length: number
}

/** A tensor: a strided view of a storage, in elements. */
export interface View {
  readonly _tag: 'View'
  readonly storage: Storage
  readonly offset: number
  readonly shape: ReadonlyArray<number>
  readonly strides: ReadonlyArray<number>
}

type Tagged = Extract<Pickled, { readonly _tag: string }>

/** Returns whether a value is of a kind. */
export const isA =
  <T extends Tagged['_tag']>(tag: T) =>
  (value: Pickled | undefined): value is Extract<Tagged, { readonly _tag: T }> =>
    typeof value === 'object' && value !== null && value._tag === tag

/** A short description of a value. */
export const showPickled = (value: Pickled | undefined): string => {
  if (value === undefined) return 'nothing'
  if (value === null) return 'None'
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value !== 'object') return String(value)
  switch (value._tag) {
    case 'List':
    case 'Tuple':
      return `a ${value._tag.toLowerCase()} of ${value.items.length}`
    case 'Dict':
      return `a dict of ${value.entries.size}`
    case 'Name':
      return value.name
    case 'Placeholder':
      return `an object of ${value.name}`
    case 'Storage':
      return `a storage of ${value.length}`
    case 'View':
      return `a tensor [${value.shape.join(', ')}]`
  }
}
