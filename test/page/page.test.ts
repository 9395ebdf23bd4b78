import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { nodeIo, pageAssets } from '../../src/io/index.js'
import { type Block, blocksHtml, h, page, type PageAssets, svgElement } from '../../src/page/index.js'

const hostile = `<script>alert(1)</script>" onload='x' & \u0000`

let assets: PageAssets
beforeAll(async () => {
  const read = await pageAssets(nodeIo())()
  if (read._tag === 'Left') throw new Error(read.left.found)
  assets = read.right
})

const pageOf = (blocks: readonly Block[]): string =>
  page(assets)({
    title: hostile,
    lead: hostile,
    sections: [{ id: 'a', title: hostile, content: blocksHtml(blocks, 'a') }]
  })

const image = { src: 'data:image/png;base64,AA', width: 2, height: 2, caption: [hostile] }

const every: readonly Block[] = [
  { _tag: 'Text', text: hostile },
  { _tag: 'Note', severity: 'warning', text: hostile },
  { _tag: 'Facts', facts: [[hostile, hostile]] },
  { _tag: 'Table', caption: hostile, columns: [hostile], rows: [[hostile], [{ shown: hostile, sort: 1 }], [null]] },
  { _tag: 'Code', title: hostile, text: hostile },
  { _tag: 'Figure', caption: hostile, svg: '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', as: 'inline' },
  { _tag: 'Figure', caption: hostile, svg: `<svg><style>${hostile}</style></svg>`, as: 'image' },
  { _tag: 'Images', title: hostile, id: 'pair-0-0', images: [image, { ...image, heat: image.src }] },
  {
    _tag: 'Matrix',
    caption: hostile,
    classes: [hostile, 'b'],
    counts: [
      [1, 2],
      [0, 0]
    ],
    prefix: 'pair',
    linked: ['0-0']
  },
  {
    _tag: 'Threshold',
    title: hostile,
    labels: [{ label: hostile, found: [1, 0], wrong: [1, 0], missed: [0, 1], best: 0 }]
  },
  { _tag: 'Details', title: hostile, blocks: [{ _tag: 'Text', text: hostile }] }
]

describe('a page', () => {
  it('contains the script and the style that its policy names, and no other', () => {
    const html = pageOf(every)
    const bodies = [...html.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)]
    expect(bodies.map(([, tag]) => tag)).toEqual(['style', 'script'])
    for (const [, , text] of bodies)
      expect(html).toContain(`sha256-${createHash('sha256').update(text!).digest('base64')}`.replace(/'/g, '&#39;'))
    expect(html).toContain('default-src &#39;none&#39;')
    expect(html).not.toContain('unsafe')
  })

  it.each(every.map((block) => [block._tag, block] as const))('escapes every text of %s', (_, block) => {
    const html = pageOf([block])
    expect(html).not.toContain('<script>alert')
    // what is between quotation marks is a value
    expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* onload=/)
    expect(html).not.toContain('\u0000')
  })

  it('escapes any text, in content and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: html } = h('p', { title: text }, text)
        expect(html.match(/[<>]/g)).toHaveLength(4)
        expect(html.match(/"/g)).toHaveLength(2)
      }),
      { numRuns: 50 }
    )
  })

  it('has no id twice, with several figures of equal ids', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><clipPath id="clip1"/><g clip-path="url(#clip1)"/></svg>'
    const figure: Block = { _tag: 'Figure', caption: 'c', svg, as: 'inline' }
    const ids = [...pageOf([figure, figure, ...every]).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(ids.length).toBeGreaterThan(5)
    expect(new Set(ids).size).toBe(ids.length)
    expect(svgElement('x', 'n', svg).text).toContain('url(#x-clip1)')
  })

  it('links a cell of a confusion matrix to its images', () => {
    const html = pageOf(every)
    expect(html).toContain('href="#pair-0-0"')
    expect(html).toContain('id="pair-0-0"')
  })
})
