/**
 * `ImageGrid`: images with captions in rows and columns, as plain data that is rendered to SVG.
 *
 * @category grids
 * @since 0.1.0
 */

/**
 * An image and its caption.
 *
 * @category grids
 * @since 0.1.0
 */
export interface GridCell {
  /** Index in the interpretation. */
  readonly index: number
  readonly caption: ReadonlyArray<string>
  /** A data URL; null without an image. */
  readonly image: string | null
  /** Height of the image in pixels. */
  readonly height: number
  readonly width: number
}

export interface ImageGrid {
  readonly _tag: 'ImageGrid'
  readonly title: string
  readonly columns: number
  /** Width and height, in inches of 72 units. */
  readonly figsize: readonly [width: number, height: number]
  readonly cells: ReadonlyArray<GridCell>
}

/**
 * The most nearly square grid of `k` images: ⌈√k⌉ columns, ⌈k/columns⌉ rows.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * assert.deepStrictEqual([1, 5].map(Draw.gridOf), [{ columns: 1, rows: 1 }, { columns: 3, rows: 2 }])
 *
 * @category grids
 * @since 0.1.0
 */
export const gridOf = (k: number): { readonly columns: number; readonly rows: number } => {
  const columns = Math.max(1, Math.ceil(Math.sqrt(k)))
  return { columns, rows: Math.ceil(k / columns) }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/**
 * Escapes text for XML: markup becomes entities; characters that XML does not allow (control characters, lone
 * surrogates) become U+FFFD.
 *
 * @example
 * import { escapeXml } from './index.js'
 *
 * assert.strictEqual(escapeXml('<b> & \u0000'), '&lt;b&gt; &amp; \ufffd')
 *
 * @since 0.1.0
 */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (c) => entities[c]!)

const inch = 72
const captionSize = 11
const lineHeight = 14
const titleHeight = 30
const gap = 8

const written = (text: string, x: number, y: number, size: number, width: number): string => {
  // an average letter is about 0.55 of its size wide; a longer text is compressed to its cell
  const squeezed = text.length * size * 0.55 > width ? ` textLength="${width}" lengthAdjust="spacingAndGlyphs"` : ''
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="middle"${squeezed}>${escapeXml(text)}</text>`
}

/**
 * A grid as self-contained SVG text.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * const cells = [{ index: 0, caption: ['<b>/dog'], image: null, height: 1, width: 1 }]
 * const svg = Draw.gridSvg({ _tag: 'ImageGrid', title: 'Losses', columns: 1, figsize: [4, 4], cells })
 * assert.ok(svg.startsWith('<svg') && svg.includes('&lt;b&gt;/dog'))
 *
 * @category grids
 * @since 0.1.0
 */
export const gridSvg = ({ title, columns, figsize, cells }: ImageGrid): string => {
  const [width, height] = [figsize[0] * inch, figsize[1] * inch]
  const rows = Math.max(1, Math.ceil(cells.length / columns))
  const [w, h] = [width / columns, (height - titleHeight) / rows]
  const drawn = cells.flatMap(({ caption, image }, k) => {
    const [x, y] = [(k % columns) * w, titleHeight + Math.floor(k / columns) * h]
    const room = caption.length * lineHeight + gap
    const text = caption.map((words, l) => written(words, x + w / 2, y + (l + 1) * lineHeight, captionSize, w - gap))
    const [side, tall] = [Math.max(1, w - gap), Math.max(1, h - room - gap)]
    const at = `x="${x + gap / 2}" y="${y + room}" width="${side}" height="${tall}"`
    return image === null ? text : [...text, `<image ${at} href="${escapeXml(image)}"/>`]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    written(title, width / 2, 20, 15, width - gap),
    ...drawn,
    '</svg>'
  ].join('\n')
}
