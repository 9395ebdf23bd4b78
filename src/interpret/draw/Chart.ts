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

/** Names are shown whole: a legend makes room for its own, and an axis for up to this many pixels of one. */
const config = { legend: { labelLimit: 0 }, axis: { labelLimit: 280 } }

/** A specification with what all of ours have. */
export const chart = (spec: Chart['spec']): Chart => ({
  _tag: 'Chart',
  spec: { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', background: 'white', config, ...spec }
})

/** About how many pixels a letter of a title takes. */
const letter = 7.5

/** A title in as many lines as it needs to fit above a plot of so many pixels. */
export const titled = (title: string, width: number): ReadonlyArray<string> =>
  title.split(' ').reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    return last !== undefined && (last.length + 1 + word.length) * letter <= width
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, word]
  }, [])

/** JSON has no NaN and no infinity; a chart leaves a gap there. */
export const numeric = (n: number): number | null => (Number.isFinite(n) ? n : null)
