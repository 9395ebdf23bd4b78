/**
 * `HyperParameter`: one number or flag of an optimiser: its default and its valid values. Used by the check before
 * training, the JSON codec and the laws' arbitrary.
 */

/** A number in [0, 1). */
export interface Share {
  readonly _tag: 'Share'
  readonly default: number
}

/** A finite number above 0. */
export interface Positive {
  readonly _tag: 'Positive'
  readonly default: number
}

/** An integer from 1. */
export interface Count {
  readonly _tag: 'Count'
  readonly default: number
}

/** Two numbers in [0, 1). */
export interface Shares {
  readonly _tag: 'Shares'
  readonly default: readonly [number, number]
}

export interface Flag {
  readonly _tag: 'Flag'
  readonly default: boolean
}

/**
 * A hyperparameter: its valid values and its default.
 *
 * @since 0.1.0
 */
export type HyperParameter = Share | Positive | Count | Shares | Flag

/**
 * An optimiser's hyperparameters by name.
 *
 * @since 0.1.0
 */
export type HyperParameters = Readonly<Record<string, HyperParameter>>

/**
 * Values of hyperparameters.
 *
 * @category optimisers
 * @since 0.1.0
 */
export type HyperValues<H> = { readonly [K in keyof H]: H[K] extends HyperParameter ? H[K]['default'] : never }

/**
 * Options of an optimiser's constructor: any of its hyperparameters.
 *
 * @category optimisers
 * @since 0.1.0
 */
export type HyperOptions<H> = { readonly [K in keyof H]?: HyperValues<H>[K] | undefined }

export const share = (byDefault: number): Share => ({ _tag: 'Share', default: byDefault })

export const positive = (byDefault: number): Positive => ({ _tag: 'Positive', default: byDefault })

export const count = (byDefault: number): Count => ({ _tag: 'Count', default: byDefault })

export const shares = (first: number, second: number): Shares => ({ _tag: 'Shares', default: [first, second] })

export const flag = (byDefault: boolean): Flag => ({ _tag: 'Flag', default: byDefault })

/** The given options, completed by the defaults. */
export const withDefaults = <H extends HyperParameters>(hyper: H, options: HyperOptions<H>): HyperValues<H> =>
  Object.fromEntries(
    Object.entries(hyper).map(([name, parameter]) => [name, options[name] ?? parameter.default])
  ) as HyperValues<H>
