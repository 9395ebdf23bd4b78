/**
 * `WatcherKind`: everything there is to say of one kind of watcher. Its codec, the check of its options, how it is
 * printed and the arbitrary of the laws follow from this record.
 */
import { fileName, isFileName } from '../fileName.js'
import type { Watching } from './Watching.js'

/**
 * What an option of a watcher may be.
 *
 * @since 0.1.0
 */
export type WatcherOption =
  | { readonly _tag: 'Name' }
  /** Part of the name of a file. */
  | { readonly _tag: 'FileName' }
  | { readonly _tag: 'OneOf'; readonly values: readonly [string, string, ...ReadonlyArray<string>] }
  | { readonly _tag: 'Whole'; readonly min: number }
  /** A finite number from `min`, below `max`, neither included where `open`. */
  | { readonly _tag: 'Real'; readonly min: number; readonly max: number; readonly open: boolean }

type OptionsOf<A> = Omit<A, '_tag'>

/** One kind of watcher. */
export interface WatcherKind<A extends { readonly _tag: string }> {
  /** Its constructor's name, and its tag in JSON. */
  readonly name: string
  readonly defaults: OptionsOf<A>
  readonly options: { readonly [K in keyof OptionsOf<A>]: WatcherOption }
  readonly watching: (watcher: A) => Watching
}

/** Whether a value is one that the option allows. */
export const allows = (option: WatcherOption, value: unknown): boolean => {
  switch (option._tag) {
    case 'Name':
      return typeof value === 'string' && value !== ''
    case 'FileName':
      return typeof value === 'string' && isFileName(value)
    case 'OneOf':
      return typeof value === 'string' && option.values.includes(value)
    case 'Whole':
      return typeof value === 'number' && Number.isInteger(value) && value >= option.min
    case 'Real':
      return (
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value < option.max &&
        (option.open ? value > option.min : value >= option.min)
      )
  }
}

/** What an option expects, in words. */
export const expectedOf = (option: WatcherOption): string => {
  switch (option._tag) {
    case 'Name':
      return 'a name'
    case 'FileName':
      return fileName
    case 'OneOf':
      return `one of ${option.values.join(', ')}`
    case 'Whole':
      return `a whole number from ${option.min}`
    case 'Real':
      return option.max === Infinity
        ? `a finite number ${option.open ? 'above' : 'from'} ${option.min}`
        : `a number ${option.open ? 'above' : 'from'} ${option.min}, below ${option.max}`
  }
}
