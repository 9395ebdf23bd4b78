/**
 * `WatcherKind`: the record of one kind of watcher. Its codec, the check of its options, its printed form and the laws'
 * arbitrary are derived from it.
 */
import { fileName, isFileName } from '../fileName.js'
import type { Watching } from './Watching.js'

/**
 * The valid values of a watcher's option.
 *
 * @since 0.1.0
 */
export type WatcherOption =
  | { readonly _tag: 'Name' }
  /** Part of a file's name. */
  | { readonly _tag: 'FileName' }
  | { readonly _tag: 'OneOf'; readonly values: readonly [string, string, ...ReadonlyArray<string>] }
  | { readonly _tag: 'Whole'; readonly min: number }
  /** A finite number in [min, max), or in (min, max) with `open`. */
  | { readonly _tag: 'Real'; readonly min: number; readonly max: number; readonly open: boolean }

type OptionsOf<A> = Omit<A, '_tag'>

/** The record of one kind of watcher. */
export interface WatcherKind<A extends { readonly _tag: string }> {
  /** The constructor's name, also its tag in JSON. */
  readonly name: string
  readonly defaults: OptionsOf<A>
  readonly options: { readonly [K in keyof OptionsOf<A>]: WatcherOption }
  readonly watching: (watcher: A) => Watching
}

/** Returns whether an option accepts a value. */
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

/** What an option accepts, in words. */
export const expectedOf = (option: WatcherOption): string => {
  switch (option._tag) {
    case 'Name':
      return 'a name'
    case 'FileName':
      return fileName
    case 'OneOf':
      return `one of ${option.values.join(', ')}`
    case 'Whole':
      return `an integer of at least ${option.min}`
    case 'Real':
      return option.max === Infinity
        ? `a finite number ${option.open ? 'above' : 'of at least'} ${option.min}`
        : `a number ${option.open ? 'above' : 'of at least'} ${option.min} and below ${option.max}`
  }
}
