/**
 * `MetricRecord`: everything about a metric. Its JSON form, its name for `--metrics`, the tasks it fits, the checks of its
 * options, the laws' arbitrary and the documentation's table are derived from it.
 *
 * @since 0.1.0
 */
import type { Metric, MetricState, MetricTargets } from '../Metric.js'
import { opaque } from '../../Opaque.js'

/**
 * An option of a metric and its default; null: it must be given. `Whole`: an integer of at least `min`. `Real`: a finite
 * number of at least `min`. `Names`: names of classes.
 *
 * @since 0.1.0
 */
export type MetricOption =
  | { readonly _tag: 'Flag'; readonly default: boolean }
  | { readonly _tag: 'Whole'; readonly min: number; readonly default: number | null }
  | { readonly _tag: 'Real'; readonly min: number; readonly default: number }
  | {
      readonly _tag: 'OneOf'
      readonly values: readonly [string, ...ReadonlyArray<string>]
      readonly default: string
    }
  | { readonly _tag: 'Name'; readonly default: null }
  | { readonly _tag: 'Names'; readonly default: null }

/**
 * Options of a metric by name.
 *
 * @since 0.1.0
 */
export type MetricOptions = Readonly<Record<string, MetricOption>>

type ValueOf<P> = P extends { readonly _tag: 'OneOf'; readonly values: ReadonlyArray<infer V> }
  ? V
  : P extends { readonly _tag: 'Flag' }
    ? boolean
    : P extends { readonly _tag: 'Whole' | 'Real' }
      ? number
      : P extends { readonly _tag: 'Name' }
        ? string
        : ReadonlyArray<string>

/** The names of the options that must be given. */
export type Required<O extends MetricOptions> = {
  [K in keyof O]: O[K]['default'] extends null ? K : never
}[keyof O]

/** The values of all options. */
export type MetricValues<O extends MetricOptions> = { readonly [K in keyof O]: ValueOf<O[K]> }

/** The values that a user gives: those without a default, and any of the others. */
export type GivenOptions<O extends MetricOptions> = Pick<MetricValues<O>, Required<O>> &
  Partial<Omit<MetricValues<O>, Required<O>>>

export interface MetricRecord<W extends string, O extends MetricOptions> {
  /** The constructor's name, also used in JSON and on the command line. */
  readonly word: W
  /** The name in tables of results: fastai's. */
  readonly name: string | ((options: MetricValues<O>) => string)
  readonly options: O
  readonly targets: MetricTargets
  /** Minimum number of outputs per row; default 1. */
  readonly least?: (options: MetricValues<O>) => number
  /** What it measures, for the documentation. */
  readonly measures: string
  readonly computed: (options: MetricValues<O>) => MetricState
}

/** A record, with the types of its options inferred. */
export const metricRecord = <const W extends string, const O extends MetricOptions>(
  record: MetricRecord<W, O>
): MetricRecord<W, O> => record

/** The metric of a record, with defaults for the options that are not given. */
export const metricOf = <W extends string, O extends MetricOptions>(
  record: MetricRecord<W, O>,
  given: GivenOptions<O>
): Metric => {
  const named: Readonly<Record<string, unknown>> = given
  const options = Object.fromEntries(
    Object.entries(record.options).map(([key, option]) => [key, named[key] ?? option.default])
  ) as MetricValues<O>
  const name = typeof record.name === 'string' ? record.name : record.name(options)
  return {
    _tag: 'Metric',
    name,
    f: opaque(name, record.computed(options)),
    targets: record.targets,
    least: record.least?.(options) ?? 1,
    made: { word: record.word, options }
  }
}

/** Returns whether an option accepts a value. */
const allows = (option: MetricOption, value: unknown): boolean => {
  switch (option._tag) {
    case 'Flag':
      return typeof value === 'boolean'
    case 'Whole':
      return Number.isSafeInteger(value) && (value as number) >= option.min
    case 'Real':
      return Number.isFinite(value) && (value as number) >= option.min
    case 'OneOf':
      return typeof value === 'string' && option.values.includes(value)
    case 'Name':
      return typeof value === 'string'
    case 'Names':
      return Array.isArray(value) && value.every((name) => typeof name === 'string')
  }
}

/** What an option accepts, in words. */
export const expectedOf = (option: MetricOption): string => {
  switch (option._tag) {
    case 'Flag':
      return 'true or false'
    case 'Whole':
      return `an integer of at least ${option.min}`
    case 'Real':
      return option.min === -Infinity ? 'a finite number' : `a finite number of at least ${option.min}`
    case 'OneOf':
      return `one of ${option.values.join(', ')}`
    case 'Name':
      return 'a name'
    case 'Names':
      return 'names'
  }
}

/** The options whose values are not allowed, with what they accept. */
export const wrongOptions = (
  options: MetricOptions,
  values: Readonly<Record<string, unknown>>
): ReadonlyArray<{ readonly option: string; readonly expected: string; readonly found: unknown }> =>
  Object.entries(options).flatMap(([option, accepted]) =>
    allows(accepted, values[option]) ? [] : [{ option, expected: expectedOf(accepted), found: values[option] }]
  )
