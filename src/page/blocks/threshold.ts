/** The choice of a threshold: a slider for each label, and the best thresholds as a table. */
import type { LabelCounts, ThresholdBlock } from '../Block.js'
import { fragment, h, type Html, jsonElement } from '../Html.js'
import { tableHtml } from './table.js'

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

const rowOf = ({ label, found, wrong, missed, best }: LabelCounts) => {
  const [tp, fp, fn] = [found[best]!, wrong[best]!, missed[best]!]
  const shown = (value: number) => ({ shown: value.toFixed(3), sort: value })
  const threshold = best / (found.length - 1)
  return [
    label,
    { shown: threshold.toFixed(2), sort: threshold },
    shown(ratio(tp, tp + fp)),
    shown(ratio(tp, tp + fn)),
    shown(ratio(2 * tp, 2 * tp + fp + fn))
  ]
}

export const thresholdHtml = ({ title, labels }: ThresholdBlock): Html =>
  fragment(
    h(
      'fieldset',
      { class: 'threshold', hidden: true },
      h('legend', {}, title),
      h(
        'label',
        {},
        'Label ',
        h(
          'select',
          { class: 'label' },
          labels.map(({ label }, k) => h('option', { value: k }, label))
        )
      ),
      h(
        'label',
        {},
        'Threshold ',
        h('input', {
          type: 'range',
          class: 'at',
          min: 0,
          max: (labels[0]?.found.length ?? 1) - 1,
          value: labels[0]?.best ?? 0
        })
      ),
      h('output', {}),
      jsonElement({ class: 'counts' }, labels)
    ),
    tableHtml({
      _tag: 'Table',
      caption: 'Thresholds with the largest F1',
      columns: ['label', 'threshold', 'precision', 'recall', 'F1'],
      rows: labels.map(rowOf)
    })
  )
