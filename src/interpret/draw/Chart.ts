/**
 * `Chart`: a Vega-Lite specification. It is data: it can be printed, written as JSON, put into a page or a notebook, and
 * drawn (`figureSvg` of `graft-vision/node`).
 *
 * @since 0.1.0
 */

/**
 * What JSON can hold.
 *
 * @since 0.1.0
 */
export type ChartJson =
  null | boolean | number | string | ReadonlyArray<ChartJson> | { readonly [key: string]: ChartJson }

export interface Chart {
  readonly _tag: 'Chart'
  /** Vega-Lite 5. */
  readonly spec: { readonly [key: string]: ChartJson }
}

/** A specification with what all of ours have. */
export const chart = (spec: Chart['spec']): Chart => ({
  _tag: 'Chart',
  spec: { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', background: 'white', ...spec }
})

/** JSON has no NaN and no infinity; a chart leaves a gap there. */
export const numeric = (n: number): number | null => (Number.isFinite(n) ? n : null)
