/**
 * Blocks as HTML.
 *
 * @since 0.1.0
 */
import type { Block, FigureBlock } from '../Block.js'
import { fragment, h, type Html, svgElement } from '../Html.js'
import { imagesHtml } from './images.js'
import { matrixHtml } from './matrix.js'
import { tableHtml } from './table.js'
import { thresholdHtml } from './threshold.js'

const severities = { info: 'Note', warning: 'Warning', error: 'Error' } as const

/** Text as base64, in environments of Node and of browsers. */
const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

const figureHtml = ({ caption, svg, as }: FigureBlock, id: string): Html =>
  h(
    'figure',
    { class: `chart ${as}` },
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      as === 'inline'
        ? svgElement(id, caption, svg)
        : h('img', { src: `data:image/svg+xml;base64,${base64(svg)}`, alt: caption })
    ),
    h('figcaption', {}, caption)
  )

const blockAt = (block: Block, id: string): Html => {
  switch (block._tag) {
    case 'Text':
      return h('p', {}, block.text)
    case 'Note':
      return h('p', { class: `note ${block.severity}` }, h('strong', {}, `${severities[block.severity]}: `), block.text)
    case 'Facts':
      return h(
        'dl',
        {},
        block.facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))
      )
    case 'Table':
      return tableHtml(block)
    case 'Code':
      return h(
        'figure',
        { class: 'code' },
        h('figcaption', {}, block.title),
        h('pre', { tabindex: 0, role: 'region', 'aria-label': block.title }, h('code', {}, block.text))
      )
    case 'Figure':
      return figureHtml(block, id)
    case 'Images':
      return imagesHtml(block)
    case 'Matrix':
      return matrixHtml(block)
    case 'Threshold':
      return thresholdHtml(block)
    case 'Details':
      return h('details', {}, h('summary', {}, block.title), blocksHtml(block.blocks, id))
  }
}

/**
 * Blocks as HTML, one below the other. `prefix` begins the ids within them: give each section another one.
 *
 * @example
 * import { blocksHtml } from '../index.js'
 *
 * const blocks = [{ _tag: 'Facts', facts: [['images', '12 <b>']] }] as const
 * assert.strictEqual(blocksHtml(blocks, 'data').text, '<dl><div><dt>images</dt><dd>12 &lt;b&gt;</dd></div></dl>')
 *
 * @category blocks
 * @since 0.1.0
 */
export const blocksHtml = (blocks: ReadonlyArray<Block>, prefix: string): Html =>
  fragment(blocks.map((block, k) => blockAt(block, `${prefix}-${k}`)))
