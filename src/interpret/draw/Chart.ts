/**
 * `Chart`: a Vega-Lite specification. It is plain data: it can be written as JSON, embedded in a page or a notebook,
 * and rendered (`figureSvg` of `graft-vision/node`).
 *
 * @category interpretation
 * @since 0.1.0
 */

/**
 * A JSON value.
 *
 * @category interpretation
 * @since 0.1.0
 */
export type ChartJson =
  null | boolean | number | string | ReadonlyArray<ChartJson> | { readonly [key: string]: ChartJson }

export interface Chart {
  readonly _tag: 'Chart'
  /** Vega-Lite 5. */
  readonly spec: { readonly [key: string]: ChartJson }
}

/** Names are not truncated: neither in legends, nor on axes up to this many pixels. */
const config = { legend: { labelLimit: 0 }, axis: { labelLimit: 280 } }

/** A specification with the settings that all charts share. */
export const chart = (spec: Chart['spec']): Chart => ({
  _tag: 'Chart',
  spec: { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', background: 'white', config, ...spec }
})

/** Average width of a letter of a title in pixels. */
const letter = 7.5

/** A title broken into lines that fit above a plot of this width. */
export const titled = (title: string, width: number): ReadonlyArray<string> =>
  title.split(' ').reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    return last !== undefined && (last.length + 1 + word.length) * letter <= width
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, word]
  }, [])

/** JSON has no NaN or infinity; the chart has a gap there. */
export const numeric = (n: number): number | null => (Number.isFinite(n) ? n : null)
