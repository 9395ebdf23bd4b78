/** Section 8: the learning rate finder, if it was run for this run. */
import type { Chart } from '../../interpret/draw/index.js'
import type { ChartBlock, ReportSection } from '../Report.js'
import { themed } from '../themed.js'

export const lrFindSection = (found: Chart): ReportSection<ChartBlock> => ({
  id: 'lr-find',
  title: 'Learning rate finder',
  blocks: [{ _tag: 'Chart', caption: 'Loss over the learning rate, before the training', chart: themed(found) }]
})
