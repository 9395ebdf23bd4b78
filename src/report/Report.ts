/**
 * `Report`: what is known of a run, as data, and the page it becomes.
 *
 * @since 0.1.0
 */
import type { Chart, Diagram } from '../interpret/draw/index.js'
import { type Block, blocksHtml, page, type PageAssets, type PageSection } from '../page/index.js'

/**
 * A chart or a diagram that is still to be rendered.
 *
 * @category reports
 * @since 0.1.0
 */
export interface ChartBlock {
  readonly _tag: 'Chart'
  readonly caption: string
  readonly chart: Chart | Diagram
}

/**
 * A part of a report. `B` is what it contains: with charts, or with only what a page can show.
 *
 * @category reports
 * @since 0.1.0
 */
export interface ReportSection<B = Block | ChartBlock> {
  readonly id: string
  readonly title: string
  readonly blocks: ReadonlyArray<B>
}

/**
 * A report as data; it can be written as JSON.
 *
 * @category reports
 * @since 0.1.0
 */
export interface Report<B = Block | ChartBlock> {
  readonly _tag: 'Report'
  readonly title: string
  readonly lead: string
  readonly sections: ReadonlyArray<ReportSection<B>>
}

/** A section as a part of a page. */
export const reportSection = ({ id, title, blocks }: ReportSection<Block>): PageSection => ({
  id,
  title,
  content: blocksHtml(blocks, id)
})

/**
 * A report whose charts are rendered, as one HTML document: it loads nothing.
 *
 * @example
 * import { reportHtml } from './index.js'
 *
 * const asset = { text: '', sha256: '' }
 * const sections = [{ id: 'data', title: 'Data', blocks: [{ _tag: 'Text', text: '12 images' }] }] as const
 * const html = reportHtml({ style: asset, script: asset, serving: asset })({ _tag: 'Report', title: 'resnet18', lead: '', sections })
 * assert.ok(html.includes('<p>12 images</p>'))
 *
 * @category reports
 * @since 0.1.0
 */
export const reportHtml =
  (assets: PageAssets) =>
  ({ title, lead, sections }: Report<Block>): string =>
    page(assets)({ title, lead, sections: sections.map(reportSection), footer: 'Written by graft.' })
