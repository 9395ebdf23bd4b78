/** Section 7 for masks: intersection over union of each class. */
import type { ConfusionMatrix } from '../../interpret/index.js'
import type { Block } from '../../page/index.js'
import type { ReportSection } from '../Report.js'

/** `counts`: pixels of each actual class by predicted class, over all images. */
export const masksSection = (codes: ReadonlyArray<string>, counts: ConfusionMatrix): ReportSection<Block> => {
  const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)
  const right = sum(counts.map((row, k) => row[k]!))
  const ratio = (part: number, whole: number) =>
    whole === 0 ? null : { shown: (part / whole).toFixed(4), sort: part / whole }
  return {
    id: 'masks',
    title: 'Masks',
    blocks: [
      { _tag: 'Facts', facts: [['pixels right', `${((100 * right) / sum(counts.flat())).toFixed(2)} %`]] },
      {
        _tag: 'Table',
        caption: 'Intersection over union of each class, over all pixels',
        columns: ['class', 'pixels', 'IoU', 'precision', 'recall'],
        rows: codes.map((name, k) => {
          const actual = sum(counts[k]!)
          const predicted = sum(counts.map((row) => row[k]!))
          const both = counts[k]![k]!
          return [name, actual, ratio(both, actual + predicted - both), ratio(both, predicted), ratio(both, actual)]
        })
      }
    ]
  }
}
