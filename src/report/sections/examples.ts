/** Section 6, images: the largest losses with heat maps, and the most confident mistakes. */
import type { Block, PageImage } from '../../page/index.js'
import type { ReportSection } from '../Report.js'

/** Images to look at. */
export interface Examples {
  readonly title: string
  readonly images: ReadonlyArray<PageImage>
}

export const examplesSection = (
  examples: ReadonlyArray<Examples>,
  title = 'Images to look at'
): ReportSection<Block> => ({
  id: 'examples',
  title,
  blocks: examples.flatMap((e): ReadonlyArray<Block> => (e.images.length === 0 ? [] : [{ _tag: 'Images', ...e }]))
})
