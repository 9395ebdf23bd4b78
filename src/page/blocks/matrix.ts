/** Confusion matrices: tables whose cells open images. */
import type { MatrixBlock } from '../Block.js'
import { h, type Html } from '../Html.js'

/** Steps of colour; a style sheet can only name them, because the policy forbids styles of elements. */
const steps = 10

const percent = (share: number): string => (share > 0 && share < 0.01 ? '<1' : String(Math.round(100 * share)))

export const matrixHtml = ({ caption, classes, counts, prefix, linked }: MatrixBlock): Html => {
  const opens = new Set(linked)
  const sums = counts.map((row) => row.reduce((a, b) => a + b, 0))
  const cell = (actual: number, predicted: number): Html => {
    const count = counts[actual]![predicted]!
    const share = sums[actual] === 0 ? 0 : count / sums[actual]!
    const pair = `${actual}-${predicted}`
    const words = `actual ${classes[actual]!}, predicted ${classes[predicted]!}`
    const values = { 'data-count': count, 'data-share': percent(share) }
    const kind = actual === predicted ? 'right' : 'wrong'
    return h(
      'td',
      { class: `${kind} step${Math.ceil(share * steps)}`, 'data-column': predicted },
      opens.has(pair)
        ? h('a', { href: `#${prefix}-${pair}`, class: 'value', title: words, ...values }, count)
        : h('span', { class: 'value', title: words, ...values }, count)
    )
  }
  const control = h(
    'div',
    { class: 'control', hidden: true },
    h('label', {}, h('input', { type: 'checkbox', class: 'normalise' }), ' Percent of each actual class'),
    h(
      'label',
      {},
      'Order ',
      h(
        'select',
        { class: 'order' },
        h('option', { value: 'index' }, 'as in the model'),
        h('option', { value: 'name' }, 'by name'),
        h('option', { value: 'images' }, 'most images first'),
        h('option', { value: 'mistakes' }, 'most mistakes first')
      )
    )
  )
  const table = h(
    'table',
    {},
    h('caption', {}, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'actual \\ predicted'),
        classes.map((name, k) => h('th', { scope: 'col', 'data-column': k }, name))
      )
    ),
    h(
      'tbody',
      {},
      classes.map((name, k) =>
        h(
          'tr',
          { 'data-row': k, 'data-images': sums[k]!, 'data-mistakes': sums[k]! - counts[k]![k]! },
          h('th', { scope: 'row' }, name),
          classes.map((_, predicted) => cell(k, predicted))
        )
      )
    )
  )
  return h(
    'div',
    { class: 'matrix' },
    control,
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, table)
  )
}
